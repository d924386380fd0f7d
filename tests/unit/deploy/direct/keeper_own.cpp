#include "unit/deploy/direct/shop.h"

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;

namespace {

using Done = std::vector<std::string>;

// Both slots run.
struct BothSlots : Shop {
    BothSlots() {
        serve();
        target->start({b}, info("two")).value();
        host.did.clear();
    }
};

}

TEST_CASE_METHOD(BothSlots, "only the slot's supervisor is asked to end") {
    REQUIRE(target->end(b).ok());
    CHECK(host.did == Done{"write slots/b/ending", "end slots/b"});
    CHECK(target->process(a)->running);
    const auto seen = target->process(b).value();
    CHECK_FALSE(seen.running);
    CHECK(seen.last_status == 128 + SIGTERM);
    REQUIRE(target->end(b).ok()); // is fine once more
    CHECK(host.did.size() == 2);
}

TEST_CASE_METHOD(BothSlots, "who was told to end is ending until it has, and not in its next life") {
    host.deaf = true;
    CHECK_FALSE(target->process(b)->ending);
    REQUIRE(target->end(b).ok());
    CHECK(target->process(b)->ending);
    CHECK(target->observe()->at(b).ending);
    CHECK_FALSE(target->observe()->at(a).ending);
    REQUIRE(target->kill(b).ok());
    CHECK_FALSE(target->process(b)->ending);
    REQUIRE(target->restart(b).ok());
    CHECK(target->process(b)->running);
    CHECK_FALSE(target->process(b)->ending);
}

TEST_CASE_METHOD(BothSlots, "a disk without room for the mark keeps nobody running") {
    host.failing = "write slots/b/ending";
    REQUIRE(target->end(b).ok());
    CHECK_FALSE(target->process(b)->running);
}

TEST_CASE_METHOD(BothSlots, "an application without its supervisor is asked itself") {
    host.running["slots/b"].supervisor = 0;
    CHECK(target->process(b)->alone);
    CHECK(target->process(b)->running);
    REQUIRE(target->end(b).ok());
    CHECK(host.did == Done{"write slots/b/ending", "end the application of slots/b"});
    CHECK_FALSE(target->process(b)->running);
}

TEST_CASE_METHOD(BothSlots, "a kill takes the supervisor first, or it would start the application again") {
    REQUIRE(target->kill(a).ok());
    CHECK(host.did == Done{"kill slots/a", "kill the application of slots/a"});
    CHECK(target->process(b)->running);
}

TEST_CASE_METHOD(BothSlots, "what a file says of a process is believed only of the slot's own") {
    host.nodes["slots/b/process.json"].text = host.nodes["slots/a/process.json"].text; // as if it were slot a's
    REQUIRE(target->end(b).ok());
    CHECK(host.did == Done{"write slots/b/ending", "end slots/b"});
    CHECK(target->process(a)->running);
}

TEST_CASE_METHOD(BothSlots, "a kill reaches no application but the slot's own, whatever a file says") {
    host.nodes["slots/b/process.json"].text = host.nodes["slots/a/process.json"].text;
    REQUIRE(target->kill(b).ok());
    CHECK(host.did == Done{"kill slots/b"});
    CHECK(target->process(a)->running);
}

TEST_CASE_METHOD(Shop, "a supervisor that ends at once or does not respond is no start") {
    host.dies_at_once = true;
    CHECK(target->start({a}, info("one")).error().message ==
          "the supervisor of slot a ended at once; see /nowhere/shop/slots/a/log");
    host.dies_at_once = false;
    host.tells_nothing = true;
    const auto before = clock.steady();
    const auto started = target->start({a}, info("one"));
    REQUIRE_FALSE(started.ok());
    CHECK(started.error().kind == fairlead::Kind::could_not);
    CHECK(started.error().message.starts_with("the supervisor of slot a does not respond"));
    CHECK(clock.steady() - before >= Milliseconds{20000});
    CHECK(clock.steady() - before < Milliseconds{21000});
}

TEST_CASE_METHOD(Shop, "a signal ends the wait for a supervisor, but not on the way back") {
    host.tells_nothing = true;
    clock.sleeps_left = 3;
    CHECK(target->start({a}, info("one")).error().message == "interrupted");
    const auto before = clock.steady();
    CHECK(target->start({a}, info("one")).error().message.starts_with("the supervisor of slot a does not respond"));
    CHECK(clock.steady() - before >= Milliseconds{20000});
}

TEST_CASE("whatever fails of an end is told") {
    const auto serving = [](Shop& shop) { shop.serve(); };
    Shop::every_failure_is_told(serving, [](Shop& shop) { return shop.target->end(shop.a); });
    Shop::every_failure_is_told(serving, [](Shop& shop) { return shop.target->kill(shop.a); });
}
