#include "migrate/sql/statement.h"
#include <algorithm>

namespace fairlead::migrate::sql {

namespace {

template <std::size_t N>
bool is_one_of(const std::string& word, const std::string_view (&words)[N]) {
    return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

// CREATE OR REPLACE TEMP …: what stands before the object.
constexpr std::string_view modifiers[] = {"or",        "replace",  "temp",    "temporary", "unlogged",
                                          "global",    "local",    "unique",  "trusted",   "procedural",
                                          "recursive", "fulltext", "spatial", "virtual"};
constexpr std::string_view first_of_two[] = {"materialized", "foreign", "event",     "text",
                                             "access",       "default", "constraint"};

}

std::string kind_of(std::string_view text, Dialect dialect) {
    Scanner scanner(text, dialect);
    std::vector<std::string> words;
    constexpr std::size_t enough = 8;
    for (Token token = scanner.next(); token.kind != Token::Kind::end && words.size() < enough;
         token = scanner.next()) {
        if (token.kind == Token::Kind::comment) continue;
        if (token.kind != Token::Kind::word) break;
        words.push_back(lower_case(token.text));
    }
    if (words.empty()) return "statement";
    std::string kind = words.front();
    if (kind != "create" && kind != "alter" && kind != "drop") {
        const bool takes_two = kind == "start" || kind == "lock" || kind == "refresh" || kind == "set";
        constexpr std::string_view second[] = {"transaction", "table", "materialized"};
        if (takes_two && words.size() > 1 && is_one_of(words[1], second)) kind += " " + words[1];
        if (kind == "refresh materialized") kind += " view";
        return kind;
    }
    std::size_t at = 1;
    while (at < words.size() && is_one_of(words[at], modifiers)) ++at;
    if (at < words.size() && words[at] == "constraint") ++at;
    if (at >= words.size()) return kind;
    kind += " " + words[at];
    if (is_one_of(words[at], first_of_two) && at + 1 < words.size()) kind += " " + words[at + 1];
    return kind;
}

}
