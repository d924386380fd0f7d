#pragma once
#include "deploy/deployment.h"
#include "report/report.h"
#include <string>

// The commands of fairlead-deploy, from settings to report. Those that change something take the lock.
namespace fairlead::deploy {

struct Request {
    std::string release_version, commit;
    bool force = false, dry_run = false;
    Milliseconds wait_lock{0};
    std::string to, reason; // rollback
    std::size_t count = 20; // history
};

Result<report::Report> plan(const Settings& settings, const sys::Environment& process, const Request& request);
Result<report::Report> apply(const Settings& settings, const sys::Environment& process, const Request& request);
Result<report::Report> rollback(const Settings& settings, const sys::Environment& process, const Request& request);
Result<report::Report> status(const Settings& settings, const sys::Environment& process);
Result<report::Report> history(const Settings& settings, const Request& request);
Result<report::Report> router(const Settings& settings);

}
