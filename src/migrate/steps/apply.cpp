#include "migrate/steps/apply.h"
#include "base/text.h"
#include "migrate/sql/lock.h"
#include "migrate/sql/shown.h"
#include "migrate/sql/split_others.h"
#include "migrate/sql/statement.h"
#include "migrate/steps/begun.h"
#include "migrate/steps/index.h"
#include "migrate/steps/pieces.h"
#include "migrate/steps/session_before.h"
#include "sys/clock.h"
#include "sys/fault.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate {

namespace {

using records::State;

std::string said(const sys::Refusal& refusal) {
    std::string text = sql::shown_message(refusal.message);
    if (!refusal.code.empty()) text += " (" + refusal.code + ")";
    // A whole row of the table is nobody's business.
    if (!refusal.detail.empty() && !refusal.detail.starts_with("Failing row contains")) text += "; " + refusal.detail;
    if (refusal.code == "25001") text += "; write -- fairlead: no-transaction at the top of the file";
    return replace_all(text, "\n", " ");
}

int line_at(const files::Script& script, std::size_t offset) {
    const auto end = script.sql.begin() + static_cast<std::ptrdiff_t>(std::min(offset, script.sql.size()));
    return script.line + static_cast<int>(std::count(script.sql.begin(), end, '\n'));
}

// Which statement it was: by the byte that the database names, else by how many ran. `before`: bytes and statements of
// ours ahead of the script's.
struct Ahead {
    std::size_t bytes, statements;
};
void blame(Outcome& outcome, const files::Script& script, const std::vector<Piece>& pieces, const sys::Answer& answer,
           Ahead ahead, sql::Dialect dialect) {
    const auto& refusal = *answer.refusal;
    outcome.why = said(refusal);
    outcome.statements = static_cast<std::int64_t>(pieces.size());
    const bool has_place = refusal.position > ahead.bytes && refusal.position <= ahead.bytes + script.sql.size();
    std::size_t at = pieces.size();
    if (has_place) {
        const auto offset = refusal.position - ahead.bytes - 1;
        outcome.line = line_at(script, offset);
        for (std::size_t i = 0; i < pieces.size(); ++i)
            if (pieces[i].begin <= offset) at = i;
    } else if (answer.done >= ahead.statements) {
        at = answer.done - ahead.statements;
    }
    if (at >= pieces.size()) return; // at the end: a check that waits for COMMIT
    outcome.statement = static_cast<std::int64_t>(at) + 1;
    outcome.text = sql::shown(pieces[at].text, dialect);
    if (!has_place) outcome.line = pieces[at].line;
}

}

