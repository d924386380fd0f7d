// Sessions with a file by SQLite's library (https://sqlite.org/c3ref/intro.html).
#include "sys/database/sqlite.h"
#include "base/printable.h"
#include "sys/clock.h"
#include "sys/files/files.h"
#include "sys/freed.h"
#include "sys/permit.h"
#include "sys/signals.h"
#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fmt/format.h>
#include <sqlite3.h>

namespace fairlead::sys {
namespace {

constexpr int steps_between_looks = 1000; // of SQLite's machine, for who wants it ended
constexpr Milliseconds pause_of_session{20};

struct SqliteCode {
    int number;
    const char* name;
};
// https://sqlite.org/rescode.html
constexpr SqliteCode codes[] = {
    {SQLITE_ERROR, "SQLITE_ERROR"},
    {SQLITE_PERM, "SQLITE_PERM"},
    {SQLITE_ABORT, "SQLITE_ABORT"},
    {SQLITE_BUSY, "SQLITE_BUSY"},
    {SQLITE_LOCKED, "SQLITE_LOCKED"},
    {SQLITE_NOMEM, "SQLITE_NOMEM"},
    {SQLITE_READONLY, "SQLITE_READONLY"},
    {SQLITE_INTERRUPT, "SQLITE_INTERRUPT"},
    {SQLITE_IOERR, "SQLITE_IOERR"},
    {SQLITE_CORRUPT, "SQLITE_CORRUPT"},
    {SQLITE_FULL, "SQLITE_FULL"},
    {SQLITE_CANTOPEN, "SQLITE_CANTOPEN"},
    {SQLITE_SCHEMA, "SQLITE_SCHEMA"},
    {SQLITE_TOOBIG, "SQLITE_TOOBIG"},
    {SQLITE_CONSTRAINT, "SQLITE_CONSTRAINT"},
    {SQLITE_MISMATCH, "SQLITE_MISMATCH"},
    {SQLITE_AUTH, "SQLITE_AUTH"},
    {SQLITE_NOTADB, "SQLITE_NOTADB"},
    {SQLITE_CONSTRAINT_CHECK, "SQLITE_CONSTRAINT_CHECK"},
    {SQLITE_CONSTRAINT_FOREIGNKEY, "SQLITE_CONSTRAINT_FOREIGNKEY"},
    {SQLITE_CONSTRAINT_NOTNULL, "SQLITE_CONSTRAINT_NOTNULL"},
    {SQLITE_CONSTRAINT_PRIMARYKEY, "SQLITE_CONSTRAINT_PRIMARYKEY"},
    {SQLITE_CONSTRAINT_TRIGGER, "SQLITE_CONSTRAINT_TRIGGER"},
    {SQLITE_CONSTRAINT_UNIQUE, "SQLITE_CONSTRAINT_UNIQUE"},
    {SQLITE_CONSTRAINT_ROWID, "SQLITE_CONSTRAINT_ROWID"},
    {SQLITE_BUSY_SNAPSHOT, "SQLITE_BUSY_SNAPSHOT"},
};

std::string name_of_code(int number) {
    const auto named = [](int wanted) {
        const auto* row = std::find_if(std::begin(codes), std::end(codes), [&](auto& r) { return r.number == wanted; });
        return row == std::end(codes) ? nullptr : row->name;
    };
    if (const char* name = named(number)) return name;
    if (const char* name = named(number & 0xff)) return name; // an extended one's own kind
    return fmt::format("SQLITE_{}", number);
}

using SqliteOwner = Freed<sqlite3, ::sqlite3_close_v2>;
using Prepared = Freed<sqlite3_stmt, ::sqlite3_finalize>;

class SqliteSession : public Session {
  public:
    SqliteSession(SqliteOwner file, Milliseconds busy_timeout) : file_(std::move(file)), busy_timeout_(busy_timeout) {
        ::sqlite3_extended_result_codes(file_.get(), 1);
        ::sqlite3_busy_handler(file_.get(), on_busy, this);
        ::sqlite3_progress_handler(file_.get(), steps_between_looks, on_progress, this);
        ::sqlite3_set_authorizer(file_.get(), on_act, this);
        ::sqlite3_update_hook(file_.get(), on_row, this);
    }

