#pragma once
#include "base/result.h"
#include <string>

namespace fairlead::sys {

// Copies one consistent state of the database `from` into a new file `into`, which must be absent. Uses SQLite's online
// backup: a thousand pages at a time, with pauses, so that other programs can go on writing. If writes make the backup
// begin again ten times, VACUUM INTO copies the database under one read transaction. Changes in -wal and -journal are
// included. The copy is checked by PRAGMA integrity_check. Error (could_not): it can't be read or written, or a stop
// request (sys/signals.h) came. Error (no): the copy and its original are damaged.
Result<void> copy_sqlite(const std::string& from, const std::string& into);

struct SqliteReplacement {
    std::string from, into;  // two databases; `from` and the files next to it (-wal) are our own copy
    std::string kept;        // an absent path on the same file system; gets the old content of `into`
    bool may_replace = true; // whether the old content of `into` may be replaced
};
enum class Replaced {
    nothing, // `into` was empty, so nothing was kept
    content, // the old content of `into` is in `kept` now
    refused, // `into` has content that may not be replaced; unchanged
    foreign, // `into` is not a database; unchanged
};
// Puts the content of `from` into `into`, which may be in use, by one transaction of SQLite's online backup. Nobody
// else can write while the transaction has its lock, so `kept` has every row that was committed before. Programs that
// have the file open then see the new content. If we are killed before the commit, `into` is unchanged. Afterwards
// PRAGMA integrity_check checks the file. Error (could_not): the lock can't be had within five seconds, a stop request
// came, the disk is full, or the file was renamed or deleted meanwhile. In this last case `kept` stays, and the message
// names it.
Result<Replaced> replace_sqlite(const SqliteReplacement& replacement);

}
