#pragma once
#include "migrate/server/connect.h"
#include "report/report.h"
#include <functional>
#include <string>

// Commands about the database itself and who is at work in it.
namespace fairlead::migrate::server {

struct Ask {
    const Settings& settings;
    const sys::Environment& variables;
    std::string table = "fairlead_migrations"; // by whose name the lock is held
    std::string terminate;                     // of unlock: the process whose session is ended
    bool is_development = false, dry_run = false;
    // Before what nobody can take back; `act` ends the sentence "this …".
    std::function<Result<void>(std::string_view act)> confirm = [](std::string_view) { return Result<void>(); };
};

Result<report::Report> ping(const Ask& ask);   // who answers, how fast, what we may, who stands between
Result<report::Report> unlock(const Ask& ask); // who holds the lock; ends that session where it is named
Result<report::Report> create(const Ask& ask); // the database and migrate.roles, where they are absent
Result<report::Report> reset(const Ask& ask);  // drops the database and makes it anew; Error (usage) but in development

}
