#include "smoke/retry.h"
#include "support/catch.h"
#include <algorithm>

using namespace fairlead;
using namespace fairlead::smoke;

// Full jitter: each wait is anything up to a ceiling, and it is the ceilings that double.
TEST_CASE("the ceiling of the waits doubles with each attempt, up to the longest") {
    std::mt19937_64 random(7);
    const RetryPolicy policy{.backoff = Milliseconds{200}, .factor = 2, .max = Milliseconds{5000}};
    const int ceilings[] = {200, 400, 800, 1600, 3200, 5000, 5000};
    for (int attempt = 1; attempt <= 7; ++attempt) {
        Milliseconds shortest{1'000'000}, longest{0};
        for (int draw = 0; draw < 1000; ++draw) {
            const auto wait = wait_before_next(policy, attempt, random, {});
            shortest = std::min(shortest, wait);
            longest = std::max(longest, wait);
        }
        INFO("attempt " << attempt);
        const Milliseconds ceiling{ceilings[attempt - 1]};
        CHECK(longest <= ceiling);
        CHECK(longest > ceiling * 95 / 100);
        CHECK(shortest >= Milliseconds{0});
        CHECK(shortest < ceiling * 5 / 100);
    }
}
