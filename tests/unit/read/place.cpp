#include "read/place.h"
#include "support/catch.h"

using namespace fairlead::read;

TEST_CASE("a byte's line and column count from 1, columns in code points") {
    const Lines lines("a\n\xc3\xa4z\n");
    CHECK(lines.at(0).line == 1);
    CHECK(lines.at(0).column == 1);
    CHECK(lines.at(4).line == 2);
    CHECK(lines.at(4).column == 2);
    CHECK(lines.at(99).line == 3);
    CHECK(lines.start(2) == 2);
    CHECK(lines.start(9) == 6);
}
