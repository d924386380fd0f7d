#include "migrate/sql/shown.h"
#include "base/text.h"

namespace fairlead::migrate::sql {

namespace {

constexpr std::string_view masked = "'…'", more = "…";

// Where the server takes backslashes for escapes in each string (standard_conforming_strings = off), it ends elsewhere.
bool has_doubtful_end(std::string_view text) {
    return text.find('\'') != text.npos && (text.front() | 0x20) != 'e' && text.find('\\') != text.npos;
}

}

std::string shown(std::string_view text, Dialect dialect) {
    constexpr std::size_t longest = 80;
    std::string line;
    std::size_t end = 0;
    Scanner scanner(text, dialect);
    for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next()) {
        if (!line.empty() && token.begin > end) line += ' ';
        end = token.end();
        if (token.kind == Token::Kind::comment) {
            end = end > 0 ? end - 1 : end; // as a blank
            if (!line.empty() && line.back() == ' ') line.pop_back();
            continue;
        }
        const bool is_text = token.kind == Token::Kind::string || token.kind == Token::Kind::open;
        line += is_text ? masked : token.text;
        if (line.size() > longest + masked.size()) {
            line = to_valid_utf8(line.substr(0, longest)) + std::string(more);
            break;
        }
        if (is_text && has_doubtful_end(token.text)) {
            line += more;
            break;
        }
    }
    return replace_all(to_valid_utf8(line), "\n", " ");
}

std::string shown_message(std::string_view message) {
    for (const std::string_view before : {"connection string syntax: ", "near \""}) {
        const auto at = message.find(before);
        if (at == message.npos) continue;
        const auto begin = at + before.size();
        const bool is_near = before.back() == '"';
        if (is_near && message.find_first_of("'$", begin) == message.npos) continue;
        const auto end = is_near ? message.rfind('"') : message.size();
        if (end == message.npos || end < begin) continue;
        return std::string(message.substr(0, begin)) + std::string(masked) + std::string(message.substr(end));
    }
    return std::string(message);
}

}
