#include "migrate/steps/session_before.h"
#include <algorithm>
#include <map>

namespace fairlead::migrate {

namespace {

using Verb = sql::Statement::Verb;

bool has(const std::string& text, std::string_view part) { return sql::lower_case(text).find(part) != text.npos; }

bool is_setting(const Piece& piece, const sql::Statement& one) {
    if (!piece.is_postgres) return piece.kind == "pragma" || piece.kind == "attach" || piece.kind == "detach";
    if (one.verb == Verb::set) return !one.local;
    if (one.verb == Verb::select) return has(one.text, "set_config");
    return (piece.kind == "prepare" && !piece.is_commit) || piece.kind == "load" || piece.kind == "deallocate";
}

// CREATE [OR REPLACE] [GLOBAL | LOCAL] TEMP …, and a schema that is the session's own.
bool makes_temporary(const Piece& piece, const sql::Statement& one) {
    const bool is_of_session = std::any_of(one.tables.begin(), one.tables.end(), [](const sql::Name& name) {
        return name.schema == "pg_temp" || name.schema == "temp";
    });
    if (one.verb == Verb::create_table && (one.temporary || is_of_session)) return !one.drops_on_commit;
    sql::Scanner scanner(piece.text, piece.is_postgres ? sql::Dialect::postgres : sql::Dialect::sqlite);
    int left = 5;
    for (auto token = scanner.next(); token.kind != sql::Token::Kind::end && left > 0; token = scanner.next()) {
        if (token.kind == sql::Token::Kind::comment) continue;
        --left;
        const auto word = sql::lower_case(token.text);
        if (left == 4 && word != "create") return false;
        if (word == "temp" || word == "temporary") return !one.drops_on_commit;
        if (word == "table" || word == "as") return false;
    }
    return false;
}

}

bool sets_role(const sql::Statement& one) {
    return (one.verb == Verb::set && (one.name == "role" || one.name == "session_authorization")) ||
           has(one.text, "set_config") || (one.verb == Verb::block && has(one.text, "set "));
}

Before session_before(const std::vector<Piece>& pieces, const std::vector<sql::Statement>& statements,
                      std::size_t first) {
    Before before;
    std::map<std::string, int> temporary; // its name, its line
    std::vector<std::string> of_block;
    bool in_block = false;
    for (std::size_t i = 0; i < std::min(first, pieces.size()); ++i) {
        const auto& piece = pieces[i];
        const auto& one = statements[i];
        if (piece.is_begin) in_block = true;
        if (piece.is_commit) before.settings.insert(before.settings.end(), of_block.begin(), of_block.end());
        if (piece.is_commit || piece.is_rollback) {
            in_block = false;
            of_block.clear();
        }
        if (is_setting(piece, one)) (in_block ? of_block : before.settings).emplace_back(piece.text);
        const auto name = one.tables.empty() ? std::string() : one.tables.front().name;
        if (makes_temporary(piece, one)) temporary[name] = piece.line;
        if (one.verb == Verb::drop)
            for (const auto& dropped : one.tables) temporary.erase(dropped.name);
    }
    for (const auto& [name, line] : temporary) before.temporary_line = line;
    return before;
}

}
