#include "smoke/beside/watch.h"
#include "../bench.h"

using namespace fairlead;
using namespace fairlead::test;

namespace {

struct WatchBench : Bench {
    Watch watch{.length = Milliseconds{3'600'000}, .every = Milliseconds{60'000}, .errors = {}};
    std::vector<Tried> watched() {
        auto result = watch_over(plan, watch, http, clock);
        REQUIRE(result.ok());
        return result.value();
    }
    // Fails in these rounds, counted from 1; the first run is round 0.
    void fail_in(const std::string& url, const std::vector<int>& rounds, int all) {
        auto& queue = http.answers[url];
        for (int i = 0; i <= all; ++i)
            queue.push_back(status(std::count(rounds.begin(), rounds.end(), i) > 0 ? 500 : 200));
    }
};

}

TEST_CASE("a watch runs the checks in rounds until its time is over") {
    WatchBench bench;
    bench.plan.checks = {get("http://h/")};
    bench.http.answers["http://h/"] = {status(200)};
    const auto tried = bench.watched();
    REQUIRE(tried.size() == 1);
    CHECK(tried[0].end == Tried::End::passed);
    CHECK(tried[0].attempts == 60);
    CHECK(bench.http.asked["http://h/"] == 60);
}

TEST_CASE("a check that fails more often than it may ends the watch") {
    WatchBench bench;
    bench.plan.checks = {get("http://h/"), get("http://h/good")};
    bench.fail_in("http://h/", {3}, 100);
    bench.http.answers["http://h/good"] = {status(200)};
    const auto tried = bench.watched();
    CHECK(tried[0].end == Tried::End::failed);
    CHECK(tried[0].wrong.message == "failed in 1 of 4 rounds, at most 0 allowed; last: status 500, expected 200-299");
    CHECK(tried[1].end == Tried::End::passed);
    CHECK(bench.http.asked["http://h/"] == 4);
}

TEST_CASE("as many failed rounds as are allowed are told, and no failure") {
    WatchBench bench;
    bench.watch.errors = parse_allowed("5%").value(); // of 61: 3
    bench.plan.checks = {get("http://h/")};
    bench.fail_in("http://h/", {3, 10, 20}, 100);
    auto tried = bench.watched();
    CHECK(tried[0].end == Tried::End::passed);
    CHECK(tried[0].facts.back() == std::pair<std::string, std::string>("failed rounds", "3 of 60"));
    WatchBench worse;
    worse.watch.errors = bench.watch.errors;
    worse.plan.checks = {get("http://h/")};
    worse.fail_in("http://h/", {3, 10, 20, 30}, 100);
    tried = worse.watched();
    CHECK(tried[0].end == Tried::End::failed);
    CHECK(tried[0].attempts == 31);
}

TEST_CASE("what is not well at first is not watched") {
    WatchBench bench;
    bench.plan.checks = {get("http://h/")};
    bench.http.answers["http://h/"] = {status(404)};
    CHECK(bench.watched()[0].end == Tried::End::failed);
    CHECK(bench.http.asked["http://h/"] == 1);
}

TEST_CASE("a watch that leaves no round is refused") {
    CHECK(check_watch({.length = Milliseconds{0}, .every = Milliseconds{60'000}, .errors = {}}).ok());
    CHECK_FALSE(check_watch({.length = Milliseconds{1000}, .every = Milliseconds{60'000}, .errors = {}}).ok());
    CHECK_FALSE(check_watch({.length = Milliseconds{1000}, .every = Milliseconds{0}, .errors = {}}).ok());
}

TEST_CASE("how many may fail is a count or a share") {
    CHECK(parse_allowed("3")->of(1000) == 3);
    CHECK(parse_allowed("0.5%")->of(1000) == 5);
    CHECK(parse_allowed("0.5 %")->of(199) == 0);
    CHECK(parse_allowed("100%")->of(7) == 7);
    for (const auto* text : {"", "-1", "101%", "x", "1.5", "%", "1e2%"}) {
        INFO(text);
        CHECK_FALSE(parse_allowed(text).ok());
    }
    CHECK(text_of(parse_allowed("0.5%").value()) == "0.5 %");
}
