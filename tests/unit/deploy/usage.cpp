#include "deploy/usage.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::deploy;

TEST_CASE("two looks at an instance tell the processors that it uses") {
    const Usage before{.at = Milliseconds{10'000}, .cpu = Milliseconds{3000}};
    CHECK(processors_between(before, {.at = Milliseconds{12'000}, .cpu = Milliseconds{6000}}) == 1.5);
    CHECK(processors_between(before, {.at = Milliseconds{12'000}, .cpu = Milliseconds{100}}) == 0); // started anew
    CHECK(processors_between(before, before) == 0);
    CHECK(of_limit(80, 100) == 0.8);
    CHECK_FALSE(of_limit(80, 0));
}
