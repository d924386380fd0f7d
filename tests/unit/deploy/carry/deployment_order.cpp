#include "support/catch.h"
#include "sys/files/log.h"
#include "unit/deploy/model.h"

// What is written down when, on a host whose router disagrees, and after deaths at a known step.

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;

namespace {

std::string last_step(const Rig& rig) {
    const auto unfinished = rig.store.unfinished().value();
    return unfinished && unfinished->deployment.last ? name_of(*unfinished->deployment.last) : "";
}

struct Quiet {
    Quiet() { sys::configure_log({.level = sys::Level::error}); }
    Rig rig{"blue-green"};

    // Kills the deployer of `id` at the first call of the step; true: it came to it.
    bool killed_at(const std::string& step, const std::string& id) {
        rig.host.at_call = [this, &step] {
            if (last_step(rig) == step) throw Killed{};
        };
        bool killed = false;
        try {
            [[maybe_unused]] const auto outcome = rig.apply(id);
        } catch (const Killed&) {
            killed = true;
        }
        rig.host.at_call = nullptr;
        return killed;
    }
};

}

TEST_CASE_METHOD(Quiet, "each step is in the journal before it touches the host") {
    rig.apply("one").value();
    std::vector<std::string> seen;
    rig.host.at_call = [&] {
        if (const auto step = last_step(rig); seen.empty() || seen.back() != step) seen.push_back(step);
    };
    rig.apply("two").value();
    CHECK(seen == std::vector<std::string>{"fetch", "prepare", "start", "ready", "switch", "verify", "bake", "stop",
                                           "commit", "prune"});
}

TEST_CASE_METHOD(Quiet, "a router that leads elsewhere than state.json says is believed, and put right") {
    rig.apply("one").value();
    const auto committed = rig.store.state()->slot;
    const auto other = other_slot(committed);
    rig.host.slots[other] = {.running = true, .release = "other"};
    rig.host.routed = {{other, 1}};
    rig.host.releases.insert("other");
    CHECK(rig.apply("one")->verdict == "deployed"); // not "already"
    CHECK(rig.host.violations.empty());
    CHECK(rig.host.routed_to() == rig.store.state()->slot);
    CHECK(rig.host.slots[rig.host.routed_to()].release == "one");
    CHECK_FALSE(rig.host.slots[other_slot(rig.host.routed_to())].running);
}

TEST_CASE_METHOD(Quiet, "after a death a rollback to another release than what was restored goes on to that one") {
    for (const auto* id : {"zero", "one"}) rig.apply(id).value();
    REQUIRE(killed_at("ready", "two"));
    const auto outcome = rig.rollback("zero").value();
    CHECK(outcome.verdict == "deployed");
    CHECK(outcome.release == "zero");
    CHECK(rig.store.state()->current == "zero");
    REQUIRE(killed_at("ready", "three"));
    const auto already = rig.rollback("zero").value(); // it served all the time
    CHECK(already.verdict == "already");
    CHECK(already.release == "zero");
    REQUIRE(killed_at("verify", "four"));
    const auto restored = rig.rollback("zero").value();
    CHECK(restored.verdict == "restored");
    CHECK(restored.release == "zero");
    REQUIRE(killed_at("ready", "five"));
    CHECK(rig.rollback()->verdict == "restored"); // of "five", and no further
    CHECK_FALSE(rig.store.unfinished().value());
    CHECK(rig.store.state()->current == "zero");
}

TEST_CASE_METHOD(Quiet, "a rollback leads to the release that served before, whatever step a deployer died at") {
    for (const std::string step : {"fetch", "start", "ready", "switch", "verify", "bake"}) {
        Quiet other;
        for (const auto* id : {"zero", "one"}) other.rig.apply(id).value();
        INFO(step);
        REQUIRE(other.killed_at(step, "two"));
        REQUIRE(other.rig.rollback().ok());
        CHECK(other.rig.store.state()->current == "one"); // never one further
    }
    for (const std::string step : {"stop", "commit", "prune"}) { // finished first: "two" served
        Quiet other;
        for (const auto* id : {"zero", "one"}) other.rig.apply(id).value();
        INFO(step);
        REQUIRE(other.killed_at(step, "two"));
        REQUIRE(other.rig.rollback().ok());
        CHECK(other.rig.store.state()->current == "one");
    }
}

