#include "migrate/steps/apply/uncertain.h"
#include "migrate/sql/shown.h"
#include "migrate/steps/apply/index.h"
#include <fmt/format.h>

namespace fairlead::migrate {

namespace {

constexpr std::string_view decided_end = " (by repair)";

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

}

bool may_commit(const sql::Statement& statement) {
    using Verb = sql::Statement::Verb;
    if (statement.verb == Verb::perform) return statement.kind == "call";
    if (statement.verb != Verb::block) return statement.verb == Verb::unknown;
    const auto text = sql::lower_case(statement.text);
    return text.find("commit") != text.npos || text.find("call") != text.npos || text.find("execute") != text.npos;
}

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
    if (TRY(drop_to_make_again(database, full))) return Next::runs;
    return judge_next(database, piece, statement); // somebody else built it, or dropped it
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

}
