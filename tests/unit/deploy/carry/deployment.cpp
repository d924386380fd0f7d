#include "unit/deploy/converged.h"

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;

TEST_CASE("a good release takes over and the old one is stopped after its requests") {
    quiet();
    for (const auto* strategy : {"blue-green", "recreate"}) {
        Rig rig(strategy);
        REQUIRE(rig.apply("one")->verdict == "deployed");
        check_converged(rig, "one");
        const auto outcome = rig.apply("two");
        REQUIRE(outcome.ok());
        CHECK(outcome->verdict == "deployed");
        CHECK(outcome->previous == "one");
        check_converged(rig, "two");
        CHECK(rig.apply("two")->verdict == "already");
        CHECK(rig.apply("two", true)->verdict == "deployed");
        check_converged(rig, "two");
        CHECK(rig.store.state()->previous == "one");
    }
}

TEST_CASE("a release that is sick from the start never gets a request") {
    Rig rig("blue-green");
    rig.apply("one").value();
    rig.host.sick = {"two"};
    const auto outcome = rig.apply("two").value();
    CHECK(outcome.verdict == "failed");
    CHECK(outcome.log == "the last line");
    CHECK(outcome.reason.find("not ready within 3s") != std::string::npos);
    check_converged(rig, "one");
    CHECK_FALSE(rig.host.releases.contains("two"));
}

TEST_CASE("a release that turns sick is taken back by itself") {
    for (const auto* strategy : {"blue-green", "recreate"}) {
        Rig rig(strategy);
        rig.apply("one").value();
        rig.host.sick_routed = {"two"};
        CHECK(rig.apply("two")->verdict == "rolled_back");
        check_converged(rig, "one");
        CHECK(rig.store.history()->records.back().verdict == "rolled_back");
    }
}

TEST_CASE("a release that was changed since it was sealed is not gone back to, and another one can be deployed") {
    Rig rig("recreate");
    REQUIRE(rig.apply("one")->verdict == "deployed");
    REQUIRE(rig.apply("two")->verdict == "deployed");
    rig.host.changed = {"two"};
    rig.host.sick = {"three"};
    const auto outcome = rig.apply("three");
    REQUIRE(outcome.ok());
    CHECK(outcome->verdict == "failed");
    CHECK_FALSE(outcome->error);
    CHECK(outcome->previous.empty());
    CHECK(outcome->reason.find("release two has changed since it was sealed: 'app.py' was changed; it can't serve "
                               "again, so nothing serves; deploy it again, or another release") != std::string::npos);
    for (const auto* slot : {"a", "b"}) CHECK_FALSE(rig.host.slots[slot].running);
    CHECK_FALSE(rig.store.unfinished().value());
    CHECK(rig.host.violations.empty());
    CHECK(rig.store.history()->records.back().previous == "two");
    CHECK(rig.apply("four")->verdict == "deployed");
    check_converged(rig, "four");
}

TEST_CASE("killed at any call while what served before was changed, a rollback leads to the one before that, unless it "
          "still serves") {
    quiet();
    for (int n = 0;; n += each_call) {
        Rig rig("recreate");
        REQUIRE(rig.apply("one")->verdict == "deployed");
        REQUIRE(rig.apply("two")->verdict == "deployed");
        rig.host.changed = {"two"};
        rig.host.sick = {"three"};
        const bool killed = killed_at(rig, n, [&] { return rig.apply("three"); });
        INFO("killed at call " << n);
        const bool stopped = !rig.host.slots["b"].running; // "two": a changed one does not start again
        const bool begun = rig.store.unfinished()->has_value();
        const auto verdict = rig.rollback()->verdict;
        CHECK(verdict == (begun && !stopped ? "restored" : "deployed"));
        check_converged(rig, begun && !stopped ? "two" : "one");
        if (!killed) break;
    }
}

TEST_CASE("a first release that is sick leaves nothing") {
    Rig rig("blue-green");
    rig.host.sick_routed = {"one"};
    CHECK(rig.apply("one")->verdict == "rolled_back");
    CHECK(rig.host.routed.empty());
    CHECK_FALSE(rig.host.slots["a"].running);
    CHECK(rig.host.releases.empty());
}

TEST_CASE("a router that dies in the bake is not the release's fault") {
    Rig rig("blue-green");
    rig.apply("one").value();
    rig.host.calls_left = -1;
    rig.settings.verify_requests = 0;
    rig.host.router_down = true;
    const auto outcome = rig.apply("two").value();
    REQUIRE(outcome.error);
    CHECK(outcome.error->kind == Kind::could_not);
    CHECK_FALSE(outcome.sick);
    CHECK(rig.host.routed_to() == "a"); // nobody has proven the new one
    rig.host.router_down = false;
    CHECK(rig.apply("two")->verdict == "deployed");
    check_converged(rig, "two");
}

