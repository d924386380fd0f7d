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

// What the commands that need a database are asked for.
struct Request {
    std::string count;        // of up and down, as it was written; empty: not said
    std::string to;           // a version
    std::string phase;        // expand, contract; empty: both
    std::string name;         // of new and seed
    std::string version;      // of baseline
    std::string backup_first; // auto, yes, no; empty: as fairlead.yml says
    std::string dir, table;   // empty: as fairlead.yml says
    std::vector<std::string> skip, confirm_destructive;
    std::string mark_applied, mark_pending, accept_checksum;
    std::string mark_ran, mark_not_ran; // "VERSION:N", of one statement
    bool drop_invalid_indexes = false, round_trip = false;
    std::string budget;    // of rehearse: "lock<2s,total<60s"
    std::string terminate; // of unlock: the process whose session is ended
    bool dry_run = false;
    bool ask_tool = false; // another tool keeps the migrations: it is started, where its files would do
    Milliseconds wait_lock{60'000}, statement_timeout{0};
    // Before what nobody can take back; `act` ends the sentence "this …".
    std::function<Result<void>(std::string_view act)> confirm = [](std::string_view) { return Result<void>(); };
};

// Where it runs.
struct Place {
    const config::Config& config;
    const config::Value& section;
    const sys::Environment& variables;
    std::string environment; // empty: none was named, and fairlead.yml has none
    config::Profile profile = config::Profile::production;
    bool is_foreign =
        false; // the change is a fork's or the like: the base commit's word counts, and nothing is started
    // Opens a session with the database; tests have one of their own.
    std::function<Result<server::Connection>(const server::Address&, const server::Wanted&)> connect = server::connect;
    bool is_production() const { return !environment.empty() && profile == config::Profile::production; }
    bool is_guarded() const { return environment.empty() || is_production(); } // what destroys is confirmed
    bool is_development() const { return !environment.empty() && profile == config::Profile::development; }
};

}
