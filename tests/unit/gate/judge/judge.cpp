#include "gate/judge/judge.h"
#include "gate/report.h"
#include "support/catch.h"
#include "sys/data/json.h"
#include <algorithm>

using namespace fairlead;
using namespace fairlead::gate;

namespace {

Item tests_item(Tests tests) {
    Item item{"", "junit.xml", false, {}};
    item.evidence.format = "junit";
    item.evidence.tests = tests;
    return item;
}

Item coverage_item(std::uint64_t covered, std::uint64_t total) {
    Item item{"", "lcov.info", false, {}};
    item.evidence.format = "lcov";
    auto& file = item.evidence.coverage.emplace().file("a.c");
    for (std::uint32_t line = 1; line <= total; ++line) file.line(line, line <= covered);
    return item;
}

Item findings_item(FindingCounts counts) {
    Item item{"", "lint.sarif", false, {}};
    item.evidence.format = "sarif";
    item.evidence.findings = counts;
    return item;
}

Item problem_item(Problem problem, bool optional = false) {
    Item item{"unit", "junit.xml", optional, {}};
    item.evidence.problem = problem;
    item.evidence.reason = "is no evidence";
    return item;
}

// The rules that did not hold, and the JSON members.
struct Outcome {
    std::vector<std::string> failed;
    Judgement judgement;
    sys::Json members;
};

template <typename... Items>
Outcome decide(const Policy& policy, Items... given) {
    std::vector<Item> items;
    (items.push_back(std::move(given)), ...);
    const auto totals = sum(items);
    Outcome out{{}, judge(policy, items, totals), sys::Json::object()};
    for (const auto& rule : out.judgement.rules)
        if (!rule.passed) out.failed.push_back(rule.rule);
    const auto report = to_report(items, totals, out.judgement);
    CHECK((report.verdict == report::Verdict::pass) == out.failed.empty());
    for (const auto& [name, value] : report.members) out.members[name] = *value;
    return out;
}

using Rules = std::vector<std::string>;

}

TEST_CASE("a load test passes if something was measured, nothing failed and no limit of its own was crossed") {
    const auto judged = [](Performance seen, std::vector<std::string> told = {}) {
        Item item{"", "load.jtl", false, {}};
        item.evidence.format = "jmeter";
        item.evidence.performance = seen;
        item.evidence.performance_failed = std::move(told);
        item.evidence.more_performance_failed = item.evidence.performance_failed.size();
        return decide(Policy(), std::move(item));
    };
    const std::vector<std::string> failed = {"gate/performance"};
    CHECK(judged({.samples = 3, .elapsed_ms = 9}).failed.empty());
    CHECK(judged({.samples = 3, .elapsed_ms = 9}).members["performance"] ==
          sys::Json({{"samples", 3}, {"errors", 0}, {"elapsed_ms", 9}}));
    CHECK(judged({}).failed == failed);
    CHECK(judged({.samples = 3, .errors = 1}).failed == failed);
    CHECK(judged({.samples = 3, .errors = 1, .tolerated = 1}).failed.empty());
    CHECK(judged({.samples = 3, .errors = 2, .tolerated = 1}).failed == failed);
    CHECK(judged({.samples = 3, .crossed = 1}).failed == failed);
    const auto told = judged({.samples = 3, .errors = 2}, {"sample 'x' failed"}).judgement.violations;
    REQUIRE(told.size() == 3);
    CHECK(told[0].message == "2 of 3 samples failed");
    CHECK(told[1].message == "sample 'x' failed");
    CHECK(told[1].file == "load.jtl");
    CHECK(told[2].message == "and 1 more");
}

TEST_CASE("a rule on findings that no report answers is not kept") {
    CHECK(decide({.wants_findings = true}, tests_item({.passed = 3})).failed == Rules{"gate/findings"});
    CHECK(decide({}, tests_item({.passed = 3})).failed.empty());
}

TEST_CASE("without a policy tests must have run and none may have failed") {
    CHECK(decide({}, tests_item({.passed = 3, .skipped = 1})).failed.empty());
    CHECK(decide({}, tests_item({})).failed == Rules{"gate/tests-none"});
    CHECK(decide({}, tests_item({.skipped = 9})).failed == Rules{"gate/tests-none"});
    CHECK(decide({}, tests_item({.passed = 3, .failed = 1})).failed == Rules{"gate/tests-failed"});
    CHECK(decide({}, tests_item({.passed = 3, .errors = 1})).failed == Rules{"gate/tests-failed"});
}

TEST_CASE("without a policy a line must be measured and no finding may be an error") {
    CHECK(decide({}, coverage_item(0, 2)).failed.empty());
    CHECK(decide({}, coverage_item(0, 0)).failed == Rules{"gate/coverage-total"});
    CHECK(decide({}, findings_item({.warning = 5, .note = 5})).failed.empty());
    CHECK(decide({}, findings_item({.error = 1})).failed == Rules{"gate/findings"});
}

