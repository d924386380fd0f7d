#include "migrate/sql/same_rows.h"
#include "support/catch.h"

using fairlead::migrate::sql::SameRows;

TEST_CASE("rows of one table go on where they differ in their literals alone") {
    SameRows rows;
    CHECK_FALSE(rows.go_on("INSERT INTO t (a, b) VALUES (1, 'x')"));
    CHECK(rows.go_on("INSERT INTO t (a, b) VALUES (-2.5e3, 'it''s; --'), (NULL, TRUE)"));
    CHECK(rows.go_on("INSERT INTO t (a, b) VALUES\n(3, DEFAULT)"));
    CHECK_FALSE(rows.go_on("INSERT INTO t (a) VALUES (1)"));
    CHECK(rows.go_on("INSERT INTO t (a) VALUES (2)"));
}

TEST_CASE("whatever may do more than add rows is looked at by itself") {
    for (const char* other :
         {"INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING", "INSERT INTO t VALUES (now())",
          "INSERT INTO t VALUES ((SELECT 1))", "INSERT INTO t VALUES (1) RETURNING a", "INSERT INTO t VALUES (E'x')",
          "INSERT INTO t VALUES ('1'::int)", "INSERT INTO t VALUES (nextval('s'))", "INSERT INTO t VALUES (1 -- one",
          "INSERT INTO t VALUES (1 /* one */)", "INSERT INTO t VALUES ($1)", "INSERT INTO t VALUES ('open",
          "INSERT INTO t SELECT 1", "DELETE FROM t"}) {
        SameRows rows;
        CAPTURE(other);
        CHECK_FALSE(rows.go_on("INSERT INTO t VALUES (0)"));
        CHECK_FALSE(rows.go_on(other));
    }
}

TEST_CASE("one that is more than rows is no beginning of a run") {
    SameRows rows;
    CHECK_FALSE(rows.go_on("WITH x AS (DELETE FROM t RETURNING a) INSERT INTO t VALUES (0)"));
    CHECK_FALSE(rows.go_on("INSERT INTO t VALUES (f())"));
    CHECK_FALSE(rows.go_on("INSERT INTO t VALUES (1)"));
    CHECK(rows.go_on("INSERT INTO t VALUES (2)"));
}
