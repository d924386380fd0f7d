#include "migrate/lint/rules/groups.h"
#include "migrate/sql/tokens.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

// SQLite and MySQL, as far as a statement's words tell.
namespace fairlead::migrate::lint {

namespace {

using sql::Dialect;
using sql::lower_case;
using sql::Token;

std::vector<Token> tokens_of(const Statement& one, Dialect dialect) {
    std::vector<Token> all;
    sql::Scanner scanner(one.text, dialect, one.line);
    for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next())
        if (token.kind != Token::Kind::comment) all.push_back(token);
    return all;
}

std::size_t find(const std::vector<Token>& tokens, std::string_view word, std::size_t from = 0) {
    for (std::size_t i = from; i < tokens.size(); ++i)
        if (tokens[i].is(word)) return i;
    return tokens.size();
}

bool has(const std::vector<Token>& tokens, std::string_view word) { return find(tokens, word) < tokens.size(); }

// ALTER TABLE's own restrictions: https://www.sqlite.org/lang_altertable.html
const char* refused_by_some(const std::vector<Token>& tokens) {
    const std::size_t add = find(tokens, "add");
    if (has(tokens, "drop")) return "DROP COLUMN needs SQLite 3.35, and fails on a column with an index or a key";
    if (has(tokens, "rename") && has(tokens, "column")) return "RENAME COLUMN needs SQLite 3.25";
    if (add == tokens.size()) return nullptr;
    const std::size_t value = find(tokens, "default", add);
    if (value + 1 < tokens.size() &&
        (tokens[value + 1].is('(') || lower_case(tokens[value + 1].text).starts_with("current_")))
        return "a new column can only have a constant default";
    if (has(tokens, "unique") || has(tokens, "primary")) return "a new column can't be UNIQUE or PRIMARY KEY";
    const bool is_required = has(tokens, "not") && has(tokens, "null") && value == tokens.size();
    return is_required ? "a new NOT NULL column needs a default" : nullptr;
}

void check_sqlite_alter(const Script& script, const Scripts&, Hits& hits) {
    for (const Statement& one : script.statements) {
        if (one.kind != "alter table") continue;
        if (const char* why = refused_by_some(tokens_of(one, Dialect::sqlite)))
            hits.add(one, fmt::format("alter table; {}; rebuild the table: make a new table, copy, drop, rename", why));
    }
}

void check_sqlite_keys(const Script& script, const Scripts&, Hits& hits) {
    std::set<std::string> dropped;
    bool is_off = script.marks.foreign_keys_off;
    for (const Statement& one : script.statements) {
        const auto tokens = tokens_of(one, Dialect::sqlite);
        if (has(tokens, "pragma") && has(tokens, "foreign_keys")) is_off = true;
        if (one.kind == "drop table" && !tokens.empty()) dropped.insert(lower_case(tokens.back().text));
        const std::size_t to = find(tokens, "to");
        const bool renames = one.kind == "alter table" && has(tokens, "rename") && to + 1 < tokens.size();
        if (renames && !is_off && dropped.contains(lower_case(tokens[to + 1].text)))
            hits.add(one,
                     fmt::format("table {}; DROP TABLE deletes the rows that refer to it while foreign keys are on; "
                                 "write -- fairlead: foreign-keys=off",
                                 std::string(tokens[to + 1].text)));
    }
}

void check_sqlite_only(const Script& script, const Scripts&, Hits& hits) {
    for (const Statement& one : script.statements) {
        const auto tokens = tokens_of(one, Dialect::sqlite);
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            const Token& token = tokens[i];
            const bool aliases = token.is("integer") && i + 2 < tokens.size() && tokens[i + 1].is("primary");
            const bool is_function = (token.is("datetime") || token.is("strftime") || token.is("julianday")) &&
                                     i + 1 < tokens.size() && tokens[i + 1].is('(');
            const bool is_other_quote = token.kind == Token::Kind::quoted && token.text.front() != '"';
            const char* what = token.is("autoincrement") ? "AUTOINCREMENT"
                               : aliases                 ? "INTEGER PRIMARY KEY, which numbers rows"
                               : is_function             ? "a function of dates"
                               : is_other_quote          ? "a name in other quotes than \""
                                                         : nullptr;
            if (what != nullptr)
                hits.add(one, token.line,
                         fmt::format("{}; {} works only in SQLite; another engine needs another way", one.kind, what));
        }
    }
}

void check_mysql(const Script& script, const Scripts&, Hits& hits) {
    for (const Statement& one : script.statements) {
        if (one.kind != "alter table" && one.kind != "create index" && one.kind != "drop index") continue;
        const auto tokens = tokens_of(one, Dialect::mysql);
        if (has(tokens, "algorithm") && (has(tokens, "lock") || has(tokens, "instant"))) continue;
        hits.add(one, fmt::format("{}; the server may copy the table and hold up writers without saying so; add "
                                  "ALGORITHM=INSTANT, or ALGORITHM=INPLACE, LOCK=NONE",
                                  one.kind));
    }
}

}

std::span<const Rule> sqlite_rules() {
    static const std::vector<Rule> rules = {
        {"mig-sqlite-alter",
         "SQLite can't do this ALTER TABLE, or not everywhere",
         Level::warning,
         check_sqlite_alter,
         "Older SQLite libraries refuse the statement, and newer libraries refuse it for some tables.",
         "The twelve steps of sqlite.org/lang_altertable.html",
         {},
         Engines::sqlite},
        {"mig-sqlite-fk",
         "A table is rebuilt while SQLite checks foreign keys",
         Level::warning,
         check_sqlite_keys,
         "DROP TABLE then also deletes rows of other tables that refer to rows of the dropped table.",
         "-- fairlead: foreign-keys=off",
         {},
         Engines::sqlite},
        {"mig-sqlite-only",
         "Only SQLite understands the statement",
         Level::off,
         check_sqlite_only,
         "The statement won't run on another engine.",
         "GENERATED … AS IDENTITY, CURRENT_TIMESTAMP, names in \"",
         {},
         Engines::sqlite},
    };
    return rules;
}

std::span<const Rule> mysql_rules() {
    static const std::vector<Rule> rules = {
        {"mig-mysql-algorithm",
         "A change doesn't say how it is made",
         Level::warning,
         check_mysql,
         "MySQL then chooses the way itself, and may copy the table under a lock. If the statement has ALGORITHM and "
         "LOCK, and MySQL can't make the change in that way, MySQL refuses the change.",
         "ALTER TABLE t ADD COLUMN c int, ALGORITHM=INSTANT;",
         {},
         Engines::mysql},
    };
    return rules;
}

}
