#include "support/catch.h"
#include "support/fake_host.h"
#include "sys/files/log.h"
#include "unit/deploy/model.h"

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;

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
        CHECK(done.error().message.find("its configuration is broken; nothing was changed: ") == 0);
        CHECK(rig.host.starts == starts);
        CHECK(rig.host.slots[rig.host.routed_to()].release == "two");
        CHECK(rig.host.slots[rig.host.routed_to()].running);
    }
}

namespace {

// `one` serves; `happens` once, as soon as `two` has requests for that long.
Outcome deploy_while(Rig& rig, const std::function<void()>& happens, Milliseconds after = Milliseconds{500}) {
    rig.apply("one").value();
    bool done = false;
    std::optional<Milliseconds> since;
    rig.host.at_call = [&] {
        if (rig.host.routed_to() == "b" && !since) since = rig.host.time();
        if (done || !since || rig.host.time() - *since < after) return;
        done = true;
        happens();
    };
    const auto outcome = rig.apply("two").value();
    rig.host.at_call = nullptr;
    CHECK(done);
    return outcome;
}

// An engine without live-restore takes its containers along.
std::function<void()> engine_restarts(Rig& rig, bool starts_them_again) {
    return [&rig, starts_them_again] {
        const auto all = rig.host.slots;
        for (auto& [name, slot] : rig.host.slots) slot.running = false, slot.last_status = 137;
        rig.host.away = 8;
        if (starts_them_again) rig.host.at_back = [&rig, all] { rig.host.slots = all; };
    };
}

}

TEST_CASE("an engine that restarts with its containers is no fault of the release, which bakes again") {
    hushed();
    Rig rig("blue-green");
    const auto outcome = deploy_while(rig, engine_restarts(rig, true));
    CHECK(outcome.verdict == "deployed");
    CHECK(rig.host.routed_to() == "b");
    CHECK(rig.host.violations == std::vector<std::string>{});
}

TEST_CASE("an engine that doesn't start its containers again leaves no release marked bad") {
    hushed();
    for (const bool is_heard : {false, true}) {
        CAPTURE(is_heard);
        fairlead::test::FakeHost machine{"/"};
        Rig rig("blue-green", machine);
        if (is_heard) rig.host.heard = {{.pid = 7}};
        const auto restarts = engine_restarts(rig, false);
        const auto outcome = deploy_while(rig, [&] {
            restarts();
            machine.one_ended = is_heard;
        });
        CHECK(outcome.verdict == "rolled_back");
        CHECK_FALSE(outcome.sick);
        CHECK_FALSE(outcome.is_its_fault);
        REQUIRE(outcome.error);
        CHECK(outcome.error->message ==
              "the process of slot b was ended by signal 9 after its engine or systemd was not available");
        CHECK(rig.host.routed_to() == "a");
        CHECK(rig.host.slots["a"].running);
    }
}

TEST_CASE("what somebody else ends in the bake is taken back, and may be deployed again") {
    hushed();
    Rig rig("blue-green");
    const auto outcome = deploy_while(rig, [&] {
        rig.host.slots["b"].running = false;
        rig.host.slots["b"].by_another = true;
    });
    CHECK(outcome.verdict == "rolled_back");
    CHECK_FALSE(outcome.sick);
    CHECK_FALSE(outcome.is_its_fault);
    REQUIRE(outcome.error);
    CHECK(outcome.error->message == "somebody else stopped slot b");
    CHECK(rig.host.routed_to() == "a");
    CHECK(rig.apply("two")->verdict == "deployed");
}

TEST_CASE("a process that ends by itself in the bake is the release's fault") {
    hushed();
    Rig rig("blue-green");
    const auto outcome = deploy_while(rig, [&] { rig.host.slots["b"].running = false; });
    CHECK(outcome.verdict == "rolled_back");
    CHECK(outcome.sick);
    CHECK_FALSE(outcome.error);
}

