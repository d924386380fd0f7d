#include "unit/gate/reading.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

std::string k6(const std::string& metrics) { return R"({"root_group": {}, "metrics": {)" + metrics + "}}"; }
Evidence summary(const std::string& metrics) {
    auto evidence = read(k6(metrics));
    INFO(metrics << evidence.reason);
    REQUIRE(evidence.problem == Problem::none);
    return evidence;
}
const std::string hundred = R"("http_reqs": {"count": 100, "rate": 9.5})";

}

TEST_CASE("both shapes of k6's summary tell requests, failures and their time") {
    CHECK(summary(hundred + R"(, "http_req_duration": {"avg": 12.345, "med": 20},
        "http_req_failed": {"passes": 3, "fails": 97, "value": 0.03})")
              .performance == Performance{100, 3, 1235});
    CHECK(summary(R"("http_reqs": {"type": "counter", "values": {"count": 100}},
        "http_req_duration": {"values": {"avg": 12.345}}, "http_req_failed": {"values": {"rate": 0.03, "passes": 3,
        "fails": 97}})")
              .performance == Performance{100, 3, 1235});
}

TEST_CASE("without requests the iterations of k6 count; checks that failed are no requests") {
    CHECK(
        summary(R"("iterations": {"count": 5}, "iteration_duration": {"avg": 10}, "checks": {"passes": 9, "fails": 1})")
            .performance == Performance{.samples = 5, .elapsed_ms = 50, .failed_checks = 1});
    const auto both = summary(hundred + R"(, "http_req_failed": {"passes": 3}, "checks": {"passes": 1, "fails": 200})");
    CHECK(both.performance == Performance{.samples = 100, .errors = 3, .failed_checks = 200});
    CHECK(both.performance_failed.size() == 2);
    CHECK(summary(R"("iterations": {"count": 0})").performance == Performance{});
}

TEST_CASE("false is a threshold of k6's export that held, and ok: true one of handleSummary") {
    const auto limited = [](const std::string& thresholds) {
        return summary(hundred + R"(, "http_req_duration{a:b/c}": {"avg": 1, "thresholds": {)" + thresholds + "}}");
    };
    CHECK(limited(R"("p(95)<500": false)").performance->crossed == 0);
    CHECK(limited(R"("p(95)<500": {"ok": true})").performance->crossed == 0);
    CHECK(limited(R"("p(95)<500": true, "avg<5": false)").performance->crossed == 1);
    const auto crossed = limited(R"("p(95)<500": {"ok": false})");
    CHECK(crossed.performance->crossed == 1);
    REQUIRE(crossed.performance_failed.size() == 1);
    CHECK(crossed.performance_failed[0] == "threshold 'p(95)<500' of 'http_req_duration{a:b/c}' is crossed");
}

TEST_CASE("failures for which the test has a limit are judged by it") {
    const auto limited = summary(hundred + R"(, "http_req_failed": {"passes": 3, "thresholds": {"rate<0.1": false}})");
    CHECK(limited.performance->errors == 3);
    CHECK(limited.performance->tolerated == 3);
    CHECK(limited.performance_failed.empty());
    const auto other = summary(hundred + R"(, "http_req_failed": {"passes": 3},
        "http_req_failed{a:b}": {"passes": 1, "thresholds": {"rate<0.1": false}})");
    CHECK(other.performance->tolerated == 0);
    REQUIRE(other.performance_failed.size() == 1);
    CHECK(other.performance_failed[0] == "3 requests failed, and the test sets no limit (threshold) for them");
    const auto checks = summary(hundred + R"(, "checks": {"fails": 2, "thresholds": {"rate>0.9": false}})");
    CHECK(checks.performance->failed_checks == 0);
    CHECK(checks.performance_failed.empty());
}

TEST_CASE("thresholds of any other shape are not guessed") {
    for (const auto* thresholds : {"[]", R"({"a<1": "ok"})", R"({"a<1": {"ok": 1}})", R"({"a<1": {}})", "true"}) {
        const auto evidence = read(k6(hundred + R"(, "x": {"thresholds": )" + thresholds + "}"));
        INFO(thresholds);
        CHECK(evidence.problem == Problem::unknown_format);
        CHECK(evidence.format.empty());
        CHECK_FALSE(evidence.performance);
        CHECK(evidence.reason.starts_with("is a k6 summary in a form that gate can't read: the threshold"));
    }
}

TEST_CASE("counts of k6 that are none are refused") {
    for (const auto* count : {"-1", "1.5", "\"9\"", "null", "1e16", "true"}) {
        const auto evidence = read(k6(std::string(R"("http_reqs": {"count": )") + count + "}"));
        INFO(count);
        CHECK(evidence.problem == Problem::malformed);
        CHECK(evidence.place.line == 1);
        CHECK(evidence.reason.find("expected a count") != std::string::npos);
    }
    CHECK(read(k6(R"("http_reqs": {})")).problem == Problem::malformed);
    CHECK(read(k6(hundred + R"(, "http_req_duration": {"avg": -1})")).problem == Problem::malformed);
    CHECK(read(k6(hundred + R"(, "http_req_duration": {"avg": 1e300})")).problem == Problem::malformed);
    CHECK(read(k6(R"("http_reqs": {"count": 1e15}, "http_req_duration": {"avg": 1e12})")).problem ==
          Problem::malformed);
    CHECK(read(k6(hundred + R"(, "x": 3)")).problem == Problem::malformed);
    CHECK(read(R"({"metrics": {"http_reqs": {"count": 1})").problem == Problem::malformed);
}

TEST_CASE("every number of a k6 summary has a name, and those of times are known") {
    const auto of = [](const Evidence& evidence, std::string_view name) -> const Measure* {
        for (const auto& one : evidence.measures)
            if (one.name == name) return &one;
        return nullptr;
    };
    const auto exported = summary(hundred + R"j(, "http_req_duration{a:b/c}": {"avg": 1.5, "p(95)": 20},
        "http_req_failed": {"passes": 0, "value": 0.03}, "my_trend": {"avg": 7}, "http_req_waiting": {"avg": 2})j");
    REQUIRE(of(exported, "http_reqs.rate"));
    CHECK(of(exported, "http_reqs.rate")->value == 9.5);
    CHECK(of(exported, "http_reqs.rate")->unit != Measure::Unit::time);
    REQUIRE(of(exported, "http_req_duration{a:b/c}.p(95)"));
    CHECK(of(exported, "http_req_duration{a:b/c}.p(95)")->value == 20);
    CHECK(of(exported, "http_req_duration{a:b/c}.p(95)")->unit == Measure::Unit::time);
    CHECK(of(exported, "http_req_waiting.avg")->unit == Measure::Unit::time);
    CHECK(of(exported, "my_trend.avg")->unit != Measure::Unit::time);
    CHECK_FALSE(of(exported, "my_trend.med"));
    const auto data = summary(R"("http_reqs": {"type": "counter", "contains": "default", "values": {"count": 100}},
        "my_trend": {"type": "trend", "contains": "time", "values": {"avg": 7, "count": 3}})");
    REQUIRE(of(data, "my_trend.avg"));
    CHECK(of(data, "my_trend.avg")->unit == Measure::Unit::time);
    CHECK(of(data, "my_trend.count")->unit != Measure::Unit::time);
}
