#include "migrate/sql/shown.h"
#include "support/catch.h"

using namespace fairlead::migrate::sql;

TEST_CASE("a statement is shown without its string constants") {
    struct Case {
        std::string_view sql, shown;
    };
    for (const auto& [sql, expected] : {
             Case{"alter role ada password 'hunter2'", "alter role ada password '…'"},
             {"alter role ada\n  password E'hunter\\'2', 'x'", "alter role ada password '…', '…'"},
             {"alter role ada password U&'hunter2' valid until 'now'", "alter role ada password '…' valid until '…'"},
             {"do $x$ begin execute 'hunter2'; end $x$", "do '…'"},
             {"select $$hunter2$$, \"a name\", 12", "select '…', \"a name\", 12"},
             {"BEGIN;create role z password 'hunter2'; select 1", "BEGIN;create role z password '…'; select 1"},
             {"create role z password 'hunter2 and so on", "create role z password '…'"},
             {"do $x$ hunter2", "do '…'"},
             {"create role z /* hunter2 */ login -- hunter2", "create role z login"},
             {"select 'a\\' || 'hunter2'", "select '…'…"},
         }) {
        CHECK(shown(sql) == expected);
    }
    CHECK(shown(std::string(200, 'a')).size() < 90);
    CHECK(shown("insert into t values ('hunter2')", Dialect::sqlite) == "insert into t values ('…')");
    CHECK(shown("/* /* */ insert into t values ('hunter2')", Dialect::sqlite) ==
          "insert into t values ('…')"); // they don't nest there
}

TEST_CASE("what a database quotes of a string constant isn't shown") {
    CHECK(shown_message("syntax error at or near \"'hunter2'\"") == "syntax error at or near \"'…'\"");
    CHECK(shown_message("unterminated quoted string at or near \"'hunter2\"") ==
          "unterminated quoted string at or near \"'…'\"");
    CHECK(shown_message("near \"'hunter2'\": syntax error") == "near \"'…'\": syntax error");
    CHECK(shown_message("invalid connection string syntax: missing \"=\" after \"hunter2\"") ==
          "invalid connection string syntax: '…'");
    CHECK(shown_message("syntax error at or near \"form\"") == "syntax error at or near \"form\"");
}
