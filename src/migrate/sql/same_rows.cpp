#include "migrate/sql/same_rows.h"
#include "migrate/sql/tokens.h"
#include <cctype>

namespace fairlead::migrate::sql {

namespace {

// INSERT … VALUES; empty: another statement.
std::string_view head_of(std::string_view statement) {
    Scanner scanner(statement);
    bool is_first = true;
    for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next()) {
        if (is_first && !token.is("insert")) return "";
        is_first = false;
        if (token.is("values")) return statement.substr(0, token.end());
        const bool names = token.kind == Token::Kind::word || token.kind == Token::Kind::quoted ||
                           (token.kind == Token::Kind::symbol &&
                            std::string_view("(),.").find(token.text.front()) != std::string_view::npos);
        if (!names) return "";
    }
    return "";
}

// (1, 'x', NULL), (2, 'it''s', TRUE)
bool are_literals(std::string_view rows) {
    for (std::size_t at = 0; at < rows.size();) {
        const auto letter = static_cast<unsigned char>(rows[at]);
        if (letter == '\'') {
            const auto end = rows.find('\'', at + 1);
            if (end == rows.npos) return false;
            at = end + 1;
        } else if (std::isalpha(letter) != 0 || letter == '_' || letter >= 0x80) {
            std::size_t end = at;
            while (end < rows.size() && (std::isalnum(static_cast<unsigned char>(rows[end])) != 0 || rows[end] == '_'))
                ++end;
            if (!is_literal_word(rows.substr(at, end - at))) return false;
            at = end;
        } else if (std::isdigit(letter) != 0) { // with its exponent
            while (at < rows.size() && (std::isalnum(static_cast<unsigned char>(rows[at])) != 0 || rows[at] == '.'))
                ++at;
        } else if (std::string_view("(),.+- \t\r\n").find(static_cast<char>(letter)) != std::string_view::npos) {
            if (letter == '-' && rows.substr(at).starts_with("--")) return false;
            ++at;
        } else {
            return false;
        }
    }
    return true;
}

}

bool SameRows::go_on(std::string_view statement) {
    if (!head_.empty() && statement.starts_with(head_)) return are_literals(statement.substr(head_.size()));
    head_ = head_of(statement);
    if (!head_.empty() && !are_literals(statement.substr(head_.size()))) head_ = {};
    return false;
}

}
