#include "migrate/sql/older.h"
#include "migrate/sql/statement.h"
#include "support/catch.h"
#include <string>

using namespace fairlead::migrate::sql;

TEST_CASE("syntax that a newer server knows is read in words that every grammar knows") {
    struct Case {
        std::string_view sql, older;
    };
    for (const auto& [sql, older] : {
             Case{"alter table t add constraint k not null a", "alter table t add constraint k CHECK (a IS NOT NULL)"},
             {"alter table t add not null a not valid", "alter table t add CHECK (a IS NOT NULL) not valid"},
             {"create table t (a int, constraint k not null\n a)",
              "create table t (a int, constraint k CHECK (a IS NOT NULL)\n)"},
             {"create table t (a int not null default 1)", "create table t (a int not null default 1)"},
             {"create table t as select * from (select 1)", "create table t as select * from (select 1) AS unnamed_7"},
             {"select * from (select 1) s", "select * from (select 1) s"},
             {"alter table t add check (a > 0) not enforced", "alter table t add check (a > 0) NOT VALID"},
             {"create table t (a int check (a > 0) enforced)", "create table t (a int check (a > 0) )"},
             {"alter table t add a int generated always as (b + 1) virtual", "alter table t add a int "},
             {"alter table t add a int generated always as (b + 1) stored",
              "alter table t add a int generated always as (b + 1) stored"},
         }) {
        CHECK(in_older_words(sql) == older);
    }
}

TEST_CASE("a statement in newer words is understood, with its lines") {
    const auto statement =
        understand({"create table s.t (\n  a int,\n  constraint k not null\n   a,\n  primary key (a)\n)", 1, false});
    REQUIRE(statement.verb == Statement::Verb::create_table);
    REQUIRE(statement.constraints.size() == 2);
    CHECK(statement.constraints[0].not_null == std::vector<std::string>{"a"});
    CHECK(statement.constraints[1].line == 5);
    CHECK(statement.refusal.empty());
}