    void limit(int looks) { most_looks_ = looks; }

    Result<Answer> run(const std::string& sql) override { return each(sql, {}); }
    Result<Answer> ask(const std::string& sql, const std::vector<Field>& parameters) override {
        return each(sql, parameters);
    }
    Result<Answer> copy_in(const std::string&, std::string_view) override {
        return Answer{Refusal{"SQLITE_ERROR", "SQLite has no COPY; insert the rows instead", "", "", 0}, {}, {}};
    }

    void interrupt() override {
        interrupted_ = true;
        ::sqlite3_interrupt(file_.get());
    }
    bool is_interrupted() const override { return interrupted_; }
    bool is_open() const override { return true; }
    bool has_moved() const override { return sys::has_moved(file_.get()); }

  private:
    bool is_ended() const { return interrupted_ || (stop_requested() && !stopped_before_); }
    static int on_progress(void* self) {
        auto& session = *static_cast<SqliteSession*>(self);
        return session.is_ended() || (session.most_looks_ > 0 && ++session.looks_ > session.most_looks_) ? 1 : 0;
    }

    static int on_act(void* self, int code, const char* one, const char* two, const char*, const char*) {
        auto& session = *static_cast<SqliteSession*>(self);
        if (!session.guard) return SQLITE_OK;
        const auto field = [](const char* text) { return text == nullptr ? Field() : Field(text); };
        SqlAct act;
        switch (code) {
        case SQLITE_ATTACH: act = {SqlAct::Kind::attach, field(one), {}}; break;
        case SQLITE_PRAGMA: act = {SqlAct::Kind::pragma, field(one), field(two)}; break;
        case SQLITE_FUNCTION: act = {SqlAct::Kind::function, field(two), {}}; break;
        case SQLITE_DELETE: act = {SqlAct::Kind::erase, field(one), {}}; break;
        case SQLITE_INSERT:
        case SQLITE_UPDATE: act = {SqlAct::Kind::write, field(one), {}}; break;
        default: return SQLITE_OK;
        }
        auto why = session.guard(act);
        if (why.empty()) return SQLITE_OK;
        if (session.denied_.empty()) session.denied_ = std::move(why); // it asks on
        return SQLITE_DENY;
    }

    static void on_row(void* self, int code, const char* file, const char* table, sqlite3_int64 row) {
        auto& session = *static_cast<SqliteSession*>(self);
        if (code == SQLITE_UPDATE && session.updated && std::string_view(file) == "main") session.updated(table, row);
    }

    static int on_busy(void* self, int times) { // 0: give up
        auto& session = *static_cast<SqliteSession*>(self);
        const auto now = real_clock().steady();
        if (times == 0) session.busy_since_ = now;
        if (session.is_ended() || now - session.busy_since_ >= session.busy_timeout_) return 0;
        if (session.stopped_before_)
            real_clock().rest(pause_of_session);
        else
            real_clock().sleep(pause_of_session);
        return session.is_ended() ? 0 : 1;
    }

    Result<Answer> each(const std::string& sql, const std::vector<Field>& parameters) {
        if (sql.find('\0') != sql.npos) return no("the statement holds a NUL byte, which would end it");
        interrupted_ = false;
        stopped_before_ = stop_requested();
        denied_.clear();
        looks_ = 0;
        Answer answer;
        std::string_view rest = sql;
        while (!rest.empty()) {
            sqlite3_stmt* made = nullptr;
            const char* tail = nullptr;
            // With the NUL at its end; else SQLite copies all that is left, for each statement.
            const int status =
                ::sqlite3_prepare_v2(file_.get(), rest.data(), static_cast<int>(rest.size() + 1), &made, &tail);
            const Prepared prepared(made);
            const auto begin = static_cast<std::size_t>(rest.data() - sql.data());
            if (status != SQLITE_OK) return refused(std::move(answer), begin);
            rest = rest.substr(static_cast<std::size_t>(tail - rest.data()));
            if (!prepared) continue; // blanks or a comment
            bind(prepared.get(), parameters);
            if (!step(prepared.get(), answer)) return refused(std::move(answer), begin);
            ++answer.done;
        }
        return answer;
    }

