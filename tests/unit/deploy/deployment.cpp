#include "support/catch.h"
#include "sys/files/log.h"
#include "unit/deploy/model.h"
#include <fstream>
#include <sys/mount.h>
#include <unistd.h>

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::test;

namespace {

// Exactly one slot runs, it is routed, recorded and holds `release`; nothing is open.
void check_converged(Rig& rig, const std::string& release) {
    const auto state = rig.store.state().value();
    CHECK(state.current == release);
    CHECK(rig.host.routed_to() == state.slot);
    CHECK(rig.host.slots[state.slot].running);
    CHECK(rig.host.slots[state.slot].release == release);
    CHECK_FALSE(rig.host.slots[other_slot(state.slot)].running);
    CHECK_FALSE(rig.store.unfinished().value());
    CHECK(rig.host.violations == std::vector<std::string>{});
    CHECK(rig.store.history()->broken.empty());
    CHECK(rig.host.releases.contains(release));
}

void check_down(Rig& rig) {
    CHECK(rig.store.state()->current.empty());
    CHECK(rig.host.routed.empty());
    for (const auto* slot : {"a", "b"}) CHECK_FALSE(rig.host.slots[slot].running);
    CHECK_FALSE(rig.store.unfinished().value());
    CHECK(rig.host.violations == std::vector<std::string>{});
}

void quiet() { sys::configure_log({.level = sys::Level::error}); }

// A small file system of its own for a rig's state.
class SmallDisk {
  public:
    explicit SmallDisk(const Rig& rig) : folder_(rig.store.ledger().folder()) {
        mounted_ = ::mount("none", folder_.c_str(), "tmpfs", 0, "size=512k") == 0;
        if (mounted_) rig.store.create().value();
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    ~SmallDisk() {
        if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
    }
    bool mounted() const { return mounted_; }
    void fill(std::uint64_t left) const {
        const auto filler = folder_ / "filler";
        {
            std::ofstream file(filler);
            file << std::string(1u << 20, '.') << std::flush; // what finds no room is left out
        }
        std::filesystem::resize_file(filler, std::filesystem::file_size(filler) - left);
    }
    void make_room() const { std::filesystem::remove(folder_ / "filler"); }
    std::uint64_t reserve() const { return sys::inspect(folder_ / "reserve").size; }

  private:
    const sys::Path folder_;
    bool mounted_ = false;
};

}

TEST_CASE("on a full disk the reserve is given up for every way back, and set aside again once there is room") {
    quiet();
    for (const std::uint64_t left : {0u, 4096u, 12288u}) {
        for (const std::string way : {"rollback", "down", "undo"}) {
            Rig rig("blue-green");
            const SmallDisk disk(rig);
            if (!disk.mounted()) SKIP_LOUDLY("root", "no file system can be mounted here");
            INFO(way << " with " << left << " bytes left");
            REQUIRE(rig.apply("one").ok());
            REQUIRE(rig.apply("two").ok());
            if (way == "undo") REQUIRE(killed_at(rig, 5, [&] { return rig.apply("three"); }));
            REQUIRE(disk.reserve() == 65536);
            disk.fill(left);
            if (way == "undo") {
                const auto outcome = rig.rollback();
                REQUIRE(outcome.ok());
                CHECK(outcome->verdict == "restored"); // its way back is what was asked for
                check_converged(rig, "two");
            } else if (way == "down") {
                const auto outcome = rig.down();
                REQUIRE(outcome.ok());
                CHECK(outcome->verdict == "stopped");
                check_down(rig);
            } else {
                const auto outcome = rig.rollback();
                REQUIRE(outcome.ok());
                CHECK(outcome->verdict == "deployed");
                check_converged(rig, "one");
            }
            CHECK(rig.store.history()->broken.empty());
            disk.make_room();
            rig.store.create().value();
            CHECK(disk.reserve() == 65536);
        }
    }
}

TEST_CASE("what a way back gave up is set aside as soon as it is over") {
    quiet();
    Rig rig("blue-green");
    const auto reserve = rig.store.ledger().folder() / "reserve";
    REQUIRE(rig.apply("one").ok());
    REQUIRE(rig.apply("two").ok());
    const auto marked = [&] { sys::write_file(reserve, "one that is not given up stays as it is").value(); };
    rig.host.sick = {"three"};
    marked();
    REQUIRE(rig.apply("three")->verdict == "failed");
    CHECK(sys::inspect(reserve).size == 65536);
    marked();
    REQUIRE(rig.rollback().ok());
    CHECK(sys::inspect(reserve).size == 65536);
    marked();
    REQUIRE(rig.down().ok());
    CHECK(sys::inspect(reserve).size == 65536);
}

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
    CHECK(outcome->reason.find("release two is not what was sealed: 'app.py' was changed, so it does not serve again, "
                               "and nothing does; deploy it again, or another release") != std::string::npos);
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
    for (int n = 0;; ++n) {
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
    CHECK(outcome.reason.find("answers 502, while the release is well at its own socket") != std::string::npos);
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
    CHECK(done.error().message == "no router; start it; nothing was touched: roll back again then");
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
        rig.host.sick.clear();
        CHECK(rig.apply("two")->unanswered.empty());
    }
}

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
        for (int m = 0, again = 1; again; m += 3) {
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
        for (int n = 0; n < 60; ++n) {
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
