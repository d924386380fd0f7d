#include "gate/judge/baseline.h"
#include "gate/judge/judge.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

Totals totals(std::uint64_t tests, Count lines) {
    Totals out;
    out.tests = Tests{.passed = tests};
    out.lines = lines;
    return out;
}

// The failed rules of a comparison with 10 tests, and 800 of 1,000 lines.
std::vector<std::string> failed(const Policy& policy, const Totals& now) {
    const Past past{"main", "gate.json", Baseline{10, Count{800, 1000}}, {}};
    Item item{"", "junit.xml", false, {}};
    item.evidence.tests = now.tests;
    std::vector<std::string> out;
    for (const auto& rule : judge(policy, {&item, 1}, now, &past).rules)
        if (!rule.passed) out.push_back(rule.rule);
    return out;
}

}

TEST_CASE("what is written is read again") {
    const auto text = baseline_text(totals(7, {3, 4}));
    const auto read = parse_baseline(text, "gate.json").value();
    CHECK(read.executed == 7u);
    CHECK(read.lines == Count{3, 4});
    const auto less = parse_baseline(baseline_text({}), "gate.json").value();
    CHECK_FALSE(less.executed.has_value());
    CHECK_FALSE(less.lines.has_value());
    CHECK_FALSE(less.findings.has_value());
    Totals found;
    found.finding_ids = KnownFindings::Ids{{"b e", "2026-12-01"}, {"a 1", ""}};
    const auto with = parse_baseline(baseline_text(found), "gate.json").value();
    CHECK(with.findings == KnownFindings::Ids{{"a 1", ""}, {"b e", "2026-12-01"}});
    CHECK(parse_baseline(baseline_text({}, with), "gate.json").value().findings == with.findings);
    found.finding_ids.emplace();
    CHECK(parse_baseline(baseline_text(found, with), "gate.json").value().findings == KnownFindings::Ids());
}

TEST_CASE("what is no baseline is refused") {
    for (const auto* text :
         {"", "[]", "3", "{}", R"({"schema": 2})", R"({"schema": 1, "tests": 3})",
          R"({"schema": 1, "tests": {"executed": -1}})", R"({"schema": 1, "tests": {"executed": 1e30}})",
          R"({"schema": 1, "findings": 3})", R"({"schema": 1, "findings": {"a": "b"}})",
          R"({"schema": 1, "findings": [3]})", R"({"schema": 1, "coverage": {}})",
          R"({"schema": 1, "coverage": {"lines": {"covered": 5, "total": 4}}})"}) {
        INFO(text);
        const auto read = parse_baseline(text, "gate.json");
        REQUIRE_FALSE(read.ok());
        CHECK(read.error().kind == Kind::usage);
    }
}

TEST_CASE("coverage may drop by so much, and by more if no more lines are uncovered") {
    Policy policy;
    policy.max_drop = 10'000; // 1 %
    CHECK(failed(policy, totals(1, {800, 1000})).empty());
    CHECK(failed(policy, totals(1, {790, 1000})).empty());
    CHECK(failed(policy, totals(1, {789, 1000})) == std::vector<std::string>{"gate/coverage-drop"});
    CHECK(failed(policy, totals(1, {100, 300})).empty());
    CHECK(failed(policy, totals(1, {100, 301})) == std::vector<std::string>{"gate/coverage-drop"});
    policy.max_drop = 900'000; // more than there is
    CHECK(failed(policy, totals(1, {1, 5000})).empty());
    CHECK(failed(policy, totals(1, {0, 0})) == std::vector<std::string>{"gate/coverage-total", "gate/coverage-drop"});
}

TEST_CASE("so many tests fewer may run") {
    Policy policy;
    policy.max_fewer_tests = 2;
    CHECK(failed(policy, totals(8, {1, 1})).empty());
    CHECK(failed(policy, totals(7, {1, 1})) == std::vector<std::string>{"gate/tests-fewer"});
}

