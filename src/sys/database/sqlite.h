#pragma once
#include "sys/database/session.h"

// SQLite by its library.
namespace fairlead::sys {

struct SqliteFile {
    std::string path;
    bool writable = true, create = false; // asks whether this run may (sys/permit.h) unless it is a copy of our own
    bool own_copy = false;
    Milliseconds busy_timeout{5000};
};

// Foreign keys are checked as the file's own programs would: PRAGMA foreign_keys is on. WAL stays what it was. Error
// (could_not): it can't be opened, or is no database.
Result<std::unique_ptr<Session>> open_sqlite(const SqliteFile& file);

}
