#pragma once
#include "sys/database/session.h"

struct sqlite3;

// SQLite by its library.
namespace fairlead::sys {

struct SqliteFile {
    std::string path;
    bool writable = true, create = false; // asks whether this run may (sys/permit.h) unless it is a copy of our own
    Milliseconds busy_timeout{5000};
    bool own_copy = false;
};

// Foreign keys are checked as the file's own programs would: PRAGMA foreign_keys is on. WAL stays what it was. Error
// (could_not): it can't be opened, or is no database.
Result<std::unique_ptr<Session>> open_sqlite(const SqliteFile& file);

bool has_moved(sqlite3* file); // it was renamed, replaced or deleted since it was opened

// SQLite deletes a WAL that lies beside a file which is absent or has 0 bytes, with all that was committed to it. Error
// (could_not) with the way out: one does.
Result<void> check_no_lost_wal(const std::string& path);

// In memory the tables, indexes, views and triggers of `of`, without rows: there statements are tried that must not be
// carried out. Each ends after a hundred thousand steps of SQLite's machine, and no value is longer than a MiB; what it
// can't make again is left out, and no file is attached while it is made. Error (could_not): `of` can't be read.
Result<std::unique_ptr<Session>> sqlite_twin(Session& of);

}
