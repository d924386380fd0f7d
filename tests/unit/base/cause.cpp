#include "base/cause.h"
#include "support/catch.h"

using namespace fairlead;

TEST_CASE("of what a program said the first error counts, else its last line") {
    CHECK(cause_of({}).empty());
    CHECK(cause_of({"reading", "gone"}) == "gone");
    CHECK(cause_of({"pg_restore: error: no such role", "pg_restore: error: no table", "Command was: ALTER TABLE x"}) ==
          "pg_restore: error: no such role");
    CHECK(cause_of({"psql: FATAL:  no password", "removing data directory"}) == "psql: FATAL:  no password");
    CHECK(cause_of({"0 errors so far", "done"}) == "done");
}
