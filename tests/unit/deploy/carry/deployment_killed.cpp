#include "unit/deploy/converged.h"

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;

TEST_CASE("killed at any call, a rerun converges, of the same release or of another") {
    for (const std::string strategy : {"blue-green", "recreate"}) {
        for (const std::string next : {"two", "three"}) {
            for (int n = 0, killed = 1; killed; n += each_call) {
                Rig rig(strategy);
                rig.apply("one").value();
                killed = killed_at(rig, n, [&] { return rig.apply("two"); });
                INFO(strategy << ", killed at call " << n << ", then " << next);
                const auto outcome = rig.apply(next);
                REQUIRE(outcome.ok());
                CHECK((outcome->verdict == "deployed" || (!killed && next == "two")));
                check_converged(rig, next);
            }
        }
    }
}

TEST_CASE("killed at any call, down converges, and so does apply after it") {
    for (const bool again : {true, false}) {
        for (int n = 0, killed = 1; killed; n += each_call) {
            Rig rig("blue-green");
            rig.apply("one").value();
            killed = killed_at(rig, n, [&] { return rig.down(); });
            INFO("killed at call " << n);
            if (again) {
                REQUIRE(rig.down().ok());
                check_down(rig);
            } else {
                REQUIRE(rig.apply("two")->verdict == "deployed");
                check_converged(rig, "two");
            }
        }
    }
}

TEST_CASE("killed at any call of down, a rollback has what served serve again, until it is recorded as stopped") {
    quiet();
    int again = 0;
    for (int n = 0, killed = 1; killed; ++n) {
        Rig rig("blue-green");
        rig.apply("one").value();
        rig.apply("two").value();
        killed = killed_at(rig, n, [&] { return rig.down(); });
        INFO("killed at call " << n);
        const auto open = rig.store.unfinished().value();
        const auto last = open ? open->deployment.last : std::nullopt;
        const bool recorded = last && (last->act == Act::commit || last->act == Act::prune);
        const auto outcome = rig.rollback();
        if (!open || recorded) continue; // it had not begun, or nothing serves
        REQUIRE(outcome.ok());
        CHECK(outcome->verdict == "restored");
        CHECK(outcome->release == "two");
        check_converged(rig, "two");
        ++again;
    }
    CHECK(again > 2);
}

TEST_CASE("a signal at any wait of down leads back, or forward where requests are let go already") {
    for (int n = 0; n < 20; ++n) {
        Rig rig("blue-green");
        rig.apply("one").value();
        rig.clock.sleeps_left = n;
        const auto outcome = rig.down();
        rig.clock.sleeps_left = -1;
        INFO("signal at wait " << n);
        REQUIRE(outcome.ok());
        if (outcome->verdict == "aborted")
            check_converged(rig, "one");
        else
            check_down(rig);
    }
}

TEST_CASE("killed at any call, a rollback takes back what was begun, and keeps its reason") {
    quiet();
    int restored = 0, further = 0;
    for (const std::string strategy : {"blue-green", "recreate"}) {
        for (const std::string to : {"", "one", "zero"}) {
            for (int n = 0, killed = 1; killed; n += each_call) {
                Rig rig(strategy);
                rig.apply("zero").value();
                rig.apply("one").value();
                killed = killed_at(rig, n, [&] { return rig.apply("two"); });
                INFO(strategy << ", killed at call " << n << ", rollback " << to);
                const bool serves = rig.host.routed_to() == "b" && rig.host.slots["b"].running; // one, as before
                const bool committed = rig.store.state()->current == "two";
                const bool begun = rig.store.unfinished()->has_value();
                const auto outcome = rig.rollback(to);
                REQUIRE(outcome.ok());
                CHECK(outcome->release == (!to.empty() ? to : serves && !begun ? "zero" : "one"));
                check_converged(rig, outcome->release);
                const auto records = rig.store.history()->records;
                const bool went_back = outcome->verdict == "restored";
                CHECK((outcome->verdict == "already") == (serves && to == "one")); // which never stopped
                if (outcome->verdict != "already") {
                    CHECK(records.back().release == (went_back ? "two" : outcome->release));
                    CHECK(records.back().reason.find("because") != std::string::npos);
                }
                CHECK_FALSE((went_back && (committed || (serves && !to.empty()))));
                for (std::size_t i = 0; i + 1 < records.size(); ++i) CHECK(records[i].reason != "because");
                restored += went_back;
                further += outcome->release == "zero";
            }
        }
    }
    CHECK((restored > 0 && further > 0));
}

TEST_CASE("killed at any call, a rollback that is asked for again goes back once") {
    quiet();
    for (int n = 0, killed = 1; killed; n += each_call) {
        Rig rig("blue-green");
        for (const auto* release : {"zero", "one", "two"}) rig.apply(release).value();
        killed = killed_at(rig, n, [&] { return rig.rollback(); });
        if (!killed) break;
        INFO("killed at call " << n);
        REQUIRE(rig.rollback()->verdict == "deployed");
        check_converged(rig, "one");
    }
}

TEST_CASE("killed twice, on the way back too, a rerun converges") {
    quiet();
    for (int n = 0, killed = 1; killed; n += each_call) {
        for (int m = 0, again = 1; again; m += 3 * each_call) {
            Rig rig("blue-green");
            rig.apply("one").value();
            rig.host.sick_routed = {"two"};
            killed = killed_at(rig, n, [&] { return rig.apply("two"); });
            again = killed_at(rig, m, [&] { return rig.apply("two"); });
            INFO("killed at calls " << n << " and " << m);
            rig.host.sick_routed.clear();
            CHECK(rig.apply("two")->verdict != "failed");
            check_converged(rig, "two");
        }
    }
}

TEST_CASE("a signal at any wait leads back, or forward where the old release is let go already") {
    for (const auto* strategy : {"blue-green", "recreate"}) {
        for (int n = 0; n < 60; n += each_call) {
            Rig rig(strategy);
            rig.apply("one").value();
            rig.clock.sleeps_left = n;
            const auto outcome = rig.apply("two");
            rig.clock.sleeps_left = -1;
            INFO(strategy << ", signal at wait " << n);
            REQUIRE(outcome.ok());
            CHECK_FALSE(outcome->error);
            const bool back = outcome->verdict == "aborted";
            CHECK((back || outcome->verdict == "deployed"));
            check_converged(rig, back ? "one" : "two");
        }
    }
}
