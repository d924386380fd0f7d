#pragma once
#include "deploy/carry/deployment.h"
#include "report/report.h"
#include <functional>
#include <string>
#include <string_view>

// The commands of fairlead-deploy, from settings to report. Commands that change something take the lock.
namespace fairlead::deploy {

struct Request {
    std::string release_version, commit;
    bool force = false, dry_run = false;
    bool check = false; // fails (status 1) if the target differs from its records
    Milliseconds wait_lock{0};
    std::string to, if_current, reason; // for rollback; down takes a reason, too
    std::string with_down;              // for rollback: first reverts migrations to this version; empty: they stay
    bool leave_contract = false;        // for apply: its contracting migrations wait for a later run
    bool leave_what_is_left = false;    // for apply: leftover contracting migrations of the serving release wait, too
    bool blameless = false;             // for rollback: another cause is at fault, so the release isn't marked bad
    std::size_t count = 20;             // for history
    bool rebuild = false;               // for status: first restores lost or damaged records
    bool resources = false;             // for status: shows each instance's use of resources, too
    std::string metrics;                // for status: the file for these figures as OpenMetrics; empty: none
    std::size_t lines = 100;            // for logs: of each instance
    std::string of;                     // for logs: a slot, or an instance by its name; empty: the serving release
    // for history: why the breaks of the history need no more attention; empty: not signed off
    std::string sign_off;
    std::string export_to;         // for history: the file for the record of the serving release; empty: none
    std::vector<std::string> skip; // names of hooks
    bool retry_bad = false;        // for apply: allows releases that are marked bad
    std::string if_newer = "auto"; // for apply: true, false; auto: true in CI if the clone has the history for it
    std::string plan_file, key;    // plan writes the file, approve signs it with the key, apply checks it
    std::string install;           // for router: the file for its configuration; empty: none
    std::string promote_from;      // for plan and apply: the file with another environment's record; empty: none
    std::string without_evidence;  // for apply: why required evidence may be missing; empty: it may not
    // Called before acts that can't be undone: down, --force, a rollback further than to the previous release. `act`
    // completes a sentence that begins with "this …".
    std::function<Result<void>(std::string_view act)> confirm = [](std::string_view) { return Result<void>(); };
};

Result<report::Report> plan(const Settings& settings, const sys::Environment& process, const Request& request);
Result<report::Report> apply(const Settings& settings, const sys::Environment& process, const Request& request);
Result<report::Report> rollback(const Settings& settings, const sys::Environment& process, const Request& request);
// Runs the contracting migrations that apply left; the serving release stays.
Result<report::Report> contract(const Settings& settings, const sys::Environment& process, const Request& request);
Result<report::Report> down(const Settings& settings, const sys::Environment& process, const Request& request);
// Returns the settings of the target with this root without reading a fairlead.yml: those with which the serving
// release passed its checks. Error (usage): nothing was ever deployed there.
Result<Settings> settings_below(const std::string& root, const sys::Environment& variables);
Result<report::Report> status(const Settings& settings, const sys::Environment& process, const Request& request);
// Returns the last lines of the output of running or ended instances.
Result<report::Report> logs(const Settings& settings, const sys::Environment& process, const Request& request);
// Records that somebody knows the breaks of the history, and why they are there, so that they aren't reported any more.
Result<report::Report> sign_off(const Settings& settings, const sys::Environment& process, const Request& request);
Result<report::Report> history(const Settings& settings, const sys::Environment& process, const Request& request);
Result<report::Report> lock(const Settings& settings, const sys::Environment& process, const Request& request);
Result<report::Report> unlock(const Settings& settings, const sys::Environment& process, const Request& request);
Result<report::Report> approve(const Settings& settings, const sys::Environment& process, const Request& request);
Result<report::Report> router(const Settings& settings, const sys::Environment& process, const Request& request);

}
