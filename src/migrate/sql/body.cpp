#include "migrate/sql/body.h"
#include "migrate/sql/tokens.h"
#include <algorithm>
#include <initializer_list>
#include <utility>

namespace fairlead::migrate::sql {

namespace {

bool is_letter(char one) {
    return (one >= 'a' && one <= 'z') || (one >= '0' && one <= '9') || one == '_' ||
           static_cast<unsigned char>(one) > 127;
}

std::string_view unquoted(std::string_view text) { // of '…', E'…', $tag$…$tag$
    if (const auto dollar = text.find('$'); dollar == 0) {
        const auto tag = text.find('$', 1);
        return text.substr(tag + 1, text.size() - 2 * (tag + 1));
    }
    const auto open = text.find('\'');
    return open == text.npos || text.size() < open + 2 ? text : text.substr(open + 1, text.size() - open - 2);
}

void add_words(std::string_view text, std::vector<std::string>& words, int depth) {
    constexpr int deepest = 5;
    Scanner scanner(text);
    for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next()) {
        if (token.kind == Token::Kind::word || token.kind == Token::Kind::quoted) {
            words.push_back(lower_case(token.text));
        } else if (token.kind == Token::Kind::string && depth < deepest) {
            add_words(unquoted(token.text), words, depth + 1);
        } else if (token.kind == Token::Kind::open) { // half a statement, as strings of EXECUTE are
            std::string word;
            for (const char one : lower_case(token.text) + ' ') {
                if (is_letter(one))
                    word += one;
                else if (!word.empty())
                    words.push_back(std::exchange(word, ""));
            }
        }
    }
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool drop_destroys(std::string_view object) {
    return !is_one_of(object,
                      {"",           "index",     "trigger",    "view",       "function",  "procedure",  "routine",
                       "aggregate",  "policy",    "rule",       "constraint", "default",   "not",        "identity",
                       "expression", "extension", "cast",       "operator",   "collation", "statistics", "publication",
                       "transform",  "event",     "conversion", "language"});
}

}

Destroys body_destroys(std::string_view text) {
    std::vector<std::string> words;
    add_words(text, words, 0);
    words.emplace_back();
    bool runs_others = false;
    for (std::size_t at = 0; at + 1 < words.size(); ++at) {
        const std::string_view word = words[at], next = words[at + 1];
        if ((word == "delete" && next == "from") || (word == "then" && next == "delete") ||
            (word == "drop" && drop_destroys(next)) ||
            (word == "truncate" && !next.empty() && !is_one_of(next, {"then", "or", "and", "on", "trigger"})))
            return Destroys::yes;
        // EXECUTE FUNCTION of a trigger calls nothing now.
        runs_others = runs_others || (word == "execute" && !is_one_of(next, {"function", "procedure", "on"}));
    }
    return runs_others ? Destroys::unknown : Destroys::no;
}

std::string quoted_body(std::string_view statement) {
    std::string body;
    Scanner scanner(statement);
    for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next())
        if (token.kind == Token::Kind::string) body += std::string(unquoted(token.text)) + "\n";
    return body;
}

std::vector<Name> called_in(std::string_view text) {
    std::vector<Name> names;
    std::vector<std::string> parts; // a.b
    bool goes_on = false;
    Scanner scanner(text);
    for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next()) {
        if (token.kind == Token::Kind::comment) continue;
        if (token.kind == Token::Kind::word || token.kind == Token::Kind::quoted) {
            if (!goes_on) parts.clear();
            auto name = token.kind == Token::Kind::word ? lower_case(token.text) : std::string(token.text);
            if (name.size() > 1 && name.front() == '"') name = name.substr(1, name.size() - 2);
            parts.push_back(std::move(name));
            goes_on = false;
            continue;
        }
        goes_on = token.is('.') && !parts.empty();
        if (goes_on) continue;
        if (token.is('(') && !parts.empty())
            names.push_back({parts.size() > 1 ? parts[parts.size() - 2] : "", parts.back()});
        parts.clear();
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

}
