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

// The commands. Statuses: 0 yes, 1 a set says no (stale, damaged, refused), 2 wrong use or not confirmed, 3 could not.
namespace fairlead::backup {

// What is asked on the command line; what is empty is as fairlead.yml says.
struct Request {
    std::string id;                   // of verify, restore, keep and release: an id, a part of one, latest
    std::string app;                  // whose sets
    std::vector<std::string> stores;  // --store
    std::vector<std::string> sources; // --source: names
    std::string engine, url_env, dump, compress, name_style;
    std::string path, volume, via; // of the one source that flags tell of
    std::vector<std::string> stop;
    std::string keep_days;                                           // of prune: a number
    Milliseconds max_age{std::chrono::hours(26)}, max_unverified{0}; // of status; 0: not asked
    Milliseconds wait_lock{0};
    std::string level;                                         // of verify: 1 to 4
    std::string to;                                            // of restore; of keys make: the file
    std::string scrub;                                         // of restore: a file of SQL
    std::string keys;                                          // of keys: make, recipient, rotate
    bool overwrite = false, no_owner = false, globals = false; // of restore
    bool keep_privileges = false;                              // of restore: of files that a trusted key signed
    bool allow_empty = false, allow_shrink = false;            // of run
    bool allow_many = false;                                   // of prune
    bool dry_run = false;
    // Before what nobody can take back; `act` ends the sentence "this …".
    std::function<Result<void>(std::string_view act)> confirm = [](std::string_view) { return Result<void>(); };
    std::string type;         // of run, for pgbackrest: full, diff, incr; empty: as full_every says
    std::string at, timeline; // of restore, for pgbackrest: a moment or latest, a number
    Milliseconds max_lag{0};  // of status, for pgbackrest; 0: not asked
    bool delta = false;       // of restore, for pgbackrest: in place
    bool apply = false;       // of pitr-enable
};

// Where it runs.
struct Place {
    const config::Config& config;
    const config::Value& section;
    const sys::Environment& variables;
    std::string environment; // empty: none was named, and fairlead.yml has none
    sys::Clock& clock;
};

// What can be judged without a store or a database. Error: usage.
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
