#include "sys/data/sql.h"
#include "sys/data/json.h"
#include "sys/data/place.h"
#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <mutex>
#include <pg_query.h>

namespace fairlead::sys {

namespace {

// The library walks its tree by recursion; what nests without parentheses (a + b + …) is one level each.
constexpr std::ptrdiff_t most_operators = 4000;
constexpr std::ptrdiff_t most_bytes = 1 << 20; // without blanks: a tree takes a hundred times as much

// Of a position in characters, as the library counts, the place.
Place sql_place(std::string_view text, int character, const std::string& file) {
    Place place{file, 1, 1, ""};
    int seen = 0;
    for (const char c : text) {
        const bool begins = (static_cast<unsigned char>(c) & 0xC0) != 0x80;
        if (begins && ++seen >= character) break;
        if (c == '\n') {
            ++place.line;
            place.column = 0;
        }
        if (begins) ++place.column;
    }
    place.column = std::max(place.column, 1);
    return place;
}

}

bool is_too_large_sql(std::string_view statement) {
    constexpr std::string_view operators = "+-*/%^<>=~!@#&|`:[(";
    // IS NULL, UNION, COLLATE and the like nest as well, and a blank or a quote stands before or behind each.
    std::ptrdiff_t bytes = 0, blanks = 0, found = 0;
    bool is_blank = false;
    for (const char c : statement) {
        const bool was_blank = is_blank;
        is_blank = c == ' ' || (c >= '\t' && c <= '\r');
        bytes += is_blank ? 0 : 1;
        blanks += (is_blank && !was_blank) || c == '"' ? 1 : 0;
        found += operators.find(c) != operators.npos ? 1 : 0;
    }
    return bytes > most_bytes || found > most_operators || blanks > 5 * most_operators;
}

int sql_grammar() { return PG_VERSION_NUM / 10000; }

Result<Json> parse_sql(const std::string& statement, const std::string& file) {
    if (is_too_large_sql(statement)) return no("the statement is too large to be parsed", {file, 1, 1, ""});
    static std::mutex turn;
    const std::lock_guard<std::mutex> lock(turn);
    const PgQueryParseResult parsed = pg_query_parse(statement.c_str());
    const std::shared_ptr<void> freed(nullptr, [&](void*) { pg_query_free_parse_result(parsed); });
    if (parsed.error != nullptr) return no(parsed.error->message, sql_place(statement, parsed.error->cursorpos, file));
    Json whole = TRY(parse_json(parsed.parse_tree, file));
    if (!whole.contains("stmts") || whole["stmts"].size() != 1)
        return no("it is not a single statement", {file, 1, 1, ""});
    return std::move(whole["stmts"][0]["stmt"]);
}

}
