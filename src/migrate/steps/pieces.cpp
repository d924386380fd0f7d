#include "migrate/steps/pieces.h"
#include "migrate/sql/lock.h"
#include "migrate/sql/same_rows.h"
#include "migrate/sql/split_others.h"
#include <algorithm>
#include <iterator>
#include <numeric>

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

Result<void> each_piece(const files::Script& script, sql::Dialect dialect,
                        const std::function<Result<void>(const Piece&)>& take) {
    std::optional<Piece> last; // its data may follow
    Result<void> taken;
    const auto give = [&] {
        if (last && taken.ok()) taken = take(*last);
        last.reset();
    };
    const auto split = sql::split_as(dialect, script.sql, script.path, [&](const sql::Piece& one) {
        if (one.copy_data) {
            if (last) last->data = one.text;
            return;
        }
        give();
        Piece piece;
        piece.text = one.text;
        piece.begin = static_cast<std::size_t>(one.text.data() - script.sql.data());
        piece.line = one.line + script.line - 1;
        piece.is_postgres = dialect == sql::Dialect::postgres;
        const auto words = words_of(one.text, dialect);
        piece.kind = words.first;
        note_transaction(piece, words);
        last = std::move(piece);
    });
    give();
    TRY_VOID(std::move(taken));
    if (split.ok()) return {};
    Error error = split.error();
    error.place.line += script.line - 1;
    return error;
}

Result<std::vector<Piece>> pieces_of(const files::Script& script, sql::Dialect dialect, Together together) {
    std::vector<Piece> pieces;
    sql::SameRows rows;
    TRY_VOID(each_piece(script, dialect, [&](const Piece& piece) -> Result<void> {
        const bool goes_on = together == Together::same_rows && rows.go_on(piece.text);
        if (goes_on && pieces.back().text.size() < most_of_a_message) {
            Piece& last = pieces.back();
            last.text = script.sql.substr(last.begin, piece.begin - last.begin + piece.text.size());
            ++last.statements;
        } else {
            pieces.push_back(piece);
        }
        return {};
    }));
    return pieces;
}

std::int64_t statements_of(std::span<const Piece> pieces) {
    return std::accumulate(pieces.begin(), pieces.end(), std::int64_t{0},
                           [](std::int64_t sum, const Piece& piece) { return sum + piece.statements; });
}

std::optional<Spot> last_for_which(const std::vector<Piece>& pieces, sql::Dialect dialect,
                                   const std::function<bool(std::size_t begin, std::int64_t number)>& holds) {
    const Piece* last = nullptr;
    std::int64_t number = 0, next = 1; // of its first statement
    for (const Piece& piece : pieces) {
        if (!holds(piece.begin, next)) break;
        last = &piece;
        number = next;
        next += piece.statements;
    }
    if (last == nullptr) return std::nullopt;
    Spot spot{last->text, last->line, number};
    if (last->statements == 1) return spot;
    (void)sql::split_as(dialect, last->text, "", [&](const sql::Piece& one) { // it was split before
        const auto begin = last->begin + static_cast<std::size_t>(one.text.data() - last->text.data());
        if (holds(begin, number)) spot = {one.text, last->line + one.line - 1, number};
        ++number;
    });
    return spot;
}

}