TEST_CASE("an outage late in a long bake is waited for as long as an early one, and each of several") {
    hushed();
    for (const int outages : {1, 2}) {
        Rig rig("blue-green");
        rig.settings.bake = Milliseconds{20'000}; // health.deadline: 3 s
        int left = outages;
        Milliseconds next{0};
        rig.apply("one").value();
        rig.host.at_call = [&] {
            if (rig.host.routed_to() != "b") return;
            if (next.count() == 0) next = rig.host.time() + Milliseconds{15'000};
            if (left == 0 || rig.host.time() < next) return;
            --left;
            next = rig.host.time() + Milliseconds{10'000};
            rig.host.away = 8;
        };
        const auto outcome = rig.apply("two").value();
        CHECK(left == 0);
        CHECK(outcome.verdict == "deployed");
    }
}

TEST_CASE("outages that follow one another end with the deployment's deadline") {
    hushed();
    Rig rig("blue-green");
    rig.settings.bake = Milliseconds{20'000};
    rig.settings.policy.deadline = Milliseconds{60'000};
    rig.apply("one").value();
    Milliseconds next{0};
    rig.host.at_call = [&] {
        if (rig.host.routed_to() != "b") return;
        if (next.count() == 0) next = rig.host.time() + Milliseconds{5000};
        if (rig.host.time() < next) return;
        next = rig.host.time() + Milliseconds{5000};
        rig.host.away = 8;
    };
    const auto before = rig.host.time();
    const auto outcome = rig.apply("two").value();
    CHECK(outcome.verdict == "rolled_back");
    CHECK_FALSE(outcome.sick);
    CHECK(rig.host.time() - before < Milliseconds{70'000});
}

TEST_CASE("a router that goes away in the bake for good is led back where that can be done without it") {
    hushed();
    Rig rig("blue-green");
    const auto outcome = deploy_while(rig, [&] { rig.host.router_down = true; });
    REQUIRE(outcome.error);
    CHECK(outcome.verdict == "rolled_back");
    CHECK_FALSE(outcome.sick);
    CHECK(rig.host.routed_to() == "a");
    CHECK_FALSE(rig.store.unfinished().value());
    Rig mute("blue-green");
    const auto stuck = deploy_while(mute, [&] { mute.host.router_down = mute.host.router_broken = true; });
    CHECK(stuck.verdict == "open"); // the next run finishes
    CHECK(mute.host.routed_to() == "b");
    CHECK(mute.store.unfinished().value());
}

TEST_CASE("a router that takes no orders for a while is waited for at each step that gives it one") {
    hushed();
    constexpr int while_it_restarts = 8;
    for (const std::string step : {"switch", "verify", "drain", "commit", "undo-switch"}) {
        INFO(step);
        Rig rig("blue-green");
        rig.apply("one").value();
        bool gone = false;
        const auto goes = [&] {
            if (!std::exchange(gone, true)) rig.host.router_away = while_it_restarts;
        };
        if (step == "undo-switch") rig.host.sick_routed = {"two"};
        rig.host.at_call = [&] {
            const auto& b = rig.host.slots["b"];
            if (step == "switch" && b.running && b.asked && rig.host.routed_to() == "a") goes();
            const auto under_way = rig.store.unfinished().value();
            const bool back = under_way && under_way->deployment.last && under_way->deployment.last->undo;
            if (step == "undo-switch" && back && rig.host.routed_to() == "b") goes();
            if (step == "verify" && rig.host.routed_to() == "b") goes();
        };
        rig.host.at_look = [&] {
            const bool drained = rig.host.slots["a"].connections == 0 && !rig.host.slots["a"].running;
            if (step == "drain" && rig.host.routed_to() == "b") goes();
            if (step == "commit" && drained) goes();
        };
        const auto outcome = rig.apply("two").value();
        CHECK(gone);
        CHECK_FALSE(outcome.error);
        CHECK(outcome.verdict == (step == "undo-switch" ? "rolled_back" : "deployed"));
        CHECK(rig.host.routed_to() == (step == "undo-switch" ? "a" : "b"));
        CHECK_FALSE(rig.store.unfinished().value());
    }
}

TEST_CASE("a way back that fails as the router is gone says that the release could not be taken back") {
    hushed();
    Rig rig("blue-green");
    rig.host.sick_routed = {"two"};
    rig.apply("one").value();
    bool routed = false; // the way back is planned while it can still be asked
    rig.host.at_call = [&] {
        if (!routed && rig.host.routed_to() == "b") routed = true;
        if (routed && rig.host.told.back() == "route" && rig.store.unfinished().value()->deployment.last->undo)
            rig.host.router_away = for_good;
    };
    const auto outcome = rig.apply("two").value();
    REQUIRE(outcome.error);
    INFO(outcome.error->message);
    CHECK(outcome.error->message.find("two could not be taken back: undo-switch: the router takes no orders") == 0);
    CHECK(outcome.error->message.find("run again when the cause is gone") != std::string::npos);
    CHECK(rig.store.unfinished().value());
    rig.host.at_call = nullptr;
    rig.host.router_away = 0;
    CHECK(rig.rollback()->verdict == "restored");
    CHECK(rig.host.routed_to() == "a");
}
