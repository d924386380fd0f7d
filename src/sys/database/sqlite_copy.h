#pragma once
#include "base/result.h"
#include <string>

namespace fairlead::sys {

// One state of the database in `from`, as a file of its own at `into`, which is absent: by SQLite's online backup, a
// thousand pages at a time with a pause, so that whoever writes goes on. One that is written to so often that it has to
// begin again ten times is copied by VACUUM INTO, under one read transaction. -wal and -journal are part of what is
// read; no file is copied as such. The copy is checked by PRAGMA integrity_check. Error (could_not): it can't be read
// or written, a stop request (sys/signals.h) came; (no): the copy is damaged, and so is its original.
Result<void> copy_sqlite(const std::string& from, const std::string& into);

// Whether somebody else has it open, as far as locks tell: in WAL mode always, else while it is read or written. What
// a WAL holds is in the file afterwards. Error (could_not): it can't be opened as a database.
Result<bool> is_sqlite_in_use(const std::string& path);

}
