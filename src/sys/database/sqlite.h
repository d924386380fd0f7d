#pragma once
#include "sys/database/session.h"

struct sqlite3;

// Opens SQLite files with SQLite's library.
namespace fairlead::sys {

struct SqliteFile {
    std::string path;
    // `writable` needs permission to write (sys/permit.h), except for our own copies
    bool writable = true, create = false;
    Milliseconds busy_timeout{5000};
    bool own_copy = false;
};

// Opens the file. Foreign keys are checked (PRAGMA foreign_keys is on), as most programs that use such a file do. The
// file's WAL mode is not changed. Error (could_not): it can't be opened, or is not a database.
Result<std::unique_ptr<Session>> open_sqlite(const SqliteFile& file);

bool has_moved(sqlite3* file); // the file was renamed, replaced or deleted since it was opened

// Checks that `path` is a file: SQLite would wait at a pipe for ever. Error (could_not): it is something else.
Result<void> check_is_file(const std::string& path);

// Checks that the database has no WAL whose main file is absent or has 0 bytes: SQLite would delete that WAL, with all
// commits in it. Error (could_not), with the way out: there is such a WAL.
Result<void> check_no_lost_wal(const std::string& path);

// Copies the tables, indexes, views and triggers of `of` into memory, without rows, to try statements without effect.
// Each statement ends after a hundred thousand steps of SQLite's machine, and no value is longer than 1 MiB. Objects
// that can't be made again are left out. No file is attached while the copy is made. Error (could_not): `of` can't be
// read.
Result<std::unique_ptr<Session>> sqlite_twin(Session& of);

}
