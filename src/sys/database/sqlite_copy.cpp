// https://sqlite.org/backup.html
#include "sys/database/sqlite_copy.h"
#include "base/printable.h"
#include "base/text.h"
#include "sys/clock.h"
#include "sys/database/sqlite.h"
#include "sys/fault.h"
#include "sys/files/files.h"
#include "sys/files/new_file.h"
#include "sys/freed.h"
#include "sys/permit.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>
#include <span>
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
    TRY_VOID(check_is_file(path));
    TRY_VOID(check_no_lost_wal(path));
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
        if (status == SQLITE_FULL)
            return could_not(fmt::format(
                "there is no room at '{}' for a copy of SQLite's file '{}'; make room, or set TMPDIR to another folder",
                printable(into), printable(from)));
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

namespace {

constexpr Milliseconds longest_lock{5'000};

// By the descriptor that has the lock: any other one of this process would take the lock with it when it is closed.
class LockedFile {
  public:
    explicit LockedFile(sqlite3* owner) { ::sqlite3_file_control(owner, "main", SQLITE_FCNTL_FILE_POINTER, &file_); }
    sqlite3_int64 size() const {
        sqlite3_int64 size = 0;
        return file_->pMethods->xFileSize(file_, &size) == SQLITE_OK ? size : 0;
    }
    bool read(std::span<char> into, sqlite3_int64 from) const {
        return file_->pMethods->xRead(file_, into.data(), static_cast<int>(into.size()), from) == SQLITE_OK;
    }
    bool has_wal() const { // https://sqlite.org/fileformat.html#file_format_version_numbers
        char version = 0;
        return read({&version, 1}, 19) && version == 2;
    }

  private:
    sqlite3_file* file_ = nullptr;
};

// Pages as they are, broken ones too.
Result<void> copy_bytes(const LockedFile& file, const std::string& path, const std::string& into) {
    auto copy = TRY(NewFile::create(into));
    std::string piece(1 << 20, '\0');
    for (sqlite3_int64 at = 0, size = file.size(); at < size; at += static_cast<sqlite3_int64>(piece.size())) {
        piece.resize(static_cast<std::size_t>(std::min(static_cast<sqlite3_int64>(piece.size()), size - at)));
        if (!file.read(piece, at)) return could_not(fmt::format("SQLite's file '{}' can't be read", printable(path)));
        TRY_VOID(copy.write(piece));
    }
    return copy.publish();
}

Result<void> keep(const LockedFile& file, const std::string& path, const std::string& into) {
    if (!file.has_wal()) return copy_bytes(file, path, into);
    const auto source = TRY(open(path, SQLITE_OPEN_READONLY, "opened"));
    const auto target = TRY(open(into, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "written"));
    const bool copied = TRY(copy_by_pages(source.get(), target.get(), path, into));
    return copied ? Result<void>()
                  : Result<void>(could_not(fmt::format("SQLite's file '{}' changed", printable(path))));
}

// A database with a WAL takes no pages of another size.
Result<void> fit_pages(const std::string& from, const std::string& into) {
    const auto there = open_sqlite({.path = into, .writable = false});
    if (!there.ok()) return {}; // no database
    const auto mode = there.value()->run("PRAGMA journal_mode");
    const auto wanted = there.value()->run("PRAGMA page_size");
    if (!mode.ok() || !wanted.ok() || mode.value().rows.empty() || wanted.value().rows.empty()) return {};
    if (mode.value().rows[0][0].value_or("") != "wal") return {};
    const auto session = TRY(open_sqlite({.path = from, .own_copy = true}));
    const auto size = wanted.value().rows[0][0].value_or("");
    if (TRY(first_of(*session, "PRAGMA page_size", from)) == size) return {};
    TRY(first_of(*session, fmt::format("PRAGMA journal_mode = delete; PRAGMA page_size = {}; VACUUM", size), from));
    return {};
}

// SQLITE_OK: from now on nobody else writes to the backup's target, until it is finished.
Result<int> take_lock(sqlite3_backup* backup, const std::string& path) {
    const auto since = real_clock().steady();
    while (true) {
        const int status = ::sqlite3_backup_step(backup, 0);
        if (status != SQLITE_BUSY && status != SQLITE_LOCKED) return status;
        if (real_clock().steady() - since > longest_lock)
            return could_not(fmt::format("SQLite's file '{}' is in use: another program has held its lock for 5 s; "
                                         "stop that program, and run the command again",
                                         printable(path)));
        if (!real_clock().sleep(pause_while_busy)) return could_not("interrupted while SQLite's file was locked");
    }
}

// `kept` may be the only copy of what a file that was deleted held. Empty: nothing was kept.
Result<void> check_in_place(sqlite3* file, const std::string& path, const std::string& kept) {
    if (!has_moved(file)) return {};
    return could_not(fmt::format("SQLite's file '{}' was renamed or deleted while it was replaced; {}: stop the "
                                 "program that does that, and run the command again",
                                 printable(path),
                                 kept.empty() ? "nothing was written" : "its content is kept as " + printable(kept)));
}

Result<void> pour_into(sqlite3* target, sqlite3_backup* backup, const std::string& path, const std::string& kept) {
    TRY_VOID(check_in_place(target, path, kept)); // its old name may be another file's
    int status = SQLITE_OK;
    while (status == SQLITE_OK && !stop_requested()) status = ::sqlite3_backup_step(backup, pages_at_once);
    if (status == SQLITE_OK) return could_not("interrupted; SQLite's file is unchanged");
    if (status == SQLITE_DONE) return {};
    return could_not(
        fmt::format("SQLite's file '{}' can't be replaced: {}", printable(path), ::sqlite3_errstr(status)));
}

}

Result<Replaced> replace_sqlite(const SqliteReplacement& asked) {
    TRY_VOID(ask(Act::change_target, asked.into));
    TRY_VOID(fit_pages(asked.from, asked.into));
    const auto source = TRY(open(asked.from, SQLITE_OPEN_READONLY, "opened"));
    const auto target = TRY(open(asked.into, SQLITE_OPEN_READWRITE, "opened"));
    auto result = Replaced::nothing;
    std::string kept;
    {
        sqlite3_backup* begun = ::sqlite3_backup_init(target.get(), "main", source.get(), "main");
        if (begun == nullptr) return unusable(asked.into, target.get(), "written");
        const Freed<sqlite3_backup, ::sqlite3_backup_finish> backup(begun);
        const int locked = TRY(take_lock(begun, asked.into));
        if (locked == SQLITE_NOTADB) return Replaced::foreign;
        if (locked != SQLITE_OK) { // the handle has no message: the backup keeps it until its end
            TRY_VOID(check_in_place(target.get(), asked.into, ""));
            return could_not(fmt::format("SQLite's file '{}' can't be locked: {}; stop the programs that use it, and "
                                         "run the command again",
                                         printable(asked.into), ::sqlite3_errstr(locked)));
        }
        fault_point("target-locked");
        TRY_VOID(check_in_place(target.get(), asked.into, ""));
        const LockedFile file(target.get());
        if (file.size() > 0) {
            if (!asked.may_replace) return Replaced::refused;
            const auto copy = asked.from + ".kept"; // whole before it gets its name
            TRY_VOID(keep(file, asked.into, copy));
            fault_point("target-copied");
            TRY_VOID(rename_path(copy, asked.kept));
            result = Replaced::content;
            fault_point("target-kept");
        }
        kept = result == Replaced::content ? asked.kept : "";
        const auto poured = pour_into(target.get(), begun, asked.into, kept);
        if (!poured.ok() && !kept.empty() && !has_moved(target.get())) TRY_VOID(remove_tree(kept)); // `into` has it
        if (!poured.ok()) return poured.error();
    }
    fault_point("target-replaced");
    TRY_VOID(check_in_place(target.get(), asked.into, kept));
    TRY_VOID(check_copy(asked.into, asked.into));
    return result;
}

}
