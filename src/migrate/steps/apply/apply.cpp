#include "migrate/steps/apply/apply.h"
#include "base/text.h"
#include "migrate/sql/shown.h"
#include "migrate/sql/split_others.h"
#include "migrate/sql/statement.h"
#include "migrate/steps/apply/index.h"
#include "migrate/steps/pieces.h"
#include "sys/clock.h"
#include "sys/fault.h"
#include "sys/files/frozen_text.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>
#include <span>

namespace fairlead::migrate {

namespace {

int line_at(const files::Script& script, std::size_t offset) {
    return script.line + sys::newlines_in(script.sql.substr(0, offset));
}

// What was sent in one message: bytes and statements of ours ahead of the script's, and where in the script those
// begin.
struct Ahead {
    std::size_t bytes = 0, statements = 0;
    std::size_t from_byte = 0;
    std::int64_t from_statement = 0;
};
// Which statement it was: by the byte that the database names, else by how many ran.
void blame(Outcome& outcome, const files::Script& script, const std::vector<Piece>& pieces, const sys::Answer& answer,
           Ahead ahead, sql::Dialect dialect) {
    const auto& refusal = *answer.refusal;
    outcome.why = said(refusal);
    outcome.statements = statements_of(pieces);
    const bool has_place =
        refusal.position > ahead.bytes && refusal.position <= ahead.bytes + script.sql.size() - ahead.from_byte;
    std::optional<Spot> spot;
    if (has_place) {
        const auto offset = refusal.position - ahead.bytes - 1 + ahead.from_byte;
        outcome.line = line_at(script, offset);
        spot = last_for_which(pieces, dialect, [&](std::size_t begin, std::int64_t) { return begin <= offset; });
    } else if (answer.done >= ahead.statements) {
        const auto number = static_cast<std::int64_t>(answer.done - ahead.statements) + ahead.from_statement + 1;
        if (number <= outcome.statements) // else at the end: a check that waits for COMMIT
            spot = last_for_which(pieces, dialect, [&](std::size_t, std::int64_t one) { return one <= number; });
    }
    if (!spot) return;
    outcome.statement = spot->number;
    outcome.text = sql::shown(spot->text, dialect);
    if (!has_place) outcome.line = spot->line;
}

// Settings come before any query: SET TRANSACTION is refused behind one.
std::size_t first_that_writes(const std::vector<Piece>& pieces) {
    const auto at = std::find_if(pieces.begin(), pieces.end(), [](const Piece& one) { return one.kind != "set"; });
    return static_cast<std::size_t>(at - pieces.begin());
}

// The first statement behind those that go into one message with `first`.
std::size_t end_of_message(const std::vector<Piece>& pieces, std::size_t first) {
    auto next = first + 1;
    while (next < pieces.size() && pieces[next].begin - pieces[first].begin < most_of_a_message) ++next;
    return next;
}

}

std::string said(const sys::Refusal& refusal) {
    std::string text = sql::shown_message(refusal.message);
    if (!refusal.code.empty()) text += " (" + refusal.code + ")";
    if (!refusal.detail.empty() && !refusal.detail.starts_with("Failing row contains")) text += "; " + refusal.detail;
    if (refusal.code == "25001") text += "; write -- fairlead: no-transaction at the top of the file";
    return replace_all(text, "\n", " ");
}

bool is_there_already(const std::string& why) {
    // PostgreSQL's table, column, object, schema and function (its documentation, appendix A); SQLite has no code.
    constexpr const char* marks[] = {"(42P07)",
                                     "(42701)",
                                     "(42710)",
                                     "(42P06)",
                                     "(42723)",
                                     "already exists (SQLITE_ERROR)",
                                     "duplicate column name:"};
    return std::any_of(std::begin(marks), std::end(marks),
                       [&](const char* mark) { return why.find(mark) != why.npos; });
}

Result<void> check_script(const files::Script& script, sql::Dialect dialect) {
    const auto pieces = TRY(pieces_of(script, dialect, Together::same_rows));
    if (std::all_of(pieces.begin(), pieces.end(), [](const Piece& piece) { return piece.kind == "set"; }))
        return usage("there is no statement here, so nothing would be done; write the statements (SELECT 1; if it is "
                     "meant to do nothing), or delete it",
                     {script.path, script.line, 0, ""});
    for (const Piece& piece : pieces)
        if (piece.kind == "discard" && piece.is_postgres)
            return usage(fmt::format("'{}' would release the locks and settings that guard this session; take it out: "
                                     "the session is reset before each migration",
                                     sql::shown(piece.text, dialect)),
                         {script.path, piece.line, 0, ""});
    if (script.marks.no_transaction) return {};
    for (const Piece& piece : pieces)
        if (piece.is_begin || piece.is_commit || piece.is_rollback)
            return usage(fmt::format("'{}' would end the transaction that the whole migration runs in; take it out, or "
                                     "write -- fairlead: no-transaction at the top of the file",
                                     sql::shown(piece.text, dialect)),
                         {script.path, piece.line, 0, ""});
    return {};
}

Applier::Applier(Database& database, std::string application, Rows rows)
    : database_(database), watch_(database.address, std::move(application), database.connection.identity.pid,
                                  [](const std::string& what) { sys::log_info(what); }),
      rows_(rows) {}

Result<sys::Answer> Applier::sent(const std::string& sql) {
    watch_.begins();
    auto answer = database_.session().run(sql);
    watch_.ends();
    return answer;
}

// A deferred trigger may take rows away as well; it is watched, too.
Result<sys::Answer> Applier::settled() {
    return database_.is_sqlite() ? sys::Answer{} : sent("SET CONSTRAINTS ALL IMMEDIATE");
}

Result<sys::Answer> Applier::copied(const Piece& piece) {
    watch_.begins();
    auto answer = database_.session().copy_in(std::string(piece.text), *piece.data);
    watch_.ends();
    return answer;
}

Result<sys::Answer> Applier::retried(const std::function<Result<sys::Answer>()>& attempt) {
    return server::retried(
        [&]() -> Result<sys::Answer> {
            auto answer = TRY(attempt());
            if (answer.refusal) TRY_VOID(database_.session().run("ROLLBACK"));
            return answer;
        },
        watch_, [](const std::string& what) { sys::log_warning(what); });
}

// What makes the row and golang-migrate's say that it ran through.
std::string Applier::closing(const Task& task, const std::vector<Piece>& pieces, const records::Record* begun) const {
    std::string sql;
    if (!database_.is_sqlite() && !std::all_of(pieces.begin(), pieces.end(), leaves_session))
        sql += session_settings(database_) + "; ";
    sql += begun != nullptr ? database_.table.ended(*begun, task.row.state, "")
                            : database_.table.put_applied(task.row, records::find(database_.records, task.row.version));
    if (task.row.kind != "sql") return sql;
    if (!database_.schema_fingerprint.empty()) sql += "; " + database_.table.forgotten("__schema");
    if (database_.keeps_golang()) sql += "; " + records::put_golang(database_.table, task.golang, false);
    return sql;
}

Result<Outcome> Applier::run(const Task& task, Confirmed confirmed) {
    const auto begun = sys::real_clock().steady();
    if (rows_ == Rows::guarded && !losses_) losses_ = TRY(watch_rows(database_));
    is_watched_ = losses_ && confirmed == Confirmed::no;
    auto outcome =
        TRY(task.script->marks.no_transaction && task.row.kind == "sql" ? by_statements(task) : in_transaction(task));
    outcome.took = std::chrono::duration_cast<Milliseconds>(sys::real_clock().steady() - begun);
    if (outcome.is_done) database_.schema_fingerprint.clear();
    return outcome;
}

std::string Applier::begin() const { return database_.is_sqlite() ? "BEGIN IMMEDIATE;" : "BEGIN;"; }

// One that IF NOT EXISTS would pass over; an outcome without a reason: there is none.
Result<Outcome> Applier::index_in_the_way(const Pieces& pieces) {
    Outcome outcome;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        const auto invalid = TRY(passed_over(database_, pieces[i]));
        const auto is_dropped = [](const Piece& piece) { return piece.kind == "drop" || piece.kind == "reindex"; };
        if (invalid.empty() || std::any_of(pieces.begin(), pieces.begin() + static_cast<std::ptrdiff_t>(i), is_dropped))
            continue;
        outcome.why = fmt::format("the index {} is there and invalid, and IF NOT EXISTS would leave it so; drop it "
                                  "first: DROP INDEX CONCURRENTLY {}",
                                  invalid, invalid);
        outcome.line = pieces[i].line;
        outcome.statement = statements_of(std::span(pieces).first(i)) + 1;
        outcome.statements = statements_of(pieces);
        outcome.text = sql::shown(pieces[i].text, database_.dialect());
        break;
    }
    return outcome;
}

