#pragma once
#include "base/result.h"
#include "base/time.h"
#include "config/config.h"
#include "report/report.h"
#include "sys/clock.h"
#include "sys/environment.h"
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// The commands. Exit statuses: 0 success, 1 a set fails a check (stale, damaged, refused), 2 wrong use or not
// confirmed, 3 the command could not do its work.
namespace fairlead::backup {

// The values from the command line. For an empty value, fairlead.yml decides.
struct Request {
    std::string id;                   // for verify, restore, keep and release: a set's id, a part of an id, or "latest"
    std::string app;                  // the app that owns the sets
    std::vector<std::string> stores;  // --store
    std::vector<std::string> sources; // --source: names of sources
    std::string engine, url_env, dump, compress, name_style;
    std::string path, volume, via; // for the one source that is described by flags
    std::vector<std::string> stop;
    std::string keep_days;                                           // for prune: a number
    Milliseconds max_age{std::chrono::hours(26)}, max_unverified{0}; // for status; 0: not checked
    Milliseconds wait_lock{0};
    std::string level;                                         // for verify: 1 to 4
    std::string to;                                            // for restore: the target; for keys make: the file
    std::string scrub;                                         // for restore: a file of SQL
    std::string keys;                                          // for keys: make, recipient, rotate
    bool overwrite = false, no_owner = false, globals = false; // for restore
    bool keep_privileges = false;                   // for restore: applies to files of a set that a trusted key signed
    bool allow_empty = false, allow_shrink = false; // for run
    bool allow_many = false;                        // for prune
    bool dry_run = false;
    // Called before each act that can't be undone. `act` completes a sentence that begins with "this …".
    std::function<Result<void>(std::string_view act)> confirm = [](std::string_view) { return Result<void>(); };
    std::string type;         // for run with pgbackrest: full, diff, incr; empty: full_every decides
    std::string at, timeline; // for restore with pgbackrest: a moment or "latest"; a number
    Milliseconds max_lag{0};  // for status with pgbackrest; 0: not checked
    bool delta = false;       // for restore with pgbackrest: in place
    bool apply = false;       // for pitr-enable
};

// The surroundings of a command.
struct Place {
    const config::Config& config;
    const config::Value& section;
    const sys::Environment& variables;
    std::string environment; // empty: none was named, and fairlead.yml has no environments
    sys::Clock& clock;
};

// Checks everything that needs neither a store nor a database. Error: usage.
Result<void> check(const Place& place, const Request& request);

Result<report::Report> run(const Place& place, const Request& request);
Result<report::Report> list(const Place& place, const Request& request);
Result<report::Report> status(const Place& place, const Request& request);
Result<report::Report> verify(const Place& place, const Request& request);
Result<report::Report> restore(const Place& place, const Request& request);
Result<report::Report> doctor(const Place& place, const Request& request);
Result<report::Report> keep(const Place& place, const Request& request);
Result<report::Report> release(const Place& place, const Request& request);
Result<report::Report> keys(const Place& place, const Request& request);
Result<report::Report> fetch(const Place& place, const Request& request);
Result<report::Report> push(const Place& place, const Request& request);
Result<report::Report> prune(const Place& place, const Request& request);

}
