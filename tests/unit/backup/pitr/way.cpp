#include "backup/pitr/way.h"
#include "support/catch.h"
#include "unit/backup/pitr/bases.h"
#include <map>

using namespace fairlead;
using namespace fairlead::backup;
using namespace fairlead::backup::pitr;
using fairlead::test::at;
using fairlead::test::base_of;

TEST_CASE("the way goes by the newest timeline that has begun") {
    Wal wal;
    wal.histories[3] = {{1, 3 * usual_segment + 5}, {2, 6 * usual_segment}};
    const auto base = base_of("a", 2, 2, at(0));
    const auto way = way_of(base, 3, wal);
    REQUIRE(way.ok());
    for (const auto& [number, timeline] :
         std::map<std::uint64_t, std::uint32_t>{{2, 1}, {3, 2}, {5, 2}, {6, 3}, {9, 3}})
        CHECK(on_way(way.value(), number) == Segment{timeline, number});
    CHECK(way_of(base, 1, wal).ok());
    CHECK_FALSE(way_of(base, 2, wal).ok());                      // its history isn't there
    CHECK_FALSE(way_of(base_of("b", 4, 5, at(0)), 3, wal).ok()); // made on timeline 1 after the fork
}
