#include "deploy/canary/watch.h"
#include "support/catch.h"
#include "sys/data/json.h"
#include "sys/files/files.h"
#include "unit/deploy/model.h"
#include <fmt/format.h>
#include <functional>
#include <map>

using namespace fairlead;
using namespace fairlead::deploy;

namespace {

// Like HAProxy: it counts, and writes no log.
class CountingRouter : public deploy::testing::ModelRouter {
  public:
    using Counters = Result<std::map<Instance, Counted>>;
    CountingRouter(deploy::testing::Host& host, std::function<Counters()> count)
        : ModelRouter(host), count_(std::move(count)) {}
    Features features() const override { return {.weights = true, .sockets = true, .counts = true}; }
    Counters counted() override { return count_(); }

  private:
    std::function<Counters()> count_;
};

// Steps of a canary beside a router whose counters are a function of the tenths of a second that went by.
struct WatchedCanary {
    using Count = std::function<CountingRouter::Counters(std::int64_t tenths)>;
    explicit WatchedCanary(Count count_) : count(std::move(count_)) {
        rig.settings.canary.min_hold = Milliseconds{30'000};
        for (auto& [name, slot] : rig.host.slots) slot.running = true;
    }

    Count count;
    deploy::testing::Rig rig{"canary"};
    deploy::testing::ModelPlace place{rig.host, rig.store};
    CountingRouter router{rig.host,
                          [this] { return count(rig.clock.steady().time_since_epoch() / Milliseconds{100}); }};
    ledger::Progress progress{rig.clock};
    CanaryWatch watch{rig.world, place, router, progress, rig.clock.now()};

    Result<void> step(std::size_t index = 0) {
        const CanaryWatch::Calls calls{[] { return Result<void>(); },
                                       [this] { return rig.clock.sleep(Milliseconds{100}); }};
        return watch.judge({{"b"}}, {{"a"}}, index, calls);
    }
    sys::Json told(const char* of) const { return sys::parse_json(watch.told(), "").value()["users"][of]; }
};

CountingRouter::Counters counters(const Counted& old, const Counted& fresh) {
    return std::map<Instance, Counted>{{{"a"}, old}, {{"b"}, fresh}};
}

}

TEST_CASE("a router's counters count from where a step has settled") {
    WatchedCanary one([](std::int64_t tenths) { // 12 of each step's first requests fail
        const std::int64_t failed = 30 + (tenths > 10 ? 12 : 0) + (tenths > 310 ? 12 : 0);
        return counters({50'000 + 20 * tenths, 0}, {100 + 4 * tenths, failed});
    });
    REQUIRE(one.step().ok());
    CHECK(one.told("new")["failed"] == 0);
    CHECK(one.told("new")["requests"] == 4 * 250);
    CHECK(one.told("old")["requests"] == 20 * 250);
    REQUIRE(one.step(1).ok());
    CHECK(one.told("new")["failed"] == 0);
    CHECK(one.told("new")["requests"] == 4 * 500);
    CHECK(sys::parse_json(one.watch.told(), "").value()["source"] == "counters");
}

TEST_CASE("a release whose users' requests fail goes back by the router's counters, though it answers us well") {
    WatchedCanary one([](std::int64_t tenths) { return counters({20 * tenths, 0}, {4 * tenths, tenths / 2}); });
    const auto done = one.step();
    REQUIRE_FALSE(done.ok());
    CHECK(done.error().kind == Kind::no);
    CHECK(done.error().message.find(" requests of the new release failed, and 0 of ") != std::string::npos);
}

TEST_CASE("counters of a router that was started again begin anew") {
    WatchedCanary one([](std::int64_t tenths) -> CountingRouter::Counters {
        if (tenths == 100) return could_not("HAProxy's stats socket does not answer");
        if (tenths < 100) return counters({20 * tenths, 0}, {4 * tenths, 0});
        const auto since = tenths - 101;
        return counters({20 * since, 0}, {60 + 4 * since, 60}); // what failed while nobody looked
    });
    REQUIRE(one.step().ok());
    CHECK(one.told("new")["failed"] == 0);
    CHECK(one.told("new")["requests"] == 4 * (49 + 199));
}

TEST_CASE("a short step has its verdict by our own questions, which come more often then, also while it is held") {
    for (const int deadline : {10, 2}) { // seconds
        WatchedCanary one([](std::int64_t tenths) { return counters({200 * tenths, 0}, {40 * tenths, 0}); });
        one.rig.settings.canary.min_hold = Milliseconds{1000};
        one.rig.settings.canary.step_deadline = Milliseconds{1000 * deadline};
        int looks = 0;
        const CanaryWatch::Calls calls{[] { return Result<void>(); },
                                       [&] { return ++looks < 100 && one.rig.clock.sleep(look_interval); }};
        const auto done = one.watch.judge({{"b"}}, {{"a"}}, 0, calls);
        CAPTURE(deadline, one.watch.told());
        CHECK(done.ok());
    }
}

namespace {

class LoggingRouter : public deploy::testing::ModelRouter {
  public:
    using ModelRouter::ModelRouter;
    Result<std::map<std::string, Instance>> logged() override {
        return std::map<std::string, Instance>{{"unix:a", {"a"}}, {"unix:b", {"b"}}};
    }
};

}

TEST_CASE("what a log holds of another day, or of the release before, says nothing of the old release") {
    const auto folder = sys::TemporaryFolder::make("canary ").value();
    const auto log = (folder.path() / "access.log").string();
    deploy::testing::Rig rig("canary");
    rig.settings.router.log = log;
    rig.apply("one").value();
    const auto deployed = rig.clock.now();
    rig.clock.rest(Milliseconds{7'200'000});
    std::string text;
    const auto lines = [&](SystemTime from, int count, int status) {
        for (int i = 0; i < count; ++i)
            text += fmt::format("{:.3f}\t{}\t0.020\t0.020\tunix:a\t/x\n",
                                static_cast<double>(from.time_since_epoch().count() + 100 * i) / 1000, status);
    };
    lines(deployed - Milliseconds{60'000}, 100, 500);           // of the release before
    lines(rig.clock.now() - Milliseconds{5'400'000}, 100, 500); // too long ago
    lines(rig.clock.now() - Milliseconds{600'000}, 40, 200);
    sys::write_file(log, text).value();
    deploy::testing::ModelPlace place{rig.host, rig.store};
    LoggingRouter router{rig.host};
    ledger::Progress progress{rig.clock};
    CanaryWatch watch{rig.world, place, router, progress, rig.clock.now()};
    const auto done = watch.judge({{"b"}}, {{"a"}}, 0, {[] { return Result<void>(); }, [] { return false; }});
    REQUIRE_FALSE(done.ok());
    const auto old = sys::parse_json(watch.told(), "").value()["users"]["old"];
    CHECK(old["requests"] == 40);
    CHECK(old["failed"] == 0);
}
