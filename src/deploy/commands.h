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
    std::string with_down;              // rollback: version to take migrations back to first; empty: they stay
    bool leave_contract = false;        // apply: its contracting migrations are for a later run
    bool leave_what_is_left = false;    // apply: and so are those of what serves
    bool blameless = false;             // rollback: for another's fault; what is left isn't marked bad
    std::size_t count = 20;             // history
    bool rebuild = false;               // status: first the records that were lost or damaged
    bool resources = false;             // status: what each instance takes, too
    std::string metrics;                // status: file for that as OpenMetrics; empty: none
    std::size_t lines = 100;            // logs: of each instance
    std::string of;                     // logs: a slot, or an instance by its name; empty: what serves
    std::string sign_off;               // history: why its breaks need nobody's attention any more; empty: they do
    std::string export_to;              // history: file of the record of what serves; empty: none
    std::vector<std::string> skip;      // names of hooks
    bool retry_bad = false;             // apply: what is marked bad, too
    std::string if_newer = "auto";      // apply: true, false; auto: true in CI, where the clone can tell
    std::string plan_file, key;         // plan writes it, approve signs it with the key, apply wants it to hold
    std::string install;                // router: file of its configuration; empty: none
    std::string promote_from;           // plan and apply: file of another environment's record; empty: none
    // Asked before what nobody can take back: down, --force, a rollback further than to the release before.
    std::function<Result<void>(std::string_view act)> confirm = [](std::string_view) { return Result<void>(); };
};

Result<report::Report> plan(const Settings& settings, const sys::Environment& process, const Request& request);
Result<report::Report> apply(const Settings& settings, const sys::Environment& process, const Request& request);
Result<report::Report> rollback(const Settings& settings, const sys::Environment& process, const Request& request);
// The contracting migrations that apply left, with what serves as it is.
Result<report::Report> contract(const Settings& settings, const sys::Environment& process, const Request& request);
Result<report::Report> down(const Settings& settings, const sys::Environment& process, const Request& request);
// Of the target whose root that is, as what serves there was proven: without any fairlead.yml. Error (usage): nothing
// was ever deployed there.
Result<Settings> settings_below(const std::string& root);
Result<report::Report> status(const Settings& settings, const sys::Environment& process, const Request& request);
// The last lines that what runs has printed, or what ended.
Result<report::Report> logs(const Settings& settings, const sys::Environment& process, const Request& request);
// Its breaks are known, and why: they are recorded so, and keep nobody busy any more.
Result<report::Report> sign_off(const Settings& settings, const sys::Environment& process, const Request& request);
Result<report::Report> history(const Settings& settings, const sys::Environment& process, const Request& request);
Result<report::Report> lock(const Settings& settings, const sys::Environment& process, const Request& request);
Result<report::Report> unlock(const Settings& settings, const sys::Environment& process, const Request& request);
Result<report::Report> approve(const Settings& settings, const sys::Environment& process, const Request& request);
Result<report::Report> router(const Settings& settings, const sys::Environment& process, const Request& request);

}
