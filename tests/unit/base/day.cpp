#include "base/day.h"
#include "support/catch.h"

using namespace fairlead;

TEST_CASE("a day is one of the calendar, written with its year first") {
    CHECK(is_day("2026-03-31"));
    CHECK(is_day("2028-02-29"));
    for (const char* text :
         {"", "2026-02-30", "2027-02-29", "2026-3-31", "31.03.2026", "2026-03-31T", "9999-99-99", "2026-03-31 "})
        CHECK_FALSE(is_day(text));
}
