#include "smoke/compare/compare.h"
#include "unit/smoke/bench.h"
#include <fmt/format.h>
#include <functional>

using namespace fairlead;
using namespace fairlead::smoke;
using namespace fairlead::test;

namespace {

// Two releases, each with its answers and its time.
struct Releases : sys::Http {
    struct Release {
        std::function<sys::HttpResponse(int)> answer = [](int) { return status(200, R"({"total":1})"); }; // by number
        std::function<Milliseconds(int)> takes = [](int) { return Milliseconds{10}; };
    };
    TestClock clock;
    std::mutex mutex;
    std::map<std::string, Release> releases{{"http://old/a", {}}, {"http://new/a", {}}};
    std::map<std::string, int> asked;
    std::vector<std::string> order;
    Release& old = releases["http://old/a"];
    Release& fresh = releases["http://new/a"];
    Plan plan;
    sys::Cancel cancel;

    Releases() {
        auto rules = std::make_shared<compare::Rules>();
        rules->headers = {"content-type", "location"};
        plan.compare = Comparison{.rules = std::move(rules)};
        plan.compare->pairs = 10;
        plan.deadline = Milliseconds{60'000};
        add("a");
    }
    void add(const std::string& name) {
        plan.compare->checks.push_back(
            {{.name = name, .url = "http://old/" + name}, {.name = name, .url = "http://new/" + name}});
    }
    Result<sys::HttpResponse> send(const sys::HttpRequest& request) override {
        int number = 0;
        {
            const std::scoped_lock lock(mutex);
            number = ++asked[request.url];
            order.push_back(request.url);
        }
        const auto& release = releases.at(request.url);
        clock.sleep(release.takes(number));
        return release.answer(number);
    }
    std::vector<Tried> go() { return carry_out_compare(plan, *this, clock, clock.steady() + plan.deadline, cancel); }
};

sys::HttpResponse with_header(std::string name, std::string value) {
    auto response = status(302);
    response.headers.emplace_back(std::move(name), std::move(value));
    return response;
}

}

TEST_CASE("releases with the same answers and times pass both comparisons") {
    Releases bench;
    const auto tried = bench.go();
    REQUIRE(tried.size() == 2);
    CHECK(tried[0].check.name == "compare a");
    CHECK(tried[0].end == Tried::End::passed);
    CHECK_FALSE(tried[0].flaky);
    CHECK(tried[1].check.name == "speed a");
    CHECK(tried[1].end == Tried::End::passed);
    CHECK(bench.asked["http://old/a"] == 12); // the comparison, a pair that makes the connections, and 10 pairs
    CHECK(bench.asked["http://new/a"] == 12);
}

TEST_CASE("pairs are sent in turn, and every second one in the other order") {
    Releases bench;
    bench.plan.compare->pairs = 7;
    bench.go();
    REQUIRE(bench.order.size() == 18);
    const std::vector<std::string> timed(bench.order.begin() + 2, bench.order.end());
    for (std::size_t pair = 0; pair < 8; ++pair) {
        const bool old_first = pair == 0 || pair % 2 == 1; // the first one is dropped
        INFO(pair);
        CHECK(timed[2 * pair] == (old_first ? "http://old/a" : "http://new/a"));
        CHECK(timed[2 * pair + 1] == (old_first ? "http://new/a" : "http://old/a"));
    }
}

TEST_CASE("a difference fails, and the old release is asked again to find what is unstable") {
    Releases bench;
    bench.fresh.answer = [](int number) { return status(200, fmt::format(R"({{"total":2,"t":{}}})", number)); };
    bench.old.answer = [](int number) { return status(200, fmt::format(R"({{"total":1,"t":{}}})", 100 + number)); };
    const auto tried = bench.go();
    CHECK(tried[0].end == Tried::End::failed);
    CHECK(tried[0].wrong.rule == "smoke/compare");
    CHECK(tried[0].wrong.message == "1 difference from http://old/a: JSON /total is 2, was 1");
    CHECK(tried[0].facts.front() == std::pair<std::string, std::string>("not compared", "JSON /t"));
    CHECK(tried[1].end == Tried::End::passed); // as fast as before
}

TEST_CASE("an answer that changes each second is asked for again in the next second") {
    Releases bench;
    const auto now = [&](int) {
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(bench.clock.steady().time_since_epoch());
        return status(200, fmt::format(R"({{"now":{},"total":1}})", seconds.count()));
    };
    bench.old.answer = now;
    bench.fresh.answer = [&](int number) {
        auto response = now(number);
        response.body.insert(1, R"("zone":1,)");
        return response;
    };
    bench.fresh.takes = [](int) { return Milliseconds{1500}; };
    bench.plan.compare->pairs = 0;
    const auto tried = bench.go();
    REQUIRE(tried.size() == 1);
    CHECK(tried[0].wrong.message == "1 difference from http://old/a: JSON /zone is new: 1");
    CHECK(bench.asked["http://old/a"] == 3);
}

TEST_CASE("a release that is starting is waited for") {
    Releases bench;
    bench.old.answer = [](int number) {
        return number == 1 ? failed(sys::HttpFailure::refused) : number == 2 ? status(503) : status(200, "[]");
    };
    bench.fresh.answer = [](int) { return status(200, "[]"); };
    bench.plan.compare->pairs = 0;
    auto tried = bench.go();
    CHECK(tried[0].end == Tried::End::passed);
    CHECK(tried[0].flaky);
    CHECK(tried[0].attempts == 3);
    refuse_flaky(tried);
    CHECK(tried[0].wrong.message.find("passed only at attempt 3; before: status 503") == 0);
}

TEST_CASE("without an answer of the old release nothing is compared, and that is a failure") {
    Releases bench;
    bench.old.answer = [](int) { return failed(sys::HttpFailure::refused); };
    auto tried = bench.go();
    CHECK(tried[0].end == Tried::End::failed);
    CHECK(tried[0].wrong.message == "the old release (http://old/a): connection refused");
    CHECK(tried[0].attempts == bench.plan.retry.attempts);
    CHECK(tried[1].end == Tried::End::skipped);
    CHECK(tried[1].check.skip == "not measured: the old release gives no answer");
    bench.plan.deadline = Milliseconds{300};
    bench.plan.retry.attempts = 0;
    tried = bench.go();
    CHECK(tried[0].wrong.message.find("deadline of 300ms reached after") != std::string::npos);
}

TEST_CASE("another status is a difference, and its times are not compared") {
    Releases bench;
    bench.fresh.answer = [](int) { return status(404, "<h1>Not here</h1>"); };
    const auto tried = bench.go();
    CHECK(tried[0].wrong.message == "1 difference from http://old/a: status is 404, was 200");
    CHECK(tried[1].check.skip == "not measured: the statuses differ");
    CHECK(bench.asked["http://old/a"] == 1);
}

TEST_CASE("headers are compared without the own host, and only the chosen ones") {
    Releases bench;
    bench.plan.compare->pairs = 0;
    bench.old.answer = [](int) { return with_header("Location", "http://old/login"); };
    bench.fresh.answer = [](int) { return with_header("location", "http://new/login"); };
    CHECK(bench.go()[0].end == Tried::End::passed);
    bench.fresh.answer = [](int) { return with_header("location", "http://other/login"); };
    CHECK(bench.go()[0].wrong.message == "1 difference from http://old/a: header location is 'http://other/login', was "
                                         "'http://old/login'");
    bench.fresh.answer = [](int) { return with_header("X-Other", "1"); };
    CHECK(bench.go()[0].wrong.message ==
          "1 difference from http://old/a: header location is missing, was 'http://old/login'");
    bench.old.answer = [](int number) { return with_header("Location", "/" + std::to_string(number)); };
    CHECK(bench.go()[0].end == Tried::End::passed); // it differs each time
}

TEST_CASE("JSON and HTML differ, whatever they say") {
    Releases bench;
    bench.plan.compare->pairs = 0;
    bench.fresh.answer = [](int) { return status(200, "<!doctype html>"); };
    CHECK(bench.go()[0].wrong.message == "1 difference from http://old/a: the body is not JSON, was JSON");
    std::swap(bench.old, bench.fresh);
    CHECK(bench.go()[0].wrong.message == "1 difference from http://old/a: the body is JSON, was not");
    std::string large = "[";
    for (int i = 0; i < 120'000; ++i) large += "0,";
    bench.old.answer = [&](int) { return status(200, large + "0]"); };
    bench.fresh.answer = [&](int) { return status(200, large + "1]"); };
    CHECK(bench.go()[0].wrong.message.find("1 difference from http://old/a: line 1 of the body is '[0,0,") == 0);
}

TEST_CASE("a release that takes three times as long is slower") {
    Releases bench;
    bench.fresh.takes = [](int number) { return Milliseconds{30 + number % 3}; };
    const auto tried = bench.go();
    CHECK(tried[0].end == Tried::End::passed);
    CHECK(tried[1].end == Tried::End::failed);
    CHECK(tried[1].wrong.rule == "smoke/slower");
    CHECK(tried[1].wrong.message ==
          "takes 3.10 times as long as http://old/a: median 31ms, was 10ms; at most 1.25 times is allowed (Wilcoxon's "
          "signed-rank test of 10 pairs: p = 0.00098, level of error 1%)");
    CHECK(tried[1].time == Milliseconds{31});
}

TEST_CASE("the level holds for all checks together") {
    Releases bench;
    bench.plan.compare->pairs = 7;
    bench.fresh.takes = [](int) { return Milliseconds{30}; }; // p = 1/128
    CHECK(bench.go()[1].end == Tried::End::failed);
    bench.releases["http://old/b"] = bench.releases["http://new/b"] = {};
    bench.add("b");
    const auto tried = bench.go();
    REQUIRE(tried.size() == 4);
    CHECK(tried[1].end == Tried::End::passed);
    CHECK(tried[3].check.name == "speed b");
}

TEST_CASE("a time with another answer doesn't count, and its pair is sent again") {
    Releases bench;
    bench.fresh.answer = [](int number) { return number == 5 ? status(503) : status(200, R"({"total":1})"); };
    CHECK(bench.go()[1].end == Tried::End::passed);
    CHECK(bench.asked["http://new/a"] == 13);
    bench.asked.clear();
    bench.fresh.answer = [](int number) { return number >= 5 ? status(503) : status(200, R"({"total":1})"); };
    const auto tried = bench.go();
    CHECK(tried[1].end == Tried::End::failed);
    CHECK(tried[1].wrong.message ==
          "after 2 of 10 pairs of requests: the new release (http://new/a): status 503, before 200");
}

TEST_CASE("the deadline ends the pairs, and says how far they came") {
    Releases bench;
    bench.plan.deadline = Milliseconds{150};
    const auto tried = bench.go();
    CHECK(tried[0].end == Tried::End::passed);
    CHECK(tried[1].end == Tried::End::failed);
    CHECK(tried[1].wrong.message.find("deadline of 150ms reached after ") == 0);
    CHECK(tried[1].wrong.message.find(" of 10 pairs of requests; write a longer deadline or fewer pairs") !=
          std::string::npos);
}

TEST_CASE("what is cancelled or skipped is not compared") {
    Releases bench;
    bench.releases["http://old/b"] = bench.releases["http://new/b"] = {};
    bench.add("b");
    bench.plan.compare->checks[0].fresh.skip = "not today";
    auto tried = bench.go();
    REQUIRE(tried.size() == 4);
    CHECK(tried[0].end == Tried::End::skipped);
    CHECK(tried[1].end == Tried::End::skipped);
    CHECK(tried[2].end == Tried::End::passed);
    CHECK(bench.asked["http://old/a"] == 0);
    bench.plan.compare->checks[0].fresh.skip.clear();
    bench.plan.fail_fast = true;
    bench.fresh.answer = [](int) { return status(404); };
    tried = bench.go();
    CHECK(tried[0].end == Tried::End::failed);
    CHECK(tried[2].end == Tried::End::cancelled);
    CHECK(tried[3].end == Tried::End::cancelled);
    const auto none = not_compared(bench.plan);
    REQUIRE(none.size() == 4);
    CHECK(none[3].check.name == "speed b");
    CHECK(none[3].end == Tried::End::cancelled);
    bench.plan.compare.reset();
    CHECK(bench.go().empty());
}
