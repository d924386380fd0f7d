#pragma once
#include "deploy/deployment.h"
#include "report/report.h"
#include <functional>
#include <string>
#include <string_view>

// The commands of fairlead-deploy, from settings to report. Those that change something take the lock.
namespace fairlead::deploy {

struct Request {
    std::string release_version, commit;
    bool force = false, dry_run = false;
    bool check = false; // a difference between what is and what should be is a no
    Milliseconds wait_lock{0};
    std::string to, if_current, reason; // rollback; down takes a reason too
    std::size_t count = 20;             // history
    std::string export_to;              // history: file of the record of what serves; empty: none
    std::string promote_from;           // plan and apply: file of another environment's record; empty: none
    // Asked before what nobody can take back: down, --force, a rollback further than to the release before.
    std::function<Result<void>(std::string_view act)> confirm = [](std::string_view) { return Result<void>(); };
};

Result<report::Report> plan(const Settings& settings, const sys::Environment& process, const Request& request);
Result<report::Report> apply(const Settings& settings, const sys::Environment& process, const Request& request);
Result<report::Report> rollback(const Settings& settings, const sys::Environment& process, const Request& request);
Result<report::Report> down(const Settings& settings, const sys::Environment& process, const Request& request);
Result<report::Report> status(const Settings& settings, const sys::Environment& process, const Request& request);
Result<report::Report> history(const Settings& settings, const Request& request);
Result<report::Report> router(const Settings& settings);

}