Result<Outcome> Applier::in_transaction(const Task& task) {
    const auto pieces = TRY(pieces_of(*task.script, database_.dialect(), Together::same_rows));
    Outcome outcome = TRY(index_in_the_way(pieces));
    if (!outcome.why.empty()) return outcome;
    if (is_watched_) TRY_VOID(losses_->read(pieces));
    sys::fault_point("before");
    const bool switches = database_.is_sqlite() && task.script->marks.foreign_keys_off;
    const bool has_data = std::any_of(pieces.begin(), pieces.end(), [](const Piece& one) { return one.data; });
    if (switches) TRY_VOID(asked(database_.session(), "PRAGMA foreign_keys = off", "foreign keys stay on"));
    if (switches || has_data)
        TRY_VOID(one_by_one(task, pieces, outcome));
    else
        TRY_VOID(in_one_go(task, pieces, outcome));
    if (switches) TRY_VOID(asked(database_.session(), "PRAGMA foreign_keys = on", "foreign keys stay off"));
    outcome.is_done = outcome.why.empty();
    if (!outcome.is_done) TRY_VOID(check_not_taken(task));
    sys::fault_point("after");
    return outcome;
}

// Whatever became of the lock, the table's row tells: its key refused what this run did, or what another one had done
// stood in the way.
Result<void> Applier::check_not_taken(const Task& task) {
    const auto* known = records::find(database_.records, task.row.version);
    const bool is_taken = TRY(database_.table.is_changed(database_.session(), task.row.version, known));
    if (!is_taken) return {};
    return could_not(
        "another run has done it meanwhile, and nothing of this run is left; see: fairlead-migrate status");
}