TEST_CASE_METHOD(Quiet, "a rollback is watched for ten seconds at most, and a new release for as long as was asked") {
    rig.settings.bake = Milliseconds{60'000};
    const auto took = [&](const auto& act) {
        const auto before = rig.clock.steady();
        REQUIRE(act().ok());
        return std::chrono::duration_cast<Milliseconds>(rig.clock.steady() - before);
    };
    rig.apply("one").value();
    CHECK(took([&] { return rig.apply("two"); }) > Milliseconds{60'000});
    const auto rollback = took([&] { return rig.rollback(); });
    CHECK(rollback > Milliseconds{10'000});
    CHECK(rollback < Milliseconds{20'000});
}

TEST_CASE_METHOD(Quiet, "the release before stays the one before when the same is deployed again") {
    for (const auto* id : {"one", "two"}) rig.apply(id).value();
    REQUIRE(rig.apply("two", true)->verdict == "deployed");
    CHECK(rig.store.state()->previous == "one");
}

TEST_CASE_METHOD(Quiet, "what a rollback would lead to is kept, however little is retained") {
    rig.settings.retain = 1;
    for (const auto* id : {"one", "two", "three"}) rig.apply(id).value();
    rig.rollback().value();
    REQUIRE(rig.store.state()->current == "two");
    rig.apply("four").value();
    CHECK(rig.host.releases.contains("two"));
    CHECK(rig.rollback()->release == "two");
}

TEST_CASE_METHOD(Quiet, "the history tells of requests that were cut and of a process that had to be killed") {
    rig.apply("one").value();
    rig.settings.drain_timeout = Milliseconds{0};
    rig.host.hanging = 5;
    rig.host.deaf = true;
    rig.host.gap_allowed = true;
    REQUIRE(rig.apply("two").ok());
    const auto record = rig.store.history()->records.back();
    CHECK(record.killed);
    CHECK(record.cut == 5);
    CHECK_FALSE(rig.host.slots[other_slot(rig.host.routed_to())].running);
}

TEST_CASE_METHOD(Quiet, "a signal in the drain leaves the slot with its requests to the next run") {
    rig.apply("one").value();
    rig.host.hanging = 5;
    rig.host.at_look = [&] {
        if (last_step(rig) == "drain") rig.clock.sleeps_left = 0;
    };
    const auto outcome = rig.apply("two");
    REQUIRE(outcome.ok());
    CHECK(outcome->left_running);
    CHECK(rig.host.violations.empty());
    CHECK(rig.store.history()->records.back().cut == 0);
}

TEST_CASE_METHOD(Quiet, "after a rollback the release that the next one would lead to is still there") {
    for (const int retain : {1, 2, 3}) {
        Rig other("blue-green");
        other.settings.retain = 3;
        for (const auto* id : {"one", "two", "three"}) other.apply(id).value();
        other.settings.retain = retain;
        other.rollback().value();
        CHECK(other.store.state()->current == "two");
        INFO("retain " << retain);
        REQUIRE(other.host.releases.contains("one"));
        other.rollback().value();
        CHECK(other.store.state()->current == "one");
    }
}

TEST_CASE_METHOD(Quiet, "a signal while the old release comes back does not cut its way short") {
    int tried = 0;
    for (int n = 1; n < 200; ++n) {
        Rig other("recreate");
        other.apply("one").value();
        other.host.sick.insert("two");
        other.clock.sleeps_left = n;
        const auto outcome = other.apply("two");
        if (other.clock.sleeps_left > 0) break;
        INFO("a signal at wait " << n);
        REQUIRE(outcome.ok());
        CHECK_FALSE(outcome->error);
        CHECK(other.store.state()->current == "one");
        CHECK(other.host.slots[other.host.routed_to()].running);
        CHECK(other.host.violations == std::vector<std::string>{});
        ++tried;
    }
    CHECK(tried > 3);
}