TEST_CASE("a router that does not reach the socket is told from a release that is sick") {
    Rig rig("blue-green");
    rig.apply("one").value();
    rig.host.router_lost = true;
    const auto outcome = rig.apply("two").value();
    CHECK(outcome.verdict == "rolled_back");
    CHECK(outcome.reason.find("answers 502, but the release is well at its own socket") != std::string::npos);
    CHECK_FALSE(outcome.sick);
    REQUIRE(outcome.error);
    CHECK(outcome.error->kind == Kind::could_not);
}

TEST_CASE("where the way back leads is known before it is needed, unless the old release was started again") {
    for (const std::string strategy : {"blue-green", "recreate"}) {
        Rig rig(strategy);
        rig.apply("one").value();
        rig.host.sick_routed.insert("two");
        rig.host.told.clear();
        CHECK(rig.apply("two")->verdict == "rolled_back");
        auto& told = rig.host.told;
        const auto last = std::find(told.rbegin(), told.rend(), "route");
        REQUIRE(last != told.rend());
        const bool asked = std::next(last) != told.rend() && *std::next(last) == "address of a";
        CHECK(asked == (strategy == "recreate"));
        CHECK(rig.host.routed_to() == "a");
    }
}

TEST_CASE("a router that has to be asked and is down stops a rollback before anything is touched, no look") {
    Rig rig("blue-green");
    rig.apply("one").value();
    rig.apply("two").value();
    rig.host.router_mute = true;
    const auto calls = rig.host.calls;
    const auto done = rig.rollback();
    REQUIRE_FALSE(done.ok());
    CHECK(done.error().kind == Kind::could_not);
    CHECK(done.error().message == "no router; start it; nothing was changed: when that is fixed, roll back again");
    CHECK(rig.host.calls == calls);
    CHECK(rig.rollback("", "one")->verdict == "untouched"); // it does not serve
    const auto seen = rig.look().value();
    CHECK(seen.router_trouble->message == "no router; start it");
    CHECK(seen.current == "two");
    CHECK(seen.serving_slot() == seen.slot);
    rig.host.router_mute = false;
    CHECK_FALSE(rig.look()->router_trouble);
    CHECK(rig.rollback()->verdict == "deployed");
}

TEST_CASE("rollback goes back and does not come back to the release it left") {
    Rig rig("blue-green");
    for (const auto* release : {"one", "two", "three"}) rig.apply(release).value();
    CHECK(rig.rollback()->verdict == "deployed");
    check_converged(rig, "two");
    CHECK(rig.rollback()->verdict == "deployed");
    check_converged(rig, "one");
    const auto none = rig.rollback();
    REQUIRE_FALSE(none.ok());
    CHECK(none.error().kind == Kind::no);
    CHECK(rig.rollback("three")->verdict == "deployed");
    check_converged(rig, "three");
}

TEST_CASE("records from before the newest deployment that somebody put back don't say what serves") {
    quiet();
    for (const bool all : {false, true}) {
        Rig rig("blue-green");
        for (const auto* release : {"one", "two"}) rig.apply(release).value();
        const auto folder = rig.store.ledger().folder();
        const auto kept = folder.parent_path() / "kept";
        std::filesystem::copy(folder, kept, std::filesystem::copy_options::recursive);
        rig.apply("three").value();
        if (all)
            std::filesystem::remove_all(folder);
        else
            std::filesystem::remove(folder / "state.json");
        std::filesystem::copy(kept, folder,
                              std::filesystem::copy_options::recursive | std::filesystem::copy_options::skip_existing);
        CHECK(rig.rollback("", "two")->verdict == "untouched");
        CHECK(rig.store.state()->current == "three");
        CHECK(rig.rollback("", "three")->release == "two");
        check_converged(rig, "two");
    }
}

TEST_CASE("what an interrupted deployment put there is what a rollback may take back") {
    quiet();
    Rig rig("blue-green");
    rig.apply("one").value();
    REQUIRE(killed_at(rig, 12, [&] { return rig.apply("two"); }));
    rig.with([](Deployment& deployment) {
           CHECK_FALSE(deployment.untouched("two").value());
           CHECK_FALSE(deployment.untouched("one").value());
           return Result<Outcome>(Outcome());
       })
        .value();
}

TEST_CASE("of several releases of one version the one that served last is meant, or they are named") {
    quiet();
    Rig rig("blue-green");
    rig.settings.retain = 9;
    const auto deploy = [&](const std::string& id, const std::string& version) {
        Release release;
        release.info = {.id = id, .version = version, .digest = id, .commit = "c"};
        rig.settings.health.version_header.clear();
        REQUIRE(rig.with([&](Deployment& one) { return one.apply(release, false); })->verdict == "deployed");
    };
    deploy("1.0-a", "1.0");
    deploy("1.0-b", "1.0");
    deploy("2.0-c", "2.0");
    CHECK(rig.rollback("1.0")->release == "1.0-b");
    CHECK(rig.rollback("1.0")->release == "1.0-a"); // one of them serves: the other one
    CHECK(rig.rollback("1.0-b")->release == "1.0-b");
    deploy("1.0-d", "1.0");
    CHECK(rig.rollback("2.0")->release == "2.0-c");
    CHECK(rig.rollback("1.0")->release == "1.0-d");
}