Result<void> check_script(const files::Script& script, sql::Dialect dialect) {
    const auto pieces = TRY(pieces_of(script, dialect));
    if (std::all_of(pieces.begin(), pieces.end(), [](const Piece& piece) { return piece.kind == "set"; }))
        return usage(
            "no statement stands here, and nothing would be done; write what it does (SELECT 1; where nothing is "
            "meant), or delete it",
            {script.path, script.line, 0, ""});
    for (const Piece& piece : pieces)
        if (piece.kind == "discard" && piece.is_postgres)
            return usage(fmt::format("'{}' would let go what guards this session; take it out: each migration begins "
                                     "with a session that is set anew",
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

Applier::Applier(Database& database, std::string application)
    : database_(database), watch_(database.address, std::move(application), database.connection.identity.pid,
                                  [](const std::string& what) { sys::log_info(what); }) {}

Result<sys::Answer> Applier::sent(const std::string& sql) {
    watch_.begins();
    auto answer = database_.session().run(sql);
    watch_.ends();
    return answer;
}

Result<sys::Answer> Applier::retried(const std::string& sql) {
    return server::retried(
        [&]() -> Result<sys::Answer> {
            auto answer = TRY(sent(sql));
            if (answer.refusal) TRY_VOID(database_.session().run("ROLLBACK"));
            return answer;
        },
        watch_, [](const std::string& what) { sys::log_warning(what); });
}

// What makes the row and golang-migrate's say that it ran through.
std::string Applier::closing(const Task& task, const std::vector<Piece>& pieces) const {
    std::string sql;
    if (!database_.is_sqlite() && !std::all_of(pieces.begin(), pieces.end(), leaves_session))
        sql += session_settings(database_) + "; ";
    sql += task.script->marks.no_transaction && task.row.kind == "sql"
               ? database_.table.ended(task.row.version, task.row.state, "")
               : database_.table.put_applied(task.row);
    if (task.row.kind != "sql") return sql;
    if (!database_.schema_fingerprint.empty()) sql += "; " + database_.table.erased("__schema");
    if (database_.keeps_golang()) sql += "; " + records::put_golang(database_.table, task.golang, false);
    return sql;
}

Result<Outcome> Applier::run(const Task& task) {
    const auto begun = sys::real_clock().steady();
    auto outcome =
        TRY(task.script->marks.no_transaction && task.row.kind == "sql" ? by_statements(task) : in_transaction(task));
    outcome.took = std::chrono::duration_cast<Milliseconds>(sys::real_clock().steady() - begun);
    if (outcome.is_done) database_.schema_fingerprint.clear();
    return outcome;
}

Result<Outcome> Applier::in_transaction(const Task& task) {
    const auto& script = *task.script;
    Outcome outcome;
    const auto pieces = TRY(pieces_of(script, database_.dialect()));
    const bool is_sqlite = database_.is_sqlite();
    const bool switches = is_sqlite && script.marks.foreign_keys_off;
    const std::string begin = is_sqlite ? "BEGIN IMMEDIATE;" : "BEGIN;";
    const auto close = closing(task, pieces);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        const auto invalid = TRY(passed_over(database_, pieces[i]));
        const auto is_dropped = [](const Piece& piece) { return piece.kind == "drop" || piece.kind == "reindex"; };
        if (invalid.empty() || std::any_of(pieces.begin(), pieces.begin() + static_cast<std::ptrdiff_t>(i), is_dropped))
            continue;
        outcome.why = fmt::format("the index {} is there and invalid, and IF NOT EXISTS would leave it so; drop it "
                                  "first: DROP INDEX CONCURRENTLY {}",
                                  invalid, invalid);
        outcome.line = pieces[i].line;
        outcome.statement = static_cast<std::int64_t>(i) + 1;
        outcome.statements = static_cast<std::int64_t>(pieces.size());
        outcome.text = sql::shown(pieces[i].text, database_.dialect());
        return outcome;
    }
    sys::fault_point("before");
    if (switches) TRY_VOID(asked(database_.session(), "PRAGMA foreign_keys = off", "foreign keys stay on"));
    const bool has_data = std::any_of(pieces.begin(), pieces.end(), [](const Piece& one) { return one.data; });
    if (!has_data && !switches) {
        const auto answer = TRY(retried(begin + script.sql + "\n;" + close + "; COMMIT"));
        if (answer.refusal)
            blame(outcome, script, pieces, answer, {begin.size(), 1}, database_.dialect());
        else
            outcome.is_done = true;
        sys::fault_point("after");
        return outcome;
    }
    // COPY's data comes between statements, and what foreign keys say before the end.
    TRY_VOID(asked(database_.session(), begin, "no transaction can be begun"));
    sys::Answer answer;
    for (std::size_t i = 0; i < pieces.size() && outcome.why.empty(); ++i) {
        const auto& piece = pieces[i];
        watch_.begins();
        auto result = piece.data ? database_.session().copy_in(std::string(piece.text), *piece.data)
                                 : database_.session().run(std::string(piece.text));
        watch_.ends();
        answer = TRY(std::move(result));
        sys::fault_point("statement");
        if (!answer.refusal) continue;
        outcome.why = said(*answer.refusal);
        outcome.line = piece.line;
        outcome.statement = static_cast<std::int64_t>(i) + 1;
        outcome.statements = static_cast<std::int64_t>(pieces.size());
        outcome.text = sql::shown(piece.text, database_.dialect());
    }
    if (outcome.why.empty() && switches) {
        answer = TRY(asked(database_.session(), "PRAGMA foreign_key_check", "foreign keys can't be checked"));
        if (!answer.rows.empty())
            outcome.why =
                fmt::format("{} rows refer to rows that are not there, the first one in the table {}; correct "
                            "them before the end of the migration",
                            answer.rows.size(), answer.rows[0][0].value_or("?"));
    }
    if (outcome.why.empty()) {
        answer = TRY(database_.session().run(close + "; COMMIT"));
        if (answer.refusal) outcome.why = said(*answer.refusal);
    }
    outcome.is_done = outcome.why.empty();
    if (!outcome.is_done) TRY_VOID(database_.session().run("ROLLBACK"));
    if (switches) TRY_VOID(asked(database_.session(), "PRAGMA foreign_keys = on", "foreign keys stay off"));
    sys::fault_point("after");
    return outcome;
}

namespace {

// What a begun script did last, seen from the statement behind what it is known to have done.
enum class Next { runs, is_done, unsure };

bool is_unsure(const Database& database, const Piece& piece, const sql::Statement& statement) {
    using Verb = sql::Statement::Verb;
    if (piece.is_atomic(statement, database.connection.identity.major)) return false;
    if (database.is_sqlite()) return !piece.is_begin && piece.kind != "vacuum" && piece.kind != "pragma";
    if (statement.verb == Verb::begin || statement.verb == Verb::vacuum || statement.verb == Verb::alter_system ||
        statement.verb == Verb::set || statement.verb == Verb::reindex || statement.verb == Verb::cluster)
        return false;
    if (statement.verb == Verb::create_index) return statement.name.empty();
    return !(statement.verb == Verb::drop && statement.object == "index") && !statement.guarded;
}

// Whether some of it may be there though it was refused.
bool may_commit(const sql::Statement& statement) {
    using Verb = sql::Statement::Verb;
    if (statement.verb == Verb::perform) return statement.kind == "call";
    if (statement.verb != Verb::block) return statement.verb == Verb::unknown;
    const auto text = sql::lower_case(statement.text);
    return text.find("commit") != text.npos || text.find("call") != text.npos || text.find("execute") != text.npos;
}

constexpr std::string_view decided_end = " (by repair)";

// By what is written down of a begun script: nobody knows about the statement behind its progress.
bool is_open_question(const records::Record& row, const sql::Statement& statement) {
    return row.error.empty() || (may_commit(statement) && !row.error.ends_with(decided_end));
}

Result<Next> judge_next(Database& database, const Piece& piece, const sql::Statement& statement) {
    using Verb = sql::Statement::Verb;
    if (is_unsure(database, piece, statement)) return Next::unsure;
    const bool is_made = statement.verb == Verb::create_index && statement.concurrently;
    if (database.is_sqlite() || piece.is_atomic(statement, database.connection.identity.major) ||
        (!is_made && !(statement.verb == Verb::drop && statement.object == "index")))
        return Next::runs;
    const auto& name = is_made ? statement.name : statement.tables.front().name;
    const auto& schema = is_made ? (statement.tables.empty() ? std::string() : statement.tables.front().schema)
                                 : statement.tables.front().schema;
    const auto full =
        schema.empty() ? server::quoted_name(name) : server::quoted_name(schema) + "." + server::quoted_name(name);
    const auto answer = TRY(asked(database.session(),
                                  fmt::format("SELECT i.indisvalid FROM pg_catalog.pg_index i WHERE i.indexrelid = "
                                              "to_regclass({})",
                                              records::literal(server::Engine::postgres, full)),
                                  "the index can't be looked up"));
    const bool is_there = !answer.rows.empty();
    if (!is_made) return is_there ? Next::runs : Next::is_done;
    if (!is_there) return Next::runs;
    if (answer.rows[0][0] == "t") return Next::is_done;
    TRY_VOID(drop_invalid_index(database, full));
    return Next::runs;
}

}

std::string decided(std::int64_t statement, bool ran) {
    return fmt::format("statement {} {}{}", statement, ran ? "ran" : "did not run", decided_end);
}

Result<std::optional<Uncertain>> uncertain(const Database& database, const files::Script& script,
                                           const records::Record& row) {
    const auto pieces = TRY(pieces_of(script, database.dialect()));
    const auto at = static_cast<std::size_t>(row.progress);
    if (!script.marks.no_transaction || at >= pieces.size()) return std::optional<Uncertain>();
    const auto statement = sql::understand({pieces[at].text, pieces[at].line, false});
    if (!is_unsure(database, pieces[at], statement) || !is_open_question(row, statement))
        return std::optional<Uncertain>();
    return std::optional(Uncertain{row.progress + 1, pieces[at].line, sql::shown(pieces[at].text, database.dialect())});
}

Result<Outcome> Applier::by_statements(const Task& task) {
    const auto& script = *task.script;
    const auto& version = task.row.version;
    const int major = database_.connection.identity.major;
    auto& session = database_.session();
    const auto pieces = TRY(pieces_of(script, database_.dialect()));
    std::vector<sql::Statement> statements;
    for (const Piece& piece : pieces) statements.push_back(sql::understand({piece.text, piece.line, false}));
    Outcome outcome;
    outcome.is_whole = false;
    outcome.statements = static_cast<std::int64_t>(pieces.size());
    const auto sums = begun_checksums(script, pieces);
    const std::string begin = database_.is_sqlite() ? "BEGIN IMMEDIATE; " : "BEGIN READ WRITE; "; // whatever it had set
    const bool changes_role = !database_.is_sqlite() && std::any_of(statements.begin(), statements.end(), sets_role);
    const std::string as_ours(changes_role ? as_ourselves : "");
    std::size_t first = 0;
    Before before;
    if (task.resumes) {
        first = std::min(static_cast<std::size_t>(task.row.progress), pieces.size());
        if (first < pieces.size()) {
            const auto next = TRY(judge_next(database_, pieces[first], statements[first]));
            if (next == Next::unsure && is_open_question(task.row, statements[first]))
                return usage(
                    fmt::format("{} was interrupted in statement {}, and nobody can know whether that ran: {}; look, "
                                "then say: fairlead-migrate repair --mark-ran {}:{}, or --mark-not-ran {}:{}",
                                task.label(), first + 1, sql::shown(pieces[first].text, database_.dialect()), version,
                                first + 1, version, first + 1),
                    {script.path, pieces[first].line, 0, ""});
            if (next == Next::is_done) ++first;
        }
        before = session_before(pieces, statements, first);
        if (before.temporary_line > 0 && first < pieces.size())
            return usage(fmt::format("{} stopped before statement {}, and the temporary table that it made here ended "
                                     "with that session; do by hand what is missing and run: fairlead-migrate repair "
                                     "--mark-applied {}, or take back what is there and run: repair --mark-pending {}",
                                     task.label(), first + 1, version, version),
                         {script.path, before.temporary_line, 0, ""});
        sys::log_info(fmt::format("{} goes on with statement {} of {}", task.label(), first + 1, pieces.size()));
    }
    auto row = task.row;
    row.state = State::started;
    row.error.clear();
    row.progress = static_cast<std::int64_t>(first);
    row.checksum = sums[first];
    row.direction = task.direction == Direction::down ? (task.redoes.empty() ? "down" : task.redoes) : "up";
    std::string start = database_.table.put_started(row);
    if (database_.keeps_golang()) start += "; " + records::put_golang(database_.table, version, true);
    sys::fault_point("before");
    TRY_VOID(asked(session, "BEGIN; " + start + "; COMMIT", "the start can't be written down"));
    sys::fault_point("started");
    for (const auto& setting : before.settings) TRY_VOID(asked(session, setting, "what it had set can't be set again"));
    outcome.kept = static_cast<std::int64_t>(first);
    bool in_block = false;
    for (std::size_t i = first; i < pieces.size(); ++i) {
        const Piece& piece = pieces[i];
        if (i > first && database_.lock) TRY_VOID(database_.lock->still_held());
        const auto ran = as_ours + database_.table.progressed(version, static_cast<std::int64_t>(i) + 1, sums[i + 1]);
        const std::string text(piece.text);
        if (const auto invalid = in_block ? std::string() : TRY(passed_over(database_, piece)); !invalid.empty())
            TRY_VOID(drop_invalid_index(database_, invalid));
        const bool is_atomic = !in_block && piece.is_atomic(statements[i], major);
        Result<sys::Answer> answer = sys::Answer{};
        if (piece.is_begin) in_block = true;
        if (piece.data) {
            if (is_atomic) TRY_VOID(asked(session, "BEGIN", "no transaction can be begun"));
            watch_.begins();
            answer = session.copy_in(text, *piece.data);
            watch_.ends();
            if (is_atomic && answer.ok() && !answer->refusal) answer = session.run(ran + "; COMMIT");
        } else if (piece.is_commit && in_block) {
            answer = sent(ran + "; " + text);
        } else if (is_atomic) {
            answer = retried(begin + text + "\n; " + ran + "; COMMIT");
        } else {
            answer = sent(text);
            if (answer.ok() && !answer->refusal && !in_block) {
                sys::fault_point("statement");
                TRY_VOID(asked(session, begin + ran + "; COMMIT", "how far it is can't be written down"));
            }
        }
        if (piece.is_commit || piece.is_rollback) in_block = false;
        const auto done = TRY(std::move(answer));
        sys::fault_point("progressed");
        if (!done.refusal && !in_block) outcome.kept = static_cast<std::int64_t>(i) + 1;
        if (!done.refusal) continue;
        outcome.why = said(*done.refusal);
        outcome.line = piece.line;
        outcome.statement = static_cast<std::int64_t>(i) + 1;
        outcome.text = sql::shown(text, database_.dialect());
        if (in_block || piece.data) TRY_VOID(session.run("ROLLBACK"));
        break;
    }
    if (in_block && outcome.why.empty()) {
        TRY_VOID(session.run("ROLLBACK"));
        outcome.why = "the transaction that it begins is not ended, so it was rolled back; write COMMIT at its end";
        outcome.line = pieces.back().line;
        outcome.statement = outcome.statements;
        outcome.text = sql::shown(pieces.back().text, database_.dialect());
    }
    if (!outcome.why.empty()) {
        TRY_VOID(asked(session, session_settings(database_), "the session can't be set up again"));
        const auto& stopped = statements[static_cast<std::size_t>(outcome.statement) - 1];
        const bool is_unsure = may_commit(stopped);
        TRY_VOID(asked(session,
                       (is_unsure ? database_.table.progressed(version, outcome.kept, unsure_checksum(script)) + "; "
                                  : std::string()) +
                           database_.table.ended(version, State::failed,
                                                 fmt::format("statement {}: {}", outcome.statement, outcome.why)),
                       "that it failed can't be written down"));
        sys::fault_point("failed");
        outcome.left = TRY(invalid_indexes(database_, script));
        return outcome;
    }
    sys::fault_point("ran");
    TRY_VOID(asked(session,
                   begin + as_ours + database_.table.progressed(version, outcome.statements, task.row.checksum) + "; " +
                       closing(task, pieces) + "; COMMIT",
                   "that it is done can't be written down"));
    sys::fault_point("after");
    outcome.is_done = true;
    return outcome;
}

Result<std::vector<std::string>> invalid_indexes(Database& database, const files::Script& script) {
    std::vector<std::string> all;
    if (database.is_sqlite()) return all;
    std::string tables;
    for (const Piece& piece : TRY(pieces_of(script, database.dialect()))) {
        const auto statement = sql::understand({piece.text, piece.line, false});
        if (statement.verb != sql::Statement::Verb::create_index && statement.verb != sql::Statement::Verb::reindex)
            continue;
        for (const auto& table : statement.tables) {
            const auto full = table.schema.empty()
                                  ? server::quoted_name(table.name)
                                  : server::quoted_name(table.schema) + "." + server::quoted_name(table.name);
            tables += fmt::format("{}to_regclass({})", tables.empty() ? "" : ", ",
                                  records::literal(server::Engine::postgres, full));
        }
    }
    if (tables.empty()) return all;
    const auto answer = TRY(
        asked(database.session(),
              fmt::format(
                  "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c "
                  "ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE NOT "
                  "i.indisvalid AND c.relkind = 'i' AND (i.indrelid IN ({0}) OR i.indexrelid IN ({0})) ORDER BY 1",
                  tables),
              "invalid indexes can't be looked up"));
    for (const auto& row : answer.rows) all.push_back(row[0].value_or(""));
    return all;
}

}
