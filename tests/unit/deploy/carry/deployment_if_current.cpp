#include "support/catch.h"
#include "sys/files/log.h"
#include "unit/deploy/model.h"
#include <set>

// A rollback that names the release to take back.

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;

TEST_CASE("a rollback of a release that does not serve changes nothing, and says who serves") {
    Rig rig("blue-green");
    const auto nothing = rig.rollback("", "one").value();
    CHECK((nothing.verdict == "untouched" && nothing.release.empty()));
    for (const auto* release : {"1.0-aaaaaaaaaaaa", "2.0-bbbbbbbbbbbb"}) rig.apply(release).value();
    const auto history = rig.store.history()->records.size();
    for (const auto* other : {"1.0-aaaaaaaaaaaa", "1.0"}) {
        const auto outcome = rig.rollback("", other).value();
        CHECK((outcome.verdict == "untouched" && outcome.release == "2.0-bbbbbbbbbbbb"));
        CHECK(outcome.reason == std::string(other) + " does not serve");
    }
    for (const auto* unknown : {"2", "ANY", "any", "2.0-bbbbbbbbbbbb ", "2.0-bbbbbbb", "nosuch", "../x"}) {
        CAPTURE(unknown);
        const auto outcome = rig.rollback("", unknown);
        REQUIRE_FALSE(outcome.ok());
        CHECK(outcome.error().kind == Kind::usage);
    }
    CHECK(rig.store.history()->records.size() == history);
    CHECK(rig.rollback("", "2.0")->release == "1.0-aaaaaaaaaaaa"); // its version is told as well
    CHECK(rig.apply("2.0-bbbbbbbbbbbb")->verdict == "deployed");
    CHECK(rig.rollback("", "2.0-bbbbbbbbbbbb")->release == "1.0-aaaaaaaaaaaa");
}

TEST_CASE("the rollback of a release whose deployer was killed never takes back the one before as well") {
    std::set<std::string> seen;
    for (int n = 0, killed = 1; killed; n += each_call) {
        Rig rig("blue-green");
        for (const auto* release : {"zero", "one"}) rig.apply(release).value();
        killed = killed_at(rig, n, [&] { return rig.apply("two"); });
        INFO("killed at call " << n);
        const auto outcome = rig.rollback("", "two");
        if (!outcome.ok()) { // so early that nobody has heard of it
            CHECK(outcome.error().kind == Kind::usage);
            CHECK(rig.store.state()->current == "one");
            continue;
        }
        CHECK(outcome->release == "one");
        CHECK(rig.store.state()->current == "one");
        seen.insert(outcome->verdict);
    }
    CHECK(seen == std::set<std::string>{"deployed", "restored"});
}

TEST_CASE("the rollback of another release than the interrupted one is no word about that one") {
    for (int n = 0, killed = 1; killed; n += each_call) {
        Rig rig("blue-green");
        for (const auto* release : {"zero", "one"}) rig.apply(release).value();
        killed = killed_at(rig, n, [&] { return rig.apply("two"); });
        INFO("killed at call " << n);
        const auto outcome = rig.rollback("", "one");
        REQUIRE(outcome.ok());
        const auto current = rig.store.state()->current;
        CHECK((outcome->verdict == "untouched" ? current == "two" : current == "zero"));
        CHECK(outcome->release == current);
    }
    for (int n = 0, killed = 1; killed; n += each_call) { // a rollback that was killed is one of its own release only
        Rig rig("blue-green");
        for (const auto* release : {"zero", "one", "two"}) rig.apply(release).value();
        killed = killed_at(rig, n, [&] { return rig.rollback(); });
        INFO("rollback killed at call " << n);
        const auto outcome = rig.rollback("", "two");
        REQUIRE(outcome.ok());
        CHECK(rig.store.state()->current == "one");
    }
    for (int n = 0, killed = 1; killed;
         n += each_call) { // nor is it the one that was asked for when its goal is to go as well
        Rig rig("blue-green");
        for (const auto* release : {"zero", "one", "two"}) rig.apply(release).value();
        killed = killed_at(rig, n, [&] { return rig.rollback(); });
        INFO("rollback killed at call " << n);
        const auto outcome = rig.rollback("", "one");
        REQUIRE(outcome.ok());
        CHECK(rig.store.state()->current == (outcome->verdict == "untouched" ? "two" : "zero"));
    }
}
