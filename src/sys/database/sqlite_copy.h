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

struct SqliteReplacement {
    std::string from, into;  // two databases; `from` is a copy of our own, and what lies beside it is
    std::string kept;        // absent, on the same file system: gets what `into` holds
    bool may_replace = true; // what `into` holds
};
enum class Replaced {
    nothing, // `into` held nothing: nothing was kept
    content, // it is in `kept` now
    refused, // `into` holds something and may not be replaced; it stays
    foreign, // `into` is no database; it stays
};
// Puts the content of `from` into `into`, which may be in use: one transaction of SQLite's online backup. From its lock
// to its end nobody else writes, so `kept` has every row that anybody was told is there; whoever has the file open goes
// on with the new content. Ended before the commit, `into` stays as it was. Afterwards PRAGMA integrity_check has
// looked at it. Error (could_not): the lock can't be had within five seconds, a stop request came, the disk is full, or
// the file was renamed or deleted meanwhile, which leaves `kept` and names it.
Result<Replaced> replace_sqlite(const SqliteReplacement& replacement);

}