TEST_CASE("what is deployed already and does not answer is not said to serve") {
    quiet();
    Rig rig("blue-green");
    rig.apply("one").value();
    rig.host.sick = {"one"};
    const auto sick = rig.apply("one").value();
    CHECK(sick.verdict == "already");
    CHECK(sick.unanswered.find("one does not serve: ") == 0);
    CHECK_FALSE(sick.sick); // it was proven once, and isn't marked bad: by force it is started again
    rig.host.sick.clear();
    CHECK(rig.apply("one")->unanswered.empty());
    rig.host.router_lost = true;
    CHECK(rig.apply("one")->unanswered.find("through the router") != std::string::npos);
}

TEST_CASE("a rollback while the router is down is done, and not said to serve") {
    quiet();
    for (const std::string strategy : {"blue-green", "recreate"}) {
        Rig rig(strategy);
        rig.apply("one").value();
        rig.apply("two").value();
        rig.host.router_down = true;
        const auto back = rig.rollback().value();
        CHECK(back.verdict == "deployed");
        CHECK(back.unanswered.find("one does not serve: through the router") == 0);
        CHECK_FALSE(back.sick);
        CHECK(rig.apply("one")->unanswered.find("through the router") != std::string::npos);
        rig.host.router_down = false;
        CHECK(rig.apply("one")->unanswered.empty());
        CHECK(rig.rollback("two")->unanswered.empty());
    }
}

TEST_CASE("a release that turns sick while the old one ends is not said to serve") {
    quiet();
    for (const std::string strategy : {"blue-green", "rolling", "recreate"}) {
        INFO(strategy);
        Rig rig(strategy);
        rig.apply("one").value();
        int commits = 0; // the last thing that a deployment does is to prune
        rig.host.at_call = [&] {
            if (rig.store.state()->current == "two" && ++commits == 1) rig.host.sick = {"two"};
        };
        const auto done = rig.apply("two").value();
        CHECK(done.verdict == "deployed");
        CHECK(done.unanswered.find("two does not serve: ") == 0);
        CHECK(done.sick);
        rig.host.sick.clear();
        CHECK(rig.apply("two")->unanswered.empty());
    }
}

TEST_CASE("a candidate that runs as it is wanted is adopted; with other settings it is started again") {
    for (const bool same : {true, false}) {
        Rig rig("blue-green");
        rig.apply("one").value();
        REQUIRE(killed_at(rig, 5, [&] { return rig.apply("two"); })); // while it is asked whether it is ready
        REQUIRE(rig.host.slots["b"].running);
        const int starts = rig.host.starts;
        rig.host.same_settings = same;
        CHECK(rig.apply("two")->verdict == "deployed");
        CHECK(rig.host.starts == (same ? starts : starts + 1));
        check_converged(rig, "two");
    }
}

TEST_CASE("a deployment that is finished by a rerun with other settings is followed by one with these") {
    int tried = 0;
    for (int n = 0, killed = 1; killed; n += each_call) {
        Rig rig("blue-green");
        rig.apply("one").value();
        killed = killed_at(rig, n, [&] { return rig.apply("two"); });
        if (rig.host.slots["a"].running) continue; // the old one is not gone yet
        const int starts = rig.host.starts;
        rig.host.same_settings = false;
        CHECK(rig.apply("two")->verdict == "deployed");
        CHECK(rig.host.starts == starts + 1);
        check_converged(rig, "two");
        ++tried;
    }
    CHECK(tried > 2);
}

TEST_CASE("down stops what serves, twice does nothing more, and apply brings it back") {
    Rig rig("blue-green");
    rig.apply("one").value();
    rig.apply("two").value();
    const auto outcome = rig.down().value();
    CHECK(outcome.verdict == "stopped");
    CHECK(outcome.release == "two");
    check_down(rig);
    CHECK(rig.store.history()->records.back().verdict == "stopped");
    CHECK(rig.store.history()->records.back().reason == "enough");
    CHECK(rig.store.state()->previous == "two");
    CHECK(rig.down()->verdict == "already");
    CHECK(rig.rollback().error().kind == Kind::no);
    CHECK(rig.apply("two")->verdict == "deployed");
    check_converged(rig, "two");
    CHECK(rig.rollback()->verdict == "deployed");
    check_converged(rig, "one");
}
