#include "read/query.h"
#include "base/text.h"
#include "base/words.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <utility>
#include <vector>

namespace fairlead::read {
namespace {

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) > 127;
}

std::size_t behind(std::string_view sql, std::string_view end, std::size_t from) {
    const auto at = sql.find(end, from);
    return at == sql.npos ? sql.size() : at + end.size();
}

// Nested, as PostgreSQL has them.
std::size_t behind_comment(std::string_view sql, std::size_t at) {
    int depth = 0;
    for (; at + 1 < sql.size(); ++at) {
        const auto pair = sql.substr(at, 2);
        if (pair != "/*" && pair != "*/") continue;
        depth += pair == "/*" ? 1 : -1;
        ++at;
        if (depth == 0) return at + 1;
    }
    return sql.size();
}

std::size_t behind_quotes(std::string_view sql, std::size_t at, bool has_escapes) {
    const char quote = sql[at];
    for (++at; at < sql.size(); ++at) {
        if (has_escapes && sql[at] == '\\')
            ++at;
        else if (sql[at] == quote)
            return at + 1; // a doubled one opens the next
    }
    return sql.size();
}

// In capitals, symbols as they are; a text or a name in quotes is "'".
std::vector<std::string> query_words(std::string_view sql) {
    std::vector<std::string> words;
    std::size_t at = 0;
    while (at < sql.size()) {
        const char c = sql[at];
        const auto tag = c == '$' ? sql.find('$', at + 1) : sql.npos;
        if (sql.substr(at, 2) == "--") {
            at = behind(sql, "\n", at);
        } else if (sql.substr(at, 2) == "/*") {
            at = behind_comment(sql, at);
        } else if (c == '\'' || c == '"') {
            const bool has_escapes = c == '\'' && at > 0 && lower(sql.substr(at - 1, 1)) == "e" && words.back() == "E";
            at = behind_quotes(sql, at, has_escapes);
            words.emplace_back("'");
        } else if (tag != sql.npos && std::all_of(&sql[at + 1], &sql[tag], is_letter)) {
            at = behind(sql, sql.substr(at, tag - at + 1), tag + 1);
            words.emplace_back("'");
        } else if (is_letter(c)) {
            const auto begin = at;
            while (at < sql.size() && is_letter(sql[at])) ++at;
            words.push_back(upper(sql.substr(begin, at - begin)));
        } else {
            if (c != ' ' && (c < '\t' || c > '\r')) words.emplace_back(1, c);
            ++at;
        }
    }
    return words;
}

}

std::string not_a_question(std::string_view sql) {
    constexpr std::string_view asking[] = {"SELECT", "VALUES", "TABLE", "WITH", "PRAGMA"};
    constexpr std::string_view changing[] = {"INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE"};
    auto words = query_words(sql);
    while (!words.empty() && words.back() == ";") words.pop_back();
    const auto first = std::find_if(words.begin(), words.end(), [](const std::string& word) { return word != "("; });
    if (first == words.end()) return "no statement";
    if (!is_one_of(asking, *first)) return *first;
    const bool is_pragma = *first == "PRAGMA", is_with = *first == "WITH";
    for (auto word = first; word != words.end(); ++word) {
        if (*word == ";") return "two statements";
        if (is_pragma && *word == "=") return "PRAGMA that sets something";
        if (*word == "INTO") return is_with ? "WITH ... INTO" : *first + " ... INTO";
        const bool begins = word != words.begin() && (*std::prev(word) == "(" || (is_with && *std::prev(word) == ")"));
        const auto next = std::next(word);
        if (begins && is_one_of(changing, *word) && next != words.end() && is_letter(next->front()))
            return *first + " ... " + *word;
    }
    return "";
}

Result<void> check_question(const std::string& sql) {
    const auto what = not_a_question(sql);
    if (what.empty()) return {};
    return usage(fmt::format(
        "'{}' is {}; a check may only read: write a single SELECT, VALUES, TABLE or WITH that changes nothing", sql,
        what));
}

}
