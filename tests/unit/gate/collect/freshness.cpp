#include "gate/collect/freshness.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::gate;

TEST_CASE("whole seconds are compared as such, because some file systems keep no more") {
    constexpr std::int64_t second = 1'000'000'000;
    CHECK(is_older(4 * second + 1, 4 * second + 2));
    CHECK_FALSE(is_older(4 * second + 2, 4 * second + 2));
    CHECK_FALSE(is_older(4 * second + 3, 4 * second + 2));
    CHECK_FALSE(is_older(4 * second, 4 * second + 2)); // nobody knows
    CHECK(is_older(3 * second, 4 * second + 2));
    CHECK(is_older(4 * second - 1, 4 * second));
    CHECK_FALSE(is_older(4 * second + 1, 4 * second));
}
