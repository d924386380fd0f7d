#include "backup/pitr/keep.h"
#include "support/catch.h"
#include "unit/backup/pitr/bases.h"

using namespace fairlead;
using namespace fairlead::backup;
using namespace fairlead::backup::pitr;
using fairlead::test::at;
using fairlead::test::base_of;

TEST_CASE("WAL stays as long as a base that is kept needs it") {
    Bases bases;
    bases.whole = {base_of("d", 40, 41, at(400)), base_of("c", 30, 31, at(300)), base_of("b", 20, 21, at(200)),
                   base_of("a", 10, 11, at(100))};
    Keep keep;
    CHECK(divide(bases, keep, at(450)).from == Segment{1, 10});
    keep.pitr = std::chrono::seconds(100);
    const auto division = divide(bases, keep, at(450)); // moments from 350 on
    CHECK(division.from == Segment{1, 30});
    REQUIRE(division.older.size() == 2);
    const std::vector<const Base*> kept = {division.older[1]}; // a rule keeps a
    CHECK(is_needed("00000001000000000000001E", division, kept));
    CHECK_FALSE(is_needed("00000001000000000000001D", division, kept));
    CHECK(is_needed("00000001000000000000000B", division, kept));
    CHECK_FALSE(is_needed("00000001000000000000000C", division, kept));
    CHECK_FALSE(is_needed("00000001000000000000000C.00000028.backup", division, kept));
    CHECK(is_needed("00000002.history", division, kept));
    CHECK(is_needed("000000020000000000000003", division, kept));
    CHECK(is_needed("000000010000000000000001", divide({}, keep, at(450)), {})); // without a base nothing goes
}
