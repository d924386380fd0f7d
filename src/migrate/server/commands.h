#pragma once
#include "migrate/server/connect.h"
#include "report/report.h"
#include <functional>
#include <string>

// Commands about the database itself and its sessions.
namespace fairlead::migrate::server {

struct Ask {
    const Settings& settings;
    const sys::Environment& variables;
    std::string table = "fairlead_migrations"; // the table of records; the key of the lock is made from its name
    std::string terminate;                     // for unlock: the process whose session is ended
    bool is_development = false, dry_run = false;
    // Called before each act that can't be undone. `act` completes a sentence that begins with "this …".
    std::function<Result<void>(std::string_view act)> confirm = [](std::string_view) { return Result<void>(); };
};

// which server answers and how fast, which rights we have, and whether a connection pooler is in between
Result<report::Report> ping(const Ask& ask);
// shows the lock's holder; ends its session if `terminate` names its process
Result<report::Report> unlock(const Ask& ask);
Result<report::Report> create(const Ask& ask); // creates the database and migrate.roles if they are missing
// drops the database and creates it again; Error (usage) except in development
Result<report::Report> reset(const Ask& ask);

}
