#include "smoke/needs.h"
#include "bench.h"

using namespace fairlead;
using namespace fairlead::test;

namespace {

Check named(std::string name, std::vector<std::string> needs = {}) {
    auto check = get("http://h/" + name);
    check.name = std::move(name);
    check.needs = std::move(needs);
    return check;
}

Check at(Check check, const std::string& base) {
    check.suffix = " at " + base;
    check.name += check.suffix;
    return check;
}

}

TEST_CASE("a check at one of several addresses needs the one at its own address") {
    std::vector<Check> checks = {at(named("login"), "a"), at(named("login"), "b"), at(named("items", {"login"}), "b"),
                                 named("last", {"login"})};
    REQUIRE(settle_needs(checks).ok());
    CHECK(checks[2].needs == std::vector<std::string>{"login at b"});
    CHECK(checks[3].needs == std::vector<std::string>{"login at a", "login at b"});
}

TEST_CASE("a name that no check has, and a circle, are refused") {
    std::vector<Check> checks = {named("login"), named("items", {"logn"})};
    const auto unknown = settle_needs(checks);
    REQUIRE_FALSE(unknown.ok());
    CHECK(unknown.error().message == "'items' needs 'logn', but no check has that name; did you mean 'login'?");
    checks = {named("a", {"b"}), named("b", {"c"}), named("c", {"a"})};
    const auto circle = settle_needs(checks);
    REQUIRE_FALSE(circle.ok());
    CHECK(circle.error().message ==
          "checks need one another in a circle: a, b, c, a; remove one of these needs, or give checks of the same name "
          "different ones");
    checks = {named("a"), named("b", {"a"}), named("a", {"b"})}; // names of ours may be the same
    CHECK_FALSE(settle_needs(checks).ok());
    checks = {named("a", {"a"})};
    CHECK_FALSE(settle_needs(checks).ok());
    checks = {named("a"), named("b", {"a"}), named("c", {"a", "b"}), named("d", {"b", "c"})};
    CHECK(settle_needs(checks).ok());
}

TEST_CASE("what a failed check was needed for is not asked, and the run is a no") {
    Bench bench;
    bench.plan.checks = {named("items", {"login"}), named("detail", {"items"}), named("login"), named("other")};
    bench.http.answers["http://h/login"] = {status(401)};
    for (const auto* name : {"items", "detail", "other"})
        bench.http.answers[std::string("http://h/") + name] = {status(200)};
    const auto tried = bench.go();
    CHECK(bench.http.asked["http://h/items"] == 0);
    CHECK(bench.http.asked["http://h/other"] == 1);
    CHECK(tried[0].end == Tried::End::cancelled);
    CHECK(tried[0].check.skip == "it needs 'login', which failed");
    CHECK(tried[1].check.skip == "it needs 'items', which was not run");
    const auto report = report_of(tried, "", "");
    CHECK(report.facts == "1 of 4 checks passed, 1 failed, 2 not asked");
    CHECK(report.verdict == report::Verdict::fail);
}

TEST_CASE("a needed check comes first, whatever the order and the number of jobs") {
    for (const std::int64_t jobs : {1, 4}) {
        Bench bench;
        bench.plan.jobs = jobs;
        bench.plan.checks = {named("third", {"second"}), named("second", {"first"}), named("first")};
        bench.http.answers["http://h/first"] = {status(503), status(200)};
        bench.http.answers["http://h/second"] = bench.http.answers["http://h/third"] = {status(200)};
        const auto tried = bench.go();
        for (const auto& one : tried) CHECK(one.end == Tried::End::passed);
    }
}

TEST_CASE("what needs a skipped check is skipped, too, and says why") {
    Bench bench;
    auto first = named("first");
    first.skip = "not on staging";
    bench.plan.checks = {first, named("second", {"first"}), named("third")};
    bench.http.answers["http://h/third"] = {status(200)};
    const auto tried = bench.go();
    CHECK(tried[1].end == Tried::End::skipped);
    CHECK(tried[1].check.skip == "it needs 'first', which is skipped");
    CHECK(report_of(tried, "", "").verdict == report::Verdict::pass);
}

TEST_CASE("thousands of checks that need one another take no time of their own") {
    Bench bench;
    bench.plan.checks = {named("c0")};
    for (int i = 1; i < 5000; ++i)
        bench.plan.checks.push_back(named("c" + std::to_string(i), {"c" + std::to_string(i - 1)}));
    for (const auto& check : bench.plan.checks) bench.http.answers[check.url] = {status(200)};
    REQUIRE(settle_needs(bench.plan.checks).ok());
    for (const auto& one : bench.go()) REQUIRE(one.end == Tried::End::passed);
}