    static void bind(sqlite3_stmt* prepared, const std::vector<Field>& parameters) {
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            const int index = ::sqlite3_bind_parameter_index(prepared, fmt::format("${}", i + 1).c_str());
            const Field& value = parameters[i];
            if (index > 0 && value)
                ::sqlite3_bind_text64(prepared, index, value->data(), value->size(), SQLITE_STATIC, SQLITE_UTF8);
        }
    }

    bool step(sqlite3_stmt* prepared, Answer& answer) {
        const int columns = ::sqlite3_column_count(prepared);
        std::size_t kept = 0;
        if (columns > 0) {
            answer.columns.clear();
            answer.rows.clear();
            answer.cut = false;
            for (int i = 0; i < columns; ++i) answer.columns.emplace_back(::sqlite3_column_name(prepared, i));
        }
        const auto before = ::sqlite3_total_changes64(file_.get());
        int status = SQLITE_ROW;
        while ((status = ::sqlite3_step(prepared)) == SQLITE_ROW) {
            std::vector<Field> row;
            for (int i = 0; i < columns; ++i) {
                const auto* text = ::sqlite3_column_text(prepared, i);
                const auto size = static_cast<std::size_t>(::sqlite3_column_bytes(prepared, i));
                kept += size + sizeof(Field);
                row.push_back(text == nullptr ? Field()
                                              : Field(std::string(reinterpret_cast<const char*>(text), size)));
            }
            if (kept > most_kept)
                answer.cut = true;
            else
                answer.rows.push_back(std::move(row));
        }
        if (status != SQLITE_DONE) return false;
        answer.changed = ::sqlite3_total_changes64(file_.get()) == before
                             ? 0
                             : static_cast<std::uint64_t>(::sqlite3_changes64(file_.get()));
        return true;
    }

    Result<Answer> refused(Answer answer, std::size_t begin) {
        const int code = ::sqlite3_extended_errcode(file_.get());
        if (!denied_.empty()) {
            answer.refusal = Refusal{"SQLITE_AUTH", denied_, "", "", begin + 1};
            return answer;
        }
        const bool is_limit = most_looks_ > 0 && looks_ > most_looks_ && !is_ended();
        if (!is_limit && ((code & 0xff) == SQLITE_INTERRUPT || ((code & 0xff) == SQLITE_BUSY && is_ended()))) {
            interrupted_ = true;
            return could_not("interrupted: the statement was cancelled");
        }
        const int offset = ::sqlite3_error_offset(file_.get());
        answer.refusal = Refusal{name_of_code(code), ::sqlite3_errmsg(file_.get()), "", "",
                                 offset < 0 ? 0 : begin + static_cast<std::size_t>(offset) + 1};
        return answer;
    }

    SqliteOwner file_;
    Milliseconds busy_timeout_;
    Clock::Steady busy_since_{};
    std::atomic<bool> interrupted_{false};
    bool stopped_before_ = false;    // that request has been heeded: what runs since belongs to the way back
    std::string denied_;             // why the guard refused
    int looks_ = 0, most_looks_ = 0; // by the progress handler, of this call; 0: as many as it takes
};

std::string_view way_out(int code) {
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "; another program holds its lock: wait or stop it, and run the command again";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return "; restore it from a backup, or name another file";
    case SQLITE_CANTOPEN: return "; check that its folder exists, and that this user may write there";
    default: return "";
    }
}

