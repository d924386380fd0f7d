// https://sqlite.org/backup.html
#include "sys/database/sqlite_copy.h"
#include "base/printable.h"
#include "base/text.h"
#include "sys/clock.h"
#include "sys/database/sqlite.h"
#include "sys/files/files.h"
#include "sys/freed.h"
#include <fmt/format.h>
#include <sqlite3.h>

namespace fairlead::sys {
namespace {

constexpr int pages_at_once = 1000, most_restarts = 10;
constexpr Milliseconds pause{5}, pause_while_busy{50}, busiest{60'000};

using SqliteOwner = Freed<sqlite3, ::sqlite3_close_v2>;

Error unusable(const std::string& path, sqlite3* file, const char* verb) {
    return could_not(fmt::format("SQLite's file '{}' can't be {}: {}", printable(path), verb,
                                 file != nullptr ? ::sqlite3_errmsg(file) : "out of memory"));
}

Result<SqliteOwner> open(const std::string& path, int access, const char* verb) {
    sqlite3* opened = nullptr;
    const int status = ::sqlite3_open_v2(path.c_str(), &opened, access | SQLITE_OPEN_NOMUTEX, nullptr);
    SqliteOwner file(opened);
    if (status != SQLITE_OK) return unusable(path, opened, verb);
    return file;
}

// False: it began again too often.
Result<bool> copy_by_pages(sqlite3* source, sqlite3* target, const std::string& from, const std::string& into) {
    sqlite3_backup* begun = ::sqlite3_backup_init(target, "main", source, "main");
    if (begun == nullptr) return unusable(into, target, "written");
    const Freed<sqlite3_backup, ::sqlite3_backup_finish> backup(begun);
    int restarts = 0, left = -1;
    auto since = real_clock().steady();
    while (true) {
        const int status = ::sqlite3_backup_step(backup.get(), pages_at_once);
        if (status == SQLITE_DONE) return true;
        const bool is_busy = status == SQLITE_BUSY || status == SQLITE_LOCKED;
        if ((status & 0xff) == SQLITE_READONLY)
            return could_not(fmt::format("SQLite's file '{}' was left in the middle of a change by a program that was "
                                         "killed, and can't be set right here: {}; open it once as its owner: sqlite3 "
                                         "FILE 'select count(*) from sqlite_master'",
                                         printable(from), ::sqlite3_errstr(status)));
        if (status != SQLITE_OK && !is_busy)
            return could_not(
                fmt::format("SQLite's file '{}' can't be copied: {}", printable(from), ::sqlite3_errstr(status)));
        if (is_busy && real_clock().steady() - since > busiest)
            return could_not(fmt::format("SQLite's file '{}' was locked by a writer for 60 s", printable(from)));
        if (!is_busy) {
            since = real_clock().steady();
            const int now = ::sqlite3_backup_remaining(backup.get());
            if (left >= 0 && now >= left && ++restarts > most_restarts) return false;
            left = now;
        }
        if (!real_clock().sleep(is_busy ? pause_while_busy : pause))
            return could_not("interrupted while SQLite's file was copied");
    }
}

Result<std::string> first_of(Session& session, const std::string& sql, const std::string& path) {
    const Answer answer = TRY(session.run(sql));
    if (answer.refusal)
        return could_not(fmt::format("SQLite's file '{}': {}", printable(path), answer.refusal->message));
    return answer.rows.empty() ? std::string() : answer.rows[0].at(0).value_or("");
}

Result<void> check_copy(const std::string& from, const std::string& into) {
    const auto session = TRY(open_sqlite({.path = into, .own_copy = true}));
    const auto said = TRY(first_of(*session, "PRAGMA integrity_check(1)", into));
    if (said == "ok") return {};
    return no(fmt::format("SQLite's file '{}' is damaged: {}", printable(from),
                          one_line(replace_all(trim(std::string_view(said)), "\n", "; "))));
}

}

Result<void> copy_sqlite(const std::string& from, const std::string& into) {
    bool copied = false;
    {
        // A change that a killed program began is taken back by the first who may write, as SQLite has it.
        const bool is_left = inspect(from + "-journal").size > 0;
        auto opened = open(from, is_left ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY, "opened");
        if (!opened.ok() && is_left) opened = open(from, SQLITE_OPEN_READONLY, "opened");
        const auto source = TRY(std::move(opened));
        const auto target = TRY(open(into, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "written"));
        copied = TRY(copy_by_pages(source.get(), target.get(), from, into));
    }
    if (!copied) {
        TRY_VOID(remove_tree(into));
        const auto session = TRY(open_sqlite({.path = from, .writable = false, .busy_timeout = busiest}));
        TRY(first_of(*session, "VACUUM INTO '" + replace_all(into, "'", "''") + "'", from));
    }
    return check_copy(from, into);
}

Result<bool> is_sqlite_in_use(const std::string& path) {
    const auto session = TRY(open_sqlite({.path = path, .busy_timeout = Milliseconds{200}}));
    const Answer answer = TRY(session->run("PRAGMA locking_mode = exclusive; BEGIN EXCLUSIVE; COMMIT"));
    if (answer.refusal && answer.refusal->code.starts_with("SQLITE_BUSY")) return true;
    if (answer.refusal && answer.refusal->code != "SQLITE_LOCKED")
        return could_not(fmt::format("SQLite's file '{}': {}", printable(path), answer.refusal->message));
    if (answer.refusal) return true;
    const auto busy = TRY(first_of(*session, "PRAGMA wal_checkpoint(TRUNCATE)", path));
    return busy != "0";
}

}
