#include "migrate/rehearsal/stage.h"
#include "base/text.h"
#include "migrate/sql/shown.h"
#include "migrate/steps/pieces.h"
#include "sys/clock.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate::rehearsal {
namespace {

using Steady = sys::Clock::Steady;
Milliseconds since(Steady begin) {
    return std::chrono::duration_cast<Milliseconds>(sys::real_clock().steady() - begin);
}
bool blocks_writers(sql::Lock lock) { return lock >= sql::Lock::share && lock != sql::Lock::unknown; }

}

Stage::Stage(Database& database, std::optional<Sampler> sampler) : database_(database), sampler_(std::move(sampler)) {}

Result<std::string> Stage::relations() {
    if (database_.is_sqlite()) return std::string();
    constexpr const char* query = "SELECT coalesce(array_agg(oid), '{}')::text FROM pg_class WHERE oid >= 16384";
    const auto answer = TRY(asked(database_.session(), query, "the tables can't be listed"));
    return answer.rows[0][0].value_or("{}");
}

Result<std::vector<std::pair<std::string, std::string>>> Stage::files() {
    std::vector<std::pair<std::string, std::string>> found;
    if (database_.is_sqlite()) return found;
    constexpr const char* query =
        "SELECT oid::regclass::text, oid::text || ':' || pg_relation_filenode(oid)::text FROM "
        "pg_class WHERE relkind IN ('r', 'm') AND oid >= 16384 ORDER BY oid";
    const auto answer = TRY(asked(database_.session(), query, "the tables can't be listed"));
    for (const auto& row : answer.rows) found.emplace_back(row[0].value_or(""), row[1].value_or(""));
    return found;
}

Result<std::int64_t> Stage::wal_since(std::int64_t before) {
    if (database_.is_sqlite()) return std::int64_t{0};
    const auto answer = TRY(asked(database_.session(), "SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint",
                                  "the position in the WAL is unknown"));
    return parse_integer(answer.rows[0][0].value_or("0")).value_or(0) - before;
}

Result<bool> Stage::refused(const sys::Answer& answer, Measured& one) {
    one.why = fmt::format("{} ({})", sql::shown_message(answer.refusal->message), answer.refusal->code);
    measured_.push_back(std::move(one));
    TRY_VOID(database_.session().run("ROLLBACK"));
    return false;
}

Result<bool> Stage::statement(const Task& task, const Piece& piece, const std::string& relations, bool in_transaction) {
    auto& session = database_.session();
    Measured one;
    one.version = task.row.version;
    one.direction = task.direction == Direction::up ? "up" : "down";
    one.kind = sql::kind_of(piece.text, database_.dialect());
    one.line = piece.line;
    const auto files_before = TRY(files());
    const auto wal_before = TRY(wal_since(0));
    if (sampler_) sampler_->begins(relations);
    const auto begin = sys::real_clock().steady();
    const sys::Answer answer =
        TRY(piece.data ? session.copy_in(std::string(piece.text), *piece.data) : session.run(std::string(piece.text)));
    one.took = since(begin);
    if (sampler_) one.lock = sampler_->ends();
    if (answer.refusal) return refused(answer, one);
    one.rows = piece.kind == "select" ? 0 : answer.changed;
    one.wal = TRY(wal_since(wal_before));
    if (in_transaction && !database_.is_sqlite()) {
        const auto held = TRY(asked(session, strongest_lock_query(database_.connection.identity.pid, relations),
                                    "the locks can't be listed"));
        if (!held.rows.empty()) one.lock = std::max(one.lock, lock_named(held.rows[0][0].value_or("")));
    }
    const auto files_after = TRY(files());
    for (const auto& after : files_after) {
        const auto oid = after.second.substr(0, after.second.find(':') + 1);
        const bool is_other = std::any_of(files_before.begin(), files_before.end(), [&](const auto& before) {
            return before.second.starts_with(oid) && before.second != after.second;
        });
        if (is_other) one.rewrites.push_back(after.first);
    }
    measured_.push_back(std::move(one));
    return true;
}

Result<bool> Stage::run(const Task& task) {
    auto& session = database_.session();
    const auto pieces = TRY(pieces_of(*task.script, database_.dialect()));
    const bool in_transaction = !task.script->marks.no_transaction;
    const std::string known = TRY(relations());
    const bool switches = database_.is_sqlite() && task.script->marks.foreign_keys_off;
    if (switches) TRY_VOID(asked(session, "PRAGMA foreign_keys = off", "foreign keys stay on"));
    TRY_VOID(asked(session, session_settings(database_), "the session can't be set up"));
    const auto begin = sys::real_clock().steady();
    if (in_transaction) TRY_VOID(asked(session, "BEGIN", "no transaction begins"));
    std::optional<Steady> locked; // since which others can't write
    for (const Piece& piece : pieces) {
        const auto statement_begin = sys::real_clock().steady();
        const bool ran = TRY(statement(task, piece, known, in_transaction));
        if (!ran) return false;
        if (!blocks_writers(measured_.back().lock)) continue;
        if (!in_transaction)
            longest_lock_ = std::max(longest_lock_, measured_.back().took);
        else if (!locked)
            locked = statement_begin;
    }
    sys::Answer answer =
        TRY(session.run(database_.table.forgotten(task.row.version) + "; " +
                        database_.table.put_as_is(task.row, nullptr) + (in_transaction ? "; COMMIT" : "")));
    if (answer.refusal) {
        Measured one;
        one.version = task.row.version;
        one.kind = "commit";
        return refused(answer, one);
    }
    total_ += since(begin);
    if (locked) longest_lock_ = std::max(longest_lock_, since(*locked));
    return true;
}

}