// One message where no rows are watched and it is small; else its parts: settings, the rest piece by piece, the end.
Result<void> Applier::in_one_go(const Task& task, const Pieces& pieces, Outcome& outcome) {
    const auto& script = *task.script;
    const auto close = closing(task, pieces, nullptr) + "; COMMIT";
    const auto first = first_that_writes(pieces);
    const auto from = first < pieces.size() ? pieces[first].begin : script.sql.size();
    Ahead ahead;
    std::string lost;
    const auto answer = TRY(retried([&]() -> Result<sys::Answer> {
        ahead = {begin().size(), 1, 0, 0};
        if (!is_watched_ && script.sql.size() <= most_of_a_message)
            return sent(begin() + std::string(script.sql) + "\n;" + close);
        auto done = TRY(sent(begin() + std::string(script.sql.substr(0, from))));
        if (done.refusal) return done;
        if (is_watched_) TRY_VOID(losses_->before(first, pieces.size()));
        const std::span all(pieces);
        auto number = statements_of(all.first(first));
        for (std::size_t i = first, next = first; i < pieces.size() && !done.refusal; i = next) {
            next = end_of_message(pieces, i);
            const auto end = next < pieces.size() ? pieces[next].begin : script.sql.size();
            const auto message = script.sql.substr(pieces[i].begin, end - pieces[i].begin);
            ahead = {0, 0, pieces[i].begin, number};
            done = TRY(sent(std::string(message)));
            sys::let_go(message);
            number += statements_of(all.subspan(i, next - i));
        }
        if (done.refusal) return done;
        ahead = {0, 0, script.sql.size(), number};
        if (!is_watched_) return sent(close);
        done = TRY(settled());
        if (done.refusal) return done;
        lost = TRY(losses_->found());
        return lost.empty() ? sent(close) : database_.session().run("ROLLBACK");
    }));
    outcome.is_unconfirmed = !lost.empty();
    if (!lost.empty()) outcome.why = lost;
    if (answer.refusal) blame(outcome, script, pieces, answer, ahead, database_.dialect());
    return {};
}

// COPY's data comes between statements, and what foreign keys say before the end.
Result<void> Applier::one_by_one(const Task& task, const Pieces& pieces, Outcome& outcome) {
    auto& session = database_.session();
    TRY_VOID(asked(session, begin(), "no transaction can be begun"));
    const auto first = first_that_writes(pieces);
    std::int64_t number = 0;
    for (std::size_t i = 0; i < pieces.size() && outcome.why.empty(); number += pieces[i++].statements) {
        const auto& piece = pieces[i];
        if (is_watched_ && i == first) TRY_VOID(losses_->before(first, pieces.size()));
        const auto answer = TRY(piece.data ? copied(piece) : sent(std::string(piece.text)));
        sys::fault_point("statement");
        sys::let_go(piece.text);
        if (!answer.refusal) continue;
        blame(outcome, *task.script, pieces, answer, {0, 0, piece.begin, number}, database_.dialect());
    }
    if (outcome.why.empty() && task.script->marks.foreign_keys_off && database_.is_sqlite()) {
        const auto answer = TRY(asked(session, "PRAGMA foreign_key_check", "foreign keys can't be checked"));
        if (!answer.rows.empty())
            outcome.why = fmt::format(
                "{}, the first of them in the table {}; correct that before the end of the migration",
                answer.rows.size() == 1 ? std::string("1 row refers to a row that is not there")
                                        : fmt::format("{} rows refer to rows that are not there", answer.rows.size()),
                answer.rows[0][0].value_or("?"));
    }
    if (is_watched_ && first < pieces.size() && outcome.why.empty()) {
        const auto answer = TRY(settled());
        if (answer.refusal)
            outcome.why = said(*answer.refusal);
        else
            outcome.why = TRY(losses_->found());
        outcome.is_unconfirmed = !answer.refusal && !outcome.why.empty();
    }
    if (outcome.why.empty()) {
        const auto answer = TRY(session.run(closing(task, pieces, nullptr) + "; COMMIT"));
        if (answer.refusal) outcome.why = said(*answer.refusal);
    }
    if (!outcome.why.empty()) TRY_VOID(session.run("ROLLBACK"));
    return {};
}

}