TEST_CASE("a change that lowers the baseline is told") {
    const Past past{"main", "gate.json", Baseline{10, Count{800, 1000}}, {}};
    CHECK_FALSE(lowered(past, {10, Count{8, 10}}, {}).has_value());
    CHECK_FALSE(lowered(past, {11, Count{900, 1000}}, {}).has_value());
    CHECK(lowered(past, {9, Count{900, 1000}}, {}).has_value());
    CHECK(lowered(past, {10, Count{799, 1000}}, {}).has_value());
    CHECK(lowered(past, {}, {}).has_value());
    CHECK(lowered(past, {10, Count{1900, 2101}}, totals(10, {1900, 2100})).has_value());
    CHECK_FALSE(lowered(past, {10, Count{1900, 2101}}, totals(10, {1900, 2101})).has_value());
    CHECK_FALSE(lowered({"main", "gate.json", {}, {}}, {}, {}).has_value());
}

TEST_CASE("what was measured comes back from the baseline, and stays if it isn't measured again") {
    Totals seen;
    seen.budgets.push_back({"app.median", Measure{"app.median", 2.5, Measure::Unit::time, {2.4, 2.5, 2.7}}, {}, {}});
    seen.budgets.push_back({"gone", {}, {}, "no report"});
    const auto text = baseline_text(seen);
    CHECK(text.find("gone") == std::string::npos);
    const auto back = parse_baseline(text, "gate.json");
    REQUIRE(back.ok());
    REQUIRE(back->measures.size() == 1);
    CHECK(back->measures.at("app.median").value == 2.5);
    CHECK(back->measures.at("app.median").samples == std::vector<double>{2.4, 2.5, 2.7});
    CHECK(baseline_text({}, back.value()) == text);
    seen.budgets[0].measure->samples.assign(500, 1);
    CHECK(parse_baseline(baseline_text(seen), "gate.json")->measures.at("app.median").samples.size() == 100);
    for (const auto* wrong : {"[1]", R"({"a": 1})", R"({"a": {"value": "1"}})", R"({"a": {"value": 1, "samples": 1}})",
                              R"({"a": {"value": 1, "samples": ["1"]}})"})
        CHECK_FALSE(parse_baseline(R"({"schema": 1, "performance": )" + std::string(wrong) + "}", "gate.json").ok());
}

TEST_CASE("a change whose baseline its own budget wouldn't keep is told") {
    Policy policy;
    policy.budgets.emplace_back().metric = "app.max";
    policy.budgets[0].max_growth = 100'000;
    const auto with = [](double value) {
        Baseline baseline;
        baseline.measures["app.max"] = {"app.max", value, Measure::Unit::time};
        return baseline;
    };
    const Past past{"main", "gate.json", with(100), {}};
    CHECK_FALSE(lowered(past, with(110), {}, policy).has_value());
    CHECK(lowered(past, with(111), {}, policy).has_value());
    CHECK(lowered(past, {}, {}, policy).has_value());
    auto baseline = with(100), spoiled = with(100);
    baseline.measures["app.max"].samples = {99, 100, 101};
    spoiled.measures["app.max"].samples = {99, 900, 901}; // the number alone stays
    const Past with_samples{"main", "gate.json", baseline, {}};
    CHECK(lowered(with_samples, spoiled, {}, policy).has_value());
    CHECK_FALSE(lowered(with_samples, baseline, {}, policy).has_value());
    auto noisy = baseline; // the middle stays
    noisy.measures["app.max"].samples = {50, 100, 150};
    CHECK(lowered(with_samples, noisy, {}, policy).has_value());
    noisy.measures["app.max"].samples = {97, 100, 103};
    CHECK_FALSE(lowered(with_samples, noisy, {}, policy).has_value());
    baseline.measures["app.max"].value = 1000; // the samples alone stay
    CHECK(lowered(with_samples, baseline, {}, policy).has_value());
    policy.budgets[0].max_growth.reset();
    CHECK_FALSE(lowered(past, with(111), {}, policy).has_value());
}
