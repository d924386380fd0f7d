#include "smoke/samples.h"
#include "sys/cancel.h"
#include "unit/smoke/bench.h"

using namespace fairlead;
using namespace fairlead::smoke;
using namespace fairlead::test;

namespace {

sys::HttpResponse after(int ms, int code = 200) {
    auto response = status(code);
    response.connect = Milliseconds{1};
    response.first_byte = Milliseconds{ms - 1};
    response.total = Milliseconds{ms};
    return response;
}

struct Measured : Bench {
    Check check = get("http://a/");
    sys::Cancel cancel;
    Measured(std::int64_t count, Budget budget, bool cold = false) {
        check.samples = {count, cold, budget};
        http.answers["http://a/"] = {after(5000)}; // makes the connection
    }
    // Answers of 1, 2, 3 ... ms, and then for ever the last.
    void rise(int to) {
        for (int ms = 1; ms <= to; ++ms) http.answers["http://a/"].push_back(after(ms));
    }
    Tried go() { return measure(plan, check, http, clock, clock.steady() + plan.deadline, cancel); }
};

std::string fact(const Tried& tried, std::string_view name) {
    for (const auto& [key, value] : tried.facts)
        if (key == name) return value;
    return "none";
}

Budget at_most(Milliseconds p95) { return {.p95 = p95}; }

}

TEST_CASE("a percentile is the value of the nearest rank") {
    std::vector<Milliseconds> values;
    for (int ms = 1; ms <= 20; ++ms) values.emplace_back(ms);
    CHECK(percentile(values, 50) == Milliseconds{10});
    CHECK(percentile(values, 90) == Milliseconds{18});
    CHECK(percentile(values, 95) == Milliseconds{19});
    CHECK(percentile(values, 99) == Milliseconds{20});
    values.emplace_back(21);
    CHECK(percentile(values, 50) == Milliseconds{11}); // rank 10.5
    CHECK(percentile(values, 95) == Milliseconds{20}); // rank 19.95
    CHECK(percentile({Milliseconds{7}}, 50) == Milliseconds{7});
    CHECK(percentile({Milliseconds{7}}, 1) == Milliseconds{7});
}

TEST_CASE("the first request makes the connection, and its time doesn't count") {
    Measured bench(20, at_most(Milliseconds{19}));
    bench.rise(20);
    const auto tried = bench.go();
    CHECK(tried.end == Tried::End::passed);
    CHECK(bench.http.asked["http://a/"] == 21);
    CHECK(bench.http.fresh == std::vector<bool>(21, false));
    CHECK(fact(tried, "samples") == "20");
    CHECK(fact(tried, "p50") == "10ms");
    CHECK(fact(tried, "p90") == "18ms");
    CHECK(fact(tried, "p95") == "19ms");
    CHECK(fact(tried, "p99") == "none"); // of 20 samples it would be the slowest
    CHECK(fact(tried, "max") == "20ms");
    CHECK(fact(tried, "medians") == "connect 1ms, first byte 8ms, total 10ms");
    CHECK(tried.time == Milliseconds{10});
    CHECK_FALSE(tried.flaky);
}

TEST_CASE("with cold each sample makes its own connection, and all count") {
    Measured bench(20, at_most(Milliseconds{19}), true);
    bench.rise(20);
    const auto tried = bench.go();
    CHECK(bench.http.asked["http://a/"] == 20);
    CHECK(bench.http.fresh == std::vector<bool>(20, true));
    CHECK(fact(tried, "max") == "5s");
    CHECK(tried.end == Tried::End::passed); // rank 19 of 1 to 19 and 5000 ms is 19 ms
}

TEST_CASE("each percentile over its budget is a fault") {
    Measured bench(100, {.p50 = Milliseconds{49},
                         .p90 = Milliseconds{90},
                         .p95 = Milliseconds{94},
                         .p99 = Milliseconds{98},
                         .max = Milliseconds{99}});
    bench.rise(100);
    const auto tried = bench.go();
    CHECK(tried.end == Tried::End::failed);
    CHECK(tried.wrong.rule == "smoke/budget");
    CHECK(tried.wrong.message == "p50 is 50ms, at most 49ms allowed, of 100 samples");
    REQUIRE(tried.more.size() == 3);
    CHECK(tried.more[0].message == "p95 is 95ms, at most 94ms allowed, of 100 samples");
    CHECK(tried.more[1].message == "p99 is 99ms, at most 98ms allowed, of 100 samples");
    CHECK(tried.more[2].message == "the slowest answer is 100ms, at most 99ms allowed, of 100 samples");
}

TEST_CASE("an error isn't tried again, and more than the budget allows end the measurement") {
    Measured bench(20, at_most(Milliseconds{50}));
    bench.http.answers["http://a/"] = {after(1), after(1), after(1, 503), after(1)};
    auto tried = bench.go();
    CHECK(tried.end == Tried::End::failed);
    CHECK(tried.wrong.message.find("1 of 2 answers was not as expected, at most 0 allowed; the first: status 503") ==
          0);
    CHECK(bench.http.asked["http://a/"] == 3);
    CHECK(tried.shown.command.find("curl") == 0);

    Measured lenient(20, {.p95 = Milliseconds{50}, .errors = {0, 50'000, true}}); // 5 %: 1 of 20
    lenient.http.answers["http://a/"] = {after(1), after(1), after(900, 503), after(2)};
    tried = lenient.go();
    CHECK(tried.end == Tried::End::passed); // the time of an error doesn't count
    CHECK(fact(tried, "errors") == "1");
    CHECK(fact(tried, "max") == "2ms");
    CHECK(lenient.http.asked["http://a/"] == 21);

    Measured broken(4, {.max = Milliseconds{50}, .errors = {4, 0, false}});
    broken.http.answers["http://a/"] = {after(1, 500)};
    tried = broken.go();
    CHECK(fact(tried, "errors") == "4");
    CHECK(tried.end == Tried::End::failed); // nothing shows that it answers in time
    CHECK(tried.wrong.message.find("none of 4 answers was as expected; the first: status 500") == 0);

    Measured half(20, {.p95 = Milliseconds{50}, .errors = {19, 0, false}});
    half.http.answers["http://a/"] = {after(1), after(1), after(1), after(1, 503)};
    CHECK(half.go().wrong.message == "2 of 20 answers were as expected, and p95 needs 20");
}

TEST_CASE("the deadline ends the samples") {
    Measured bench(30, at_most(Milliseconds{50}));
    bench.rise(5);
    bench.plan.deadline = Milliseconds{200};
    bench.http.takes = Milliseconds{40};
    const auto tried = bench.go();
    CHECK(tried.end == Tried::End::failed);
    CHECK(tried.wrong.message ==
          "deadline of 200ms reached after 3 of 30 samples; write a longer deadline or fewer samples");
    CHECK(fact(tried, "p50") == "2ms");
}

TEST_CASE("a measurement that is given up or skipped is no result") {
    Measured bench(20, at_most(Milliseconds{50}));
    bench.cancel.ask();
    CHECK(bench.go().end == Tried::End::cancelled);
    bench.check.skip = "not today";
    CHECK(bench.go().end == Tried::End::skipped);
    CHECK(bench.http.asked.empty());
}
