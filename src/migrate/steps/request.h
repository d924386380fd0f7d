#pragma once
#include "base/result.h"
#include "base/time.h"
#include "config/config.h"
#include "migrate/server/connect.h"
#include "migrate/settings.h"
#include "sys/environment.h"
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::migrate {

// The request of a command that needs a database.
struct Request {
    std::string count;        // for up and down, as it was typed; empty: not given
    std::string to;           // a version
    std::string phase;        // expand, contract; empty: both phases
    std::string name;         // for new and seed
    std::string version;      // for baseline
    std::string backup_first; // auto, yes, no; empty: fairlead.yml decides
    std::string dir, table;   // empty: fairlead.yml decides
    std::vector<std::string> skip, confirm_destructive;
    std::string mark_applied, mark_pending, accept_checksum;
    std::string mark_ran, mark_not_ran; // "VERSION:N", for one statement
    bool drop_invalid_indexes = false, round_trip = false;
    std::string budget;    // for rehearse: "lock<2s,total<60s"
    std::string terminate; // for unlock: the process whose session is ended
    bool dry_run = false;
    bool ask_tool = false; // if another tool keeps the migrations: starts it even if its files are enough
    Milliseconds wait_lock{60'000}, statement_timeout{0};
    // Called before each act that can't be undone. `act` completes a sentence that begins with "this …".
    std::function<Result<void>(std::string_view act)> confirm = [](std::string_view) { return Result<void>(); };
};

// The surroundings of a command.
struct Place {
    const config::Config& config;
    const config::Value& section;
    const sys::Environment& variables;
    std::string environment; // empty: no environment was named, and fairlead.yml has none
    config::Profile profile = config::Profile::production;
    bool is_foreign =
        false; // for a foreign change, such as a fork's, the base commit decides, and no program is started
    // Opens a session with the database; tests replace it.
    std::function<Result<server::Connection>(const server::Address&, const server::Wanted&)> connect = server::connect;
    bool is_production() const { return !environment.empty() && profile == config::Profile::production; }
    bool is_guarded() const { return environment.empty() || is_production(); } // destroying data needs a confirmation
    bool is_development() const { return !environment.empty() && profile == config::Profile::development; }
};

}
