#include "migrate/sql/few_literals.h"
#include "migrate/sql/statement.h"
#include "support/catch.h"
#include "sys/data/sql.h"

using namespace fairlead;
using namespace fairlead::migrate;
using sql::Statement;

namespace {

// Without the blanks that stand in a list's place.
std::string thin(std::string_view statement) {
    const auto made = sql::with_few_literals(statement);
    CHECK(made.size() == statement.size());
    std::string text;
    for (const char c : made)
        if (c != ' ' || (!text.empty() && text.back() != ' ')) text += c;
    return text;
}

std::string rows(int count) {
    std::string text = "(0, 'x')";
    for (int i = 1; i < count; ++i) text += ",\n(" + std::to_string(i) + ", 'it''s :(')";
    return text;
}

}

TEST_CASE("of a list of literals three stay, and all else is where it was") {
    CHECK(thin("INSERT INTO t VALUES (1), (2), (3), (4), (5) ON CONFLICT DO NOTHING") ==
          "INSERT INTO t VALUES (1), (2), (3), (4), (5) ON CONFLICT DO NOTHING");
    CHECK(thin("INSERT INTO t VALUES (1), (2), (3), (4), (5), (6)") == "INSERT INTO t VALUES (1), (2), (3), (4) ");
    CHECK(thin("DELETE FROM t WHERE a IN (1, -2, 'c', NULL, 5) AND b = f(1)") ==
          "DELETE FROM t WHERE a IN (1, -2, 'c' ) AND b = f(1)");
    CHECK(thin("SELECT ARRAY[1, 2, 3, 4], now(), x, 1, 2, 3") == "SELECT ARRAY[1, 2, 3 ], now(), x, 1, 2, 3");
    CHECK(thin("CREATE TABLE t (a numeric(10, 2), b int)") == "CREATE TABLE t (a numeric(10, 2), b int)");
    CHECK(thin("UPDATE t SET a = f(1), b = f(2), c = f(3), d = f(4), e = f(5)").ends_with("e = f(5)"));
    const std::string text(2000, 'y');
    CHECK(thin("SELECT E'" + text + "', $$" + text + "$$") == "SELECT E' ', $$" + text + "$$");
}

TEST_CASE("a statement of data is understood whatever its size, and what can't be is told as too large") {
    const auto insert = sql::understand({"INSERT INTO t VALUES " + rows(20000) + "\nRETURNING a", 1, false});
    CHECK(insert.verb == Statement::Verb::insert);
    const auto remove = sql::understand({"DELETE FROM t WHERE (a, b) IN (" + rows(20000) + ")", 1, false});
    CHECK(remove.verb == Statement::Verb::erase);
    CHECK_FALSE(remove.is_too_large);
    std::string sum = "SELECT 1";
    for (int i = 0; i < 5000; ++i) sum += " + a";
    for (const std::string_view one : {"\rCOLLATE\r\"C\"", "\fCOLLATE\v\"C\"", " COLLATE\"C\""}) {
        std::string nested = "SELECT a";
        for (int i = 0; i < 70000; ++i) nested += one;
        CHECK(sql::understand({nested, 1, false}).is_too_large);
    }
    const auto deep = sql::understand({sum, 1, false});
    CHECK(deep.verb == Statement::Verb::unknown);
    CHECK(deep.is_too_large);
}
