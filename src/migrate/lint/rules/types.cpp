#include "migrate/lint/rules/groups.h"
#include "migrate/sql/tokens.h"
#include <algorithm>
#include <fmt/format.h>

// Types of columns.
namespace fairlead::migrate::lint {

namespace {

using Kind = Change::Kind;
using Verb = Statement::Verb;

bool is_small(const Column& column) {
    constexpr std::string_view small[] = {"int4", "int2", "serial", "serial2", "serial4", "smallserial"};
    return std::find(std::begin(small), std::end(small), column.type) != std::end(small);
}

void check_key(const Script& script, const Scripts&, Hits& hits) {
    each_column(script, [&](const Statement& one, const Column& column, std::size_t) {
        const bool is_named = std::any_of(one.constraints.begin(), one.constraints.end(), [&](const Constraint& each) {
            return each.kind == Constraint::Kind::primary_key && each.columns == std::vector<std::string>{column.name};
        });
        if (is_small(column) && (column.primary_key || is_named))
            hits.add(one, column.line,
                     fmt::format("key {}; {} ends at {}; write bigint GENERATED ALWAYS AS IDENTITY",
                                 column_of(one, column.name), column.type,
                                 column.type == "int2" || column.type == "serial2" || column.type == "smallserial"
                                     ? "32,767"
                                     : "2,147,483,647"));
    });
}

// A statement that the parser of this build doesn't know is looked at by its words: a name, then char or character.
void check_char_by_words(const Statement& one, Hits& hits) {
    using Token = sql::Token;
    if (one.kind != "create table" && one.kind != "alter table") return;
    sql::Scanner scanner(one.text, sql::Dialect::postgres, one.line);
    Token before;
    for (Token token = scanner.next(); token.kind != Token::Kind::end; token = scanner.next()) {
        const bool is_char = token.is("char") || token.is("character") || token.is("nchar");
        if (is_char && (before.kind == Token::Kind::word || before.kind == Token::Kind::quoted)) {
            sql::Scanner ahead = scanner;
            if (!ahead.next().is("varying"))
                hits.add(one, token.line,
                         fmt::format("column {}; char pads with blanks and isn't faster; write text",
                                     std::string(before.text)));
        }
        before = token;
    }
}

void check_char(const Script& script, const Scripts&, Hits& hits) {
    each_column(script, [&](const Statement& one, const Column& column, std::size_t) {
        if (column.type == "bpchar" || column.type == "char")
            hits.add(one, column.line,
                     fmt::format("column {}; char pads with blanks and isn't faster; write text",
                                 column_of(one, column.name)));
    });
    each_statement(script, Verb::unknown, [&](const Statement& one, std::size_t) { check_char_by_words(one, hits); });
}

void check_varchar(const Script& script, const Scripts&, Hits& hits) {
    each_column(script, [&](const Statement& one, const Column& column, std::size_t) {
        if (column.type == "varchar" && !column.arguments.empty())
            hits.add(
                one, column.line,
                fmt::format("column {}; its length is part of the type, which is hard to change; write text with a "
                            "CHECK",
                            column_of(one, column.name)));
    });
}

void check_timestamp(const Script& script, const Scripts&, Hits& hits) {
    each_column(script, [&](const Statement& one, const Column& column, std::size_t) {
        if (column.type == "timestamp")
            hits.add(one, column.line,
                     fmt::format(
                         "column {}; a time without its zone means another moment for each reader; write timestamptz",
                         column_of(one, column.name)));
    });
}

void check_json(const Script& script, const Scripts&, Hits& hits) {
    each_column(script, [&](const Statement& one, const Column& column, std::size_t) {
        if (column.type == "json")
            hits.add(one, column.line,
                     fmt::format("column {}; json has no equality, so DISTINCT, GROUP BY and UNION fail on it; write "
                                 "jsonb",
                                 column_of(one, column.name)));
    });
}

void check_enum_order(const Script& script, const Scripts&, Hits& hits) {
    each_statement(script, Verb::add_enum_value, [&](const Statement& one, std::size_t) {
        if (!one.has_place)
            hits.add(one, fmt::format("value '{}'; it comes last in the order, which can't be changed later; say "
                                      "BEFORE or AFTER another value",
                                      one.name));
    });
}

}

std::span<const Rule> type_rules() {
    static const std::vector<Rule> rules = {
        {"mig-int-key",
         "A primary key can run out of numbers",
         Level::info,
         check_key,
         "Some tables reach two thousand million rows. The change to bigint then rewrites the whole table.",
         "id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
         {"prefer-bigint-over-int", "prefer-bigint-over-smallint", "prefer-identity"}},
        {"mig-char",
         "A column is of type char",
         Level::info,
         check_char,
         "The server pads each value with blanks, which comparisons then ignore. The type isn't faster than text.",
         "text",
         {"ban-char-field"}},
        {"mig-varchar",
         "A column's type has a length",
         Level::off,
         check_varchar,
         "A shorter length rewrites the table; a CHECK can be changed without a rewrite.",
         "text CHECK (length(c) <= 100)",
         {"prefer-text-field"}},
        {"mig-timestamp",
         "A time has no zone",
         Level::info,
         check_timestamp,
         "The server stores the time without its zone, so a reader in another zone reads another moment.",
         "timestamptz",
         {"prefer-timestamptz", "prefer-timestamp-tz"}},
        {"mig-json",
         "A column is of type json",
         Level::info,
         check_json,
         "The server keeps each value as text, with its blanks and repeated keys, and can't compare two values.",
         "jsonb",
         {}},
        {"mig-enum-order",
         "A new value of an enum has no place",
         Level::info,
         check_enum_order,
         "Without BEFORE or AFTER, the new value sorts last, and the order of an enum can't be changed later.",
         "ALTER TYPE e ADD VALUE 'b' AFTER 'a';",
         {"require-enum-value-ordering"}},
    };
    return rules;
}

}
