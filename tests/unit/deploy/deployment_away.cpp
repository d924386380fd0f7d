#include "support/catch.h"
#include "sys/files/log.h"
#include "unit/deploy/model.h"

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::test;

namespace {

void hushed() { sys::configure_log({.level = sys::Level::error}); }

constexpr int for_good = 1'000'000;

// `one` serves, and the engine goes away for so many questions once `two` has requests.
Outcome deploy_while_away(Rig& rig, int questions) {
    rig.apply("one").value();
    bool gone = false;
    rig.host.at_call = [&] {
        if (gone || rig.host.routed_to() != "b") return;
        gone = true;
        rig.host.away = questions;
    };
    const auto outcome = rig.apply("two").value();
    rig.host.at_call = nullptr;
    CHECK(gone);
    return outcome;
}

}

TEST_CASE("an engine that is away for a while is waited for, and the release is proven once it is back") {
    hushed();
    Rig rig("blue-green");
    const auto before = rig.clock.steady();
    const auto outcome = deploy_while_away(rig, 8);
    CHECK(outcome.verdict == "deployed");
    CHECK(rig.clock.steady() - before >= rig.settings.bake * 2); // of both, whole
    CHECK(rig.host.routed_to() == "b");
    CHECK(rig.host.violations == std::vector<std::string>{});
    CHECK_FALSE(rig.store.unfinished().value());
}

TEST_CASE("a release that is sick once the engine is back is taken back") {
    hushed();
    Rig rig("blue-green");
    rig.host.sick_routed = {"two"};
    const auto outcome = deploy_while_away(rig, 8);
    CHECK(outcome.verdict == "rolled_back");
    CHECK(rig.host.routed_to() == "a");
    CHECK_FALSE(rig.store.unfinished().value());
}

TEST_CASE("an engine that stays away leaves an unproven release to the next command, which takes it back") {
    hushed();
    for (const bool again : {true, false}) {
        Rig rig("blue-green");
        rig.host.sick_routed = {"two"};
        const auto outcome = deploy_while_away(rig, for_good);
        REQUIRE(outcome.error);
        CHECK(outcome.error->kind == Kind::could_not);
        CHECK(outcome.error->message.find("two could not be taken back: the engine does not answer") == 0);
        CHECK(rig.store.unfinished().value());
        rig.host.away = 0;
        const auto next = again ? rig.apply("two") : rig.rollback();
        REQUIRE(next.ok());
        CHECK(next->verdict == (again ? "rolled_back" : "restored"));
        CHECK(rig.host.routed_to() == "a");
        CHECK(rig.host.slots["a"].release == "one");
        CHECK_FALSE(rig.store.unfinished().value());
    }
}

TEST_CASE("a router that is away when the release is verified is waited for, and no fault of the release") {
    hushed();
    Rig rig("blue-green");
    rig.apply("one").value();
    rig.host.router_down = true;
    const auto outcome = rig.apply("two").value();
    REQUIRE(outcome.error);
    CHECK(outcome.error->kind == Kind::could_not);
    CHECK_FALSE(outcome.sick);
    CHECK(rig.host.routed_to() == "a");
    rig.host.router_down = false;
    CHECK(rig.apply("two")->verdict == "deployed");
}

TEST_CASE("a router that hangs while the release is well at its own address is no fault of the release") {
    hushed();
    Rig rig("blue-green");
    rig.apply("one").value();
    rig.host.router_hangs = true;
    const auto outcome = rig.apply("two").value();
    REQUIRE(outcome.error);
    CHECK_FALSE(outcome.sick);
    CHECK(rig.host.routed_to() == "a");
}

TEST_CASE("a router that can't be switched is told before anything is stopped") {
    hushed();
    for (const std::string command : {"rollback", "down"}) {
        INFO(command);
        Rig rig("recreate");
        rig.apply("one").value();
        rig.apply("two").value();
        rig.host.router_broken = true;
        const int starts = rig.host.starts;
        const auto done = command == "down" ? rig.down() : rig.rollback();
        REQUIRE_FALSE(done.ok());
        CHECK(done.error().message.find("its configuration is broken; nothing was touched: ") == 0);
        CHECK(rig.host.starts == starts);
        CHECK(rig.host.slots[rig.host.routed_to()].release == "two");
        CHECK(rig.host.slots[rig.host.routed_to()].running);
    }
}
