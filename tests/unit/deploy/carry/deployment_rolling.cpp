#include "support/catch.h"
#include "sys/files/log.h"
#include "unit/deploy/model.h"
#include <algorithm>
#include <fmt/format.h>

// Releases of several instances that take turns, and what is kept of the old one.

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;

namespace {

using Names = std::vector<std::string>;

struct Fleet : Rig {
    explicit Fleet(const std::string& strategy = "rolling", int replicas = 3) : Rig(strategy) {
        sys::configure_log({.level = sys::Level::error});
        host.instances.clear();
        for (int number = 1; number <= replicas; ++number) host.instances.push_back({"a", number});
        host.instances.push_back({"a", 1, "worker"});
        host.at_call = [this] { most = std::max(most, running().size()); };
    }
    Names running() const {
        Names names;
        for (const auto& [name, slot] : host.slots)
            if (slot.running) names.push_back(name);
        return names;
    }
    Names reached() const {
        Names names;
        for (const auto& [name, weight] : host.routed) names.push_back(name);
        return names;
    }
    std::size_t most = 0; // that ran at a time
};

Names two_in(const std::string& slot) { return {slot, slot + "-worker", slot + ".2"}; }
const Names all_of_a{"a", "a-worker", "a.2", "a.3"}, all_of_b{"b", "b-worker", "b.2", "b.3"};

}

TEST_CASE_METHOD(Fleet, "rolling.batch replicas take turns at once") {
    REQUIRE(apply("one")->verdict == "deployed");
    CHECK(running() == all_of_a);
    most = 0;
    SECTION("one") {
        REQUIRE(apply("two")->verdict == "deployed");
        CHECK(most == 6); // the last one and the worker beside it
    }
    SECTION("two") {
        settings.batch = 2;
        REQUIRE(apply("two")->verdict == "deployed");
        CHECK(most == 6);
    }
    SECTION("all") {
        settings.batch = 9;
        REQUIRE(apply("two")->verdict == "deployed");
        CHECK(most == 8);
    }
    CHECK(running() == all_of_b);
    CHECK(reached() == Names{"b", "b.2", "b.3"});
    CHECK(host.violations.empty());
}

TEST_CASE("a release that turns sick while it rolls is taken back, to each replica of the old one") {
    Fleet fleet;
    fleet.apply("one").value();
    fleet.host.sick_routed = {"two"};
    CHECK(fleet.apply("two")->verdict == "rolled_back");
    CHECK(fleet.running() == all_of_a);
    CHECK(fleet.reached() == Names{"a", "a.2", "a.3"});
    CHECK(fleet.host.violations.empty());
}

TEST_CASE("the k-th of three replicas is sick: all of the old release serve again, and once it is well the same ends") {
    const std::string reasons[] = {"slot b was not ready", "b.2 was not ready", "b.3 was not ready"};
    for (std::size_t k = 0; k < std::size(reasons); ++k) {
        const auto replica = k == 0 ? std::string("b") : fmt::format("b.{}", k + 1);
        INFO(replica);
        Fleet fleet;
        fleet.apply("one").value();
        fleet.host.sick = {"two@" + replica};
        const auto outcome = fleet.apply("two");
        CHECK(outcome->verdict == (k == 0 ? "failed" : "rolled_back")); // nobody was asked to serve before the first
        CHECK(outcome->reason.starts_with(reasons[k]));
        CHECK(fleet.running() == all_of_a);
        CHECK(fleet.reached() == Names{"a", "a.2", "a.3"});
        fleet.host.sick.clear();
        CHECK(fleet.apply("three")->verdict == "deployed");
        CHECK(fleet.running() == all_of_b);
        CHECK(fleet.reached() == Names{"b", "b.2", "b.3"});
        CHECK(fleet.host.violations.empty());
    }
}

TEST_CASE("wherever the deployer of a rolling release dies, the next run ends where it was asked to") {
    for (const auto* const next : {"two", "three"}) {
        for (int n = 0; n < 1000; n += 7) {
            Fleet fleet("rolling", 2);
            fleet.apply("one").value();
            if (!killed_at(fleet, n, [&] { return fleet.apply("two"); })) break;
            INFO("killed at call " << n << ", then " << next);
            const auto after = fleet.apply(next);
            REQUIRE(after.ok());
            const auto state = fleet.store.state().value();
            CHECK(state.current == next);
            CHECK(fleet.running() == two_in(state.slot));
            CHECK(fleet.reached().size() == 2);
            CHECK(fleet.reached().front() == state.slot);
            CHECK(fleet.host.violations.empty());
        }
    }
}

TEST_CASE("a rollback after the deployer of a rolling release died leads back") {
    for (int n = 0; n < 1000; n += 7) {
        Fleet fleet("rolling", 2);
        fleet.apply("zero").value();
        fleet.apply("one").value();
        if (!killed_at(fleet, n, [&] { return fleet.apply("two"); })) break;
        INFO("killed at call " << n);
        REQUIRE(fleet.rollback().ok());
        const auto state = fleet.store.state().value();
        CHECK((state.current == "one" || state.current == "zero"));
        CHECK(fleet.running() == two_in(state.slot));
        CHECK(fleet.host.violations.empty());
    }
}

TEST_CASE("keep_warm leaves the old release running, and a rollback starts nothing") {
    Fleet fleet("blue-green", 1);
    fleet.settings.keep_warm = Milliseconds{600'000};
    fleet.apply("one").value();
    fleet.apply("two").value();
    CHECK(fleet.running() == Names{"a", "a-worker", "b", "b-worker"});
    CHECK(fleet.reached() == Names{"b"});
    const int starts = fleet.host.starts;
    CHECK(fleet.rollback()->verdict == "deployed");
    CHECK(fleet.host.starts == starts);
    CHECK(fleet.reached() == Names{"a"});
    CHECK(fleet.apply("one")->verdict == "already");
    CHECK(fleet.running().size() == 4);
    fleet.apply("three").value(); // takes the place of the one that was kept
    CHECK(fleet.host.violations.empty());
    CHECK(fleet.store.state()->current == "three");
}
