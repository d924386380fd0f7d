#include "migrate/steps/pieces.h"
#include "migrate/sql/lock.h"
#include "migrate/sql/split_others.h"
#include <algorithm>
#include <iterator>

namespace fairlead::migrate {

namespace {

// The first two words, in lower case; without WORK and TRANSACTION behind ROLLBACK, which say nothing.
struct Words {
    std::string first, second;
};
Words words_of(std::string_view text, sql::Dialect dialect) {
    Words words;
    sql::Scanner scanner(text, dialect);
    for (auto token = scanner.next(); token.kind != sql::Token::Kind::end; token = scanner.next()) {
        if (token.kind == sql::Token::Kind::comment) continue;
        if (token.kind != sql::Token::Kind::word) break;
        if (!words.first.empty()) {
            words.second = sql::lower_case(token.text);
            if (words.first == "rollback" && (words.second == "work" || words.second == "transaction")) continue;
            break;
        }
        words.first = sql::lower_case(token.text);
    }
    return words;
}

void note_transaction(Piece& piece, const Words& words) {
    const auto& [first, second] = words;
    piece.is_begin = first == "begin" || (first == "start" && second == "transaction");
    piece.is_commit = first == "commit" || first == "end" || (first == "prepare" && second == "transaction");
    const bool to_savepoint = piece.is_postgres && (second == "to" || second == "savepoint");
    piece.is_rollback = first == "abort" || (first == "rollback" && !to_savepoint && second != "to");
}

}

bool Piece::is_atomic(const sql::Statement& statement, int major) const {
    using Verb = sql::Statement::Verb;
    if (is_begin || is_commit || is_rollback) return false;
    if (!is_postgres) return kind != "vacuum" && kind != "pragma" && kind != "attach" && kind != "detach";
    constexpr Verb own[] = {Verb::unknown, Verb::block, Verb::perform, Verb::set, Verb::lock, Verb::savepoint};
    for (const Verb verb : own)
        if (statement.verb == verb) return false; // they may commit by themselves, or mean the session
    return sql::is_transactional(statement, major);
}

bool leaves_session(const Piece& piece) {
    constexpr std::string_view definitions[] = {"create", "alter", "drop", "comment", "grant", "revoke"};
    if (std::find(std::begin(definitions), std::end(definitions), piece.kind) == std::end(definitions)) return false;
    const auto text = sql::lower_case(piece.text);
    return text.find("select") == text.npos && text.find("execute") == text.npos; // CREATE TABLE … AS
}

Result<std::vector<Piece>> pieces_of(const files::Script& script, sql::Dialect dialect) {
    auto split = sql::split_as(dialect, script.sql, script.path);
    if (!split.ok()) {
        Error error = split.error();
        error.place.line += script.line - 1;
        return error;
    }
    std::vector<Piece> pieces;
    pieces.reserve(split->size());
    for (const sql::Piece& one : split.value()) {
        if (one.copy_data) {
            if (!pieces.empty()) pieces.back().data = one.text;
            continue;
        }
        Piece piece;
        piece.text = one.text;
        piece.begin = static_cast<std::size_t>(one.text.data() - script.sql.data());
        piece.line = one.line + script.line - 1;
        piece.is_postgres = dialect == sql::Dialect::postgres;
        const auto words = words_of(one.text, dialect);
        piece.kind = words.first;
        note_transaction(piece, words);
        pieces.push_back(std::move(piece));
    }
    return pieces;
}

}
