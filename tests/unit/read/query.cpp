#include "read/query.h"
#include "support/catch.h"
#include <utility>

using fairlead::read::not_a_question;

TEST_CASE("a check is one statement that only asks") {
    for (const char* sql :
         {"SELECT 1", "select 'into'; ", "-- why\n(SELECT a FROM t) UNION (SELECT 2);", "/* /* */ COPY */ VALUES (1)",
          "TABLE users", "WITH x AS (SELECT 1) SELECT replace(a, 'x', 'y'), (replace(a, 'b', 'c')) FROM x",
          "SELECT E'\\' INTO ', $$ INTO; $$, $a$ $$ INTO $a$, \"into\" FROM t", "SELECT a FROM t WHERE b IN (SELECT 1)",
          "SELECT max(update) FROM t", "PRAGMA foreign_key_check"}) {
        INFO(sql);
        CHECK(not_a_question(sql).empty());
    }
}

TEST_CASE("what is none is named") {
    const std::pair<const char*, const char*> cases[] = {
        {"COPY users TO PROGRAM 'x'", "COPY"},
        {"/**/ do $$ begin end $$", "DO"},
        {"CALL f()", "CALL"},
        {"EXPLAIN ANALYZE SELECT 1", "EXPLAIN"},
        {"SELECT 1 INTO t", "SELECT ... INTO"},
        {"SELECT '\\' INTO t FROM '", "SELECT ... INTO"},
        {"SELECT E'\\'' INTO t", "SELECT ... INTO"},
        {"WITH d AS (DELETE FROM t RETURNING 1) SELECT 1", "WITH ... DELETE"},
        {"WITH d AS (SELECT 1) UPDATE t SET a = 1", "WITH ... UPDATE"},
        {"WITH d AS (INSERT INTO t SELECT 1 RETURNING 1) SELECT 1", "WITH ... INSERT"},
        {"SELECT 1; DROP TABLE t", "two statements"},
        {"PRAGMA writable_schema = 1", "PRAGMA that sets something"},
        {" -- nothing", "no statement"},
        {"", "no statement"},
    };
    for (const auto& [sql, what] : cases) {
        INFO(sql);
        CHECK(not_a_question(sql) == what);
    }
}
