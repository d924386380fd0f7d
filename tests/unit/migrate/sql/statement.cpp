#include "migrate/sql/statement.h"
#include "support/catch.h"
#include <tuple>

using namespace fairlead::migrate::sql;
using ChangeKind = Change::Kind;

namespace {

Statement read_statement(std::string_view text, int line = 1) { return understand({text, line, false}); }

}

TEST_CASE("the commands of ALTER TABLE have their own lines") {
    const auto statement = read_statement("ALTER TABLE ONLY s.t -- why\n"
                                          "  ADD COLUMN a numeric(10, 2) NOT NULL DEFAULT 1,\n"
                                          "  DROP COLUMN IF EXISTS b,\n\n"
                                          "  ALTER c TYPE varchar(20) USING c::varchar(20), ADD CONSTRAINT k CHECK\n"
                                          "  (a IS NOT NULL AND d > 0) NOT VALID",
                                          10);
    REQUIRE(statement.verb == Statement::Verb::alter_table);
    CHECK(statement.tables == std::vector<Name>{{"s", "t"}});
    CHECK(statement.last_line == 15);
    REQUIRE(statement.changes.size() == 4);
    const auto& [add, drop, type, check] =
        std::tie(statement.changes[0], statement.changes[1], statement.changes[2], statement.changes[3]);
    CHECK(add.kind == ChangeKind::add_column);
    CHECK(add.line == 11);
    CHECK(add.column.type == "numeric");
    CHECK(add.column.arguments == std::vector<int>{10, 2});
    CHECK(add.column.not_null);
    CHECK(add.column.has_default == Column::Default::fixed);
    CHECK(drop.guarded);
    CHECK(drop.line == 12);
    CHECK(type.converts);
    CHECK(type.line == 14);
    CHECK(check.line == 14);
    CHECK(check.constraint.not_valid);
    CHECK(check.constraint.not_null == std::vector<std::string>{"a"});
}

TEST_CASE("a statement that the parser doesn't know keeps its kind, and where the parser stopped") {
    const auto statement = read_statement("alter table t\n  add column a int,\n  frobnicate b", 5);
    CHECK(statement.verb == Statement::Verb::unknown);
    CHECK(statement.kind == "alter table");
    CHECK(statement.refusal_line == 7);
    CHECK(statement.refusal.find("syntax error") != std::string::npos);
}

TEST_CASE("a statement that nests too deeply for the parser is unknown, and nothing crashes") {
    std::string sum = "select 1", nested = "select ", unions = "select 1";
    for (int i = 0; i < 100000; ++i) sum += "+1";
    for (int i = 0; i < 100000; ++i) nested += '(';
    for (int i = 0; i < 100000; ++i) unions += " union select 1";
    for (const auto& text : {sum, nested, unions}) CHECK(read_statement(text).verb == Statement::Verb::unknown);
    std::string list = "select 1 in (1";
    for (int i = 0; i < 2000; ++i) list += ",1";
    CHECK(read_statement(list + ")").verb == Statement::Verb::select);
}

TEST_CASE("a default that differs by row is told from one that doesn't") {
    const auto of = [](const std::string& value) {
        return read_statement("alter table t add column a text default " + value).changes.at(0).column.has_default;
    };
    for (const char* fixed : {"1", "'x'", "now()", "current_timestamp", "array[]::int[]", "'{}'::jsonb",
                              "now() + interval '1 day'", "jsonb_build_object('a', 1)", "(now() at time zone 'utc')"}) {
        INFO(fixed);
        CHECK(of(fixed) == Column::Default::fixed);
    }
    for (const char* unsure : {"random()", "gen_random_uuid()", "clock_timestamp()", "app.f()", "nextval('s')",
                               "lower(md5(random()::text))", "now(1)"}) {
        INFO(unsure);
        CHECK(of(unsure) == Column::Default::unsure);
    }
}