TEST_CASE("evidence that is missing or can't be read never passes, unless it is optional and missing") {
    CHECK(decide({}, problem_item(Problem::missing)).failed == Rules{"gate/report-missing"});
    CHECK(decide({}, problem_item(Problem::malformed)).failed == Rules{"gate/report-unreadable"});
    CHECK(decide({}, problem_item(Problem::empty, true)).failed == Rules{"gate/report-unreadable"});
    CHECK(decide({}, problem_item(Problem::stale)).failed == Rules{"gate/report-stale"});
    CHECK(decide({}, problem_item(Problem::stale, true), tests_item({.passed = 1})).failed ==
          Rules{"gate/report-stale"});
    CHECK(decide({}, problem_item(Problem::missing, true)).failed == Rules{"gate/report-missing"}); // nothing is there
    CHECK(decide({}, problem_item(Problem::missing, true), problem_item(Problem::missing, true)).failed ==
          Rules{"gate/report-missing"});
    const auto outcome = decide({}, problem_item(Problem::missing, true), tests_item({.passed = 1}));
    CHECK(outcome.failed.empty());
    REQUIRE(outcome.judgement.violations.size() == 1);
    CHECK(outcome.judgement.violations[0].severity == report::Severity::info);
}

TEST_CASE("thresholds are compared exactly") {
    Policy policy;
    policy.min_lines = 799'960; // 79.996 %
    CHECK(decide(policy, coverage_item(79'996, 100'000)).failed.empty());
    CHECK(decide(policy, coverage_item(79'995, 100'000)).failed == Rules{"gate/coverage-total"});
    policy.min_tests = 5;
    CHECK(decide(policy, coverage_item(1, 1), tests_item({.passed = 4, .skipped = 10})).failed ==
          Rules{"gate/tests-none"});
    policy.max_failed = 2;
    CHECK(decide(policy, coverage_item(1, 1), tests_item({.passed = 4, .failed = 1, .errors = 1})).failed.empty());
}

TEST_CASE("skipped tests are limited by number or by share") {
    Policy policy;
    policy.max_skipped = parse_limit("5%").value();
    CHECK(decide(policy, tests_item({.passed = 95, .skipped = 5})).failed.empty());
    CHECK(decide(policy, tests_item({.passed = 94, .skipped = 5})).failed == Rules{"gate/tests-skipped"});
    policy.max_skipped = parse_limit("0").value();
    CHECK(decide(policy, tests_item({.passed = 94, .skipped = 1})).failed == Rules{"gate/tests-skipped"});
}

TEST_CASE("a rule that is written needs its evidence") {
    Policy policy;
    policy.wants_tests = true;
    policy.min_lines = 800'000;
    CHECK(decide(policy, findings_item({})).failed == Rules{"gate/tests-none", "gate/coverage-total"});
}

TEST_CASE("the first failure never hides the rest") {
    Policy policy;
    policy.min_lines = 1'000'000;
    policy.max_warnings = 0;
    auto findings = findings_item({.warning = 1});
    findings.evidence.tool_failed = {"it crashed"};
    auto tests = tests_item({.failed = 1});
    tests.evidence.declared = {"suite 'x' declares 1 failure and 0 errors, but lists none"};
    CHECK(decide(policy, coverage_item(1, 2), std::move(tests), std::move(findings), problem_item(Problem::missing))
              .failed == Rules{"gate/report-missing", "gate/tests-failed", "gate/tests-declared", "gate/coverage-total",
                               "gate/findings", "gate/tool-failed"});
}

TEST_CASE("failed tests are named with their place, and the rest is counted") {
    auto item = tests_item({.failed = 7});
    item.evidence.failed_tests.push_back({"Shop", "buys", false, "1 != 2", "", "tests/shop.py", 12});
    const auto violations = decide({}, std::move(item)).judgement.violations;
    REQUIRE(violations.size() == 3);
    CHECK(violations[0].message == "7 of 7 tests failed (7 failures, 0 errors), at most 0 may");
    CHECK(violations[1].message == "test 'Shop.buys' failed: 1 != 2");
    CHECK(violations[1].file == "tests/shop.py");
    CHECK(violations[1].line == 12);
    CHECK(violations[2].message == "and 6 more failed tests");
}

TEST_CASE("sections are summed, coverage is merged, the format of several is mixed") {
    const auto one = decide({}, tests_item({.passed = 2, .flaky = 1})).members;
    CHECK(one == sys::Json::parse(R"({"format": "junit", "tests": {"total": 2, "passed": 2, "failed": 0, "errors": 0,
                                      "skipped": 0, "flaky": 1}})"));
    const auto both = decide({}, coverage_item(1, 2), coverage_item(2, 2), tests_item({.passed = 1})).members;
    CHECK(both["format"] == "mixed");
    CHECK(both["coverage"] == sys::Json::parse(R"({"lines": {"covered": 2, "total": 2}})"));
    CHECK(both["reports"].size() == 3);
    CHECK(both["reports"][0] == sys::Json::parse(R"({"path": "lcov.info", "format": "lcov",
                                                     "coverage": {"lines": {"covered": 1, "total": 2}}})"));
    CHECK(decide({}, problem_item(Problem::malformed)).members == sys::Json::parse(R"({"problem": "malformed"})"));
}

TEST_CASE("what a report quotes of a URL's password or token is not shown") {
    auto item = findings_item({.error = 1});
    item.evidence.foreign.push_back({.level = Level::error,
                                     .tool = "lint",
                                     .message = "fetched https://bob:Xk29dlqpw8sZ@db.example/x?token=Qm3x9sLw82hdk1"});
    const auto judgement = decide({}, std::move(item)).judgement;
    REQUIRE(judgement.violations.size() == 2);
    const auto& message = judgement.violations[1].message;
    CHECK(message.find("Xk29") == std::string::npos);
    CHECK(message.find("Qm3x") == std::string::npos);
    CHECK(message.find("db.example/x") != std::string::npos);
}
