#include "migrate/rehearsal/budget.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::migrate::rehearsal;

TEST_CASE("a budget names how long a lock may be held and all may take") {
    const auto budget = parse_budget("lock<2s, total < 1m").value();
    CHECK(budget.lock == Milliseconds{2000});
    CHECK(budget.total == Milliseconds{60'000});
    CHECK(over(budget, Milliseconds{1999}, Milliseconds{59'999}).empty());
    CHECK(over(budget, Milliseconds{2000}, Milliseconds{0}) == "a lock was held for 2s, the budget is 2s");
    CHECK(over(budget, Milliseconds{3000}, Milliseconds{61'000}).find("; all of it took 1m1s") != std::string::npos);
    CHECK_FALSE(parse_budget("lock<1s")->total);
}

TEST_CASE("a budget that can't be read is wrong use") {
    for (const auto* wrong : {"", "lock", "lock<2", "lock>2s", "locks<2s", "lock<2s,", "lock<-1s", "lock<2s,lock<1s"}) {
        INFO(wrong);
        const auto parsed = parse_budget(wrong);
        REQUIRE_FALSE(parsed.ok());
        CHECK(parsed.error().kind == Kind::usage);
    }
}