Error unusable_session(const std::string& path, sqlite3* file) {
    return could_not(fmt::format("SQLite's file '{}' can't be used: {}{}", printable(path), ::sqlite3_errmsg(file),
                                 way_out(::sqlite3_errcode(file))));
}

}

bool has_moved(sqlite3* file) {
    int moved = 0;
    ::sqlite3_file_control(file, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    return moved != 0;
}

Result<void> check_is_file(const std::string& path) {
    std::error_code failed;
    const auto there = std::filesystem::status(path, failed); // of what a link leads to
    if (failed || !std::filesystem::exists(there) || std::filesystem::is_regular_file(there)) return {};
    return could_not(fmt::format("'{}' is not a file; name the file of SQLite", printable(path)));
}

Result<void> check_no_lost_wal(const std::string& path) {
    const std::string wal = path + "-wal";
    if (inspect(path).size > 0 || inspect(wal).size == 0) return {};
    return could_not(fmt::format("'{}' holds changes of a file '{}' that is absent or empty, so it would be deleted; "
                                 "put that file back, or move '{}' away, and run the command again",
                                 printable(wal), printable(path), printable(wal)));
}

Result<std::unique_ptr<Session>> open_sqlite(const SqliteFile& wanted) {
    if (wanted.path.empty() || wanted.path.find('\0') != wanted.path.npos)
        return usage("the path of SQLite's file is empty or holds a NUL byte");
    std::error_code failed; // absolute: "file:x?mode=memory" and ":memory:" are names like others
    const std::string path = std::filesystem::absolute(wanted.path, failed).string();
    if (wanted.writable && !wanted.own_copy) TRY_VOID(ask(Act::change_database, path));
    const int access = !wanted.writable ? SQLITE_OPEN_READONLY
                       : wanted.create  ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                        : SQLITE_OPEN_READWRITE;
    TRY_VOID(check_is_file(path));
    TRY_VOID(check_no_lost_wal(path));
    sqlite3* opened = nullptr;
    const int status = ::sqlite3_open_v2(path.c_str(), &opened, access | SQLITE_OPEN_NOMUTEX, nullptr);
    SqliteOwner file(opened);
    if (status != SQLITE_OK) return unusable_session(path, opened);
    auto session = std::make_unique<SqliteSession>(std::move(file), wanted.busy_timeout);
    const Answer answer = TRY(session->run("PRAGMA foreign_keys = on; PRAGMA schema_version"));
    if (answer.refusal && ::sqlite3_extended_errcode(opened) == SQLITE_READONLY_ROLLBACK)
        return could_not(
            fmt::format("SQLite's file '{0}' can't be read: a program was killed in a transaction, and the previous "
                        "content is in '{0}-journal'; to roll back, run fairlead-migrate up, or sqlite3 '{0}' .tables",
                        printable(path)));
    if (answer.refusal) return unusable_session(path, opened);
    return std::unique_ptr<Session>(std::move(session));
}

Result<std::unique_ptr<Session>> sqlite_twin(Session& of) {
    constexpr int longest_value = 1 << 20, most_looks = 100;
    const auto known = TRY(of.run("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' "
                                  "ESCAPE '\\' ORDER BY type <> 'table', type <> 'index', rowid"));
    if (known.refusal) return could_not("the tables can't be listed: " + known.refusal->message);
    sqlite3* opened = nullptr;
    const int status = ::sqlite3_open_v2(":memory:", &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    SqliteOwner file(opened);
    if (status != SQLITE_OK) return unusable_session(":memory:", opened);
    ::sqlite3_limit(opened, SQLITE_LIMIT_LENGTH, longest_value);
    auto session = std::make_unique<SqliteSession>(std::move(file), Milliseconds(0));
    session->limit(most_looks);
    session->guard = [](const SqlAct& act) {
        return act.kind == SqlAct::Kind::attach ? "a twin attaches no file" : "";
    };
    for (const auto& row : known.rows) TRY(session->run(row[0].value_or("")));
    session->guard = nullptr;
    return std::unique_ptr<Session>(std::move(session));
}

}
