#include "report/baseline.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::report;

namespace {

constexpr auto today = "2026-06-30";

Baseline parsed(const std::string& text) {
    auto baseline = Baseline::parse(text, "scan.jsonl", today);
    REQUIRE(baseline.ok());
    return std::move(baseline).value();
}

std::string line(const std::string& fingerprint, const std::string& more) {
    return "{\"fingerprint\":\"" + fingerprint + "\",\"rule\":\"jwt\",\"file\":\"a\"" + more + "}\n";
}

Finding finding(const std::string& fingerprint, State state = State::fresh) {
    return {.rule = "jwt", .file = "a", .message = "m", .fingerprint = fingerprint, .state = state};
}

}

TEST_CASE("a finding is known through its last day, and then says until when it was") {
    const auto baseline = parsed(line("v1:a", "") + line("v1:b", ",\"until\":\"2026-06-30\"") +
                                 line("v1:c", ",\"until\":\"2026-06-29\",\"owner\":\"ada\\n::x\""));
    CHECK(baseline.knows("v1:a"));
    CHECK(baseline.knows("v1:b"));
    CHECK_FALSE(baseline.knows("v1:c"));
    CHECK_FALSE(baseline.knows("v1:d"));
    CHECK(baseline.was_known("v1:b").empty());
    CHECK(baseline.was_known("v1:d").empty());
    CHECK(baseline.was_known("v1:c").starts_with("; it was known until 2026-06-29 (ada"));
    CHECK(baseline.was_known("v1:c").find('\n') == std::string::npos);
}

TEST_CASE("a last day that is no day is refused with its line, so that it silences nothing for ever") {
    for (const char* until : {"\"soon\"", "\"2026-02-30\"", "\"\"", "20260131", "null"}) {
        const auto wrong =
            Baseline::parse(line("v1:a", "") + line("v1:b", std::string(",\"until\":") + until), "scan.jsonl", today);
        REQUIRE_FALSE(wrong.ok());
        CHECK(wrong.error().kind == Kind::usage);
        CHECK(wrong.error().place.line == 2);
    }
}

TEST_CASE("who accepted a finding stays written; what is accepted anew has the new words") {
    const auto before = parsed(line("v1:a", ",\"owner\":\"ada\",\"until\":\"2026-12-31\"") +
                               line("v1:b", ",\"until\":\"2026-01-31\",\"reason\":\"old\"") + line("v1:gone", ""));
    const std::vector<Finding> findings = {finding("v1:a", State::known), finding("v1:b"), finding("v1:c"),
                                           finding("v1:s", State::suppressed)};
    const Acceptance accepted{.owner = "bob", .reason = "of tests", .until = "2026-11-30"};
    const auto now = parsed(write_baseline(findings, AcceptNew::yes, before, accepted));
    REQUIRE(now.entries().size() == 3);
    CHECK(now.entries().at("v1:a").accepted.owner == "ada");
    CHECK(now.entries().at("v1:a").accepted.until == "2026-12-31");
    for (const char* fresh : {"v1:b", "v1:c"}) {
        CHECK(now.entries().at(fresh).accepted.owner == "bob");
        CHECK(now.entries().at(fresh).accepted.reason == "of tests");
        CHECK(now.entries().at(fresh).accepted.until == "2026-11-30");
    }
    CHECK(parsed(write_baseline(findings, AcceptNew::no, before, accepted)).entries().size() == 2);
}

TEST_CASE("a line that is over stays as it is until a day renews it, and keeps its owner and its reason") {
    const std::string over = line("v1:b", ",\"until\":\"2026-01-31\",\"owner\":\"ada\",\"reason\":\"old\"");
    const std::vector<Finding> findings = {finding("v1:b")};
    for (const AcceptNew accept : {AcceptNew::no, AcceptNew::yes}) {
        const auto now = parsed(write_baseline(findings, accept, parsed(over))).entries().at("v1:b");
        CHECK(now.is_over);
        CHECK(now.accepted.owner == "ada");
        Report report;
        report.verdict = Verdict::fail;
        report.findings = findings;
        rewrite(report, parsed(over), accept);
        CHECK(report.verdict == Verdict::fail);
        CHECK(report.facts ==
              "0 known, 0 of them added, 0 removed; 1 over: to renew them, change `until` in their lines");
    }
    const Acceptance renewal{.owner = "", .reason = "", .until = "2026-12-31"};
    const auto renewed = parsed(write_baseline(findings, AcceptNew::yes, parsed(over), renewal)).entries().at("v1:b");
    CHECK_FALSE(renewed.is_over);
    CHECK(renewed.accepted.owner == "ada");
    CHECK(renewed.accepted.reason == "old");
    CHECK(write_baseline({}, AcceptNew::no, parsed(over)).empty());
}

TEST_CASE("a key that the baseline doesn't have is refused with its line: it may be a misspelt last day") {
    const auto wrong =
        Baseline::parse(line("v1:a", "") + line("v1:b", ",\"Until\":\"2020-01-01\""), "scan.jsonl", today);
    REQUIRE_FALSE(wrong.ok());
    CHECK(wrong.error().kind == Kind::usage);
    CHECK(wrong.error().place.line == 2);
    CHECK(wrong.error().message.starts_with("key 'Until' of the baseline is unknown; expected fingerprint,"));
    CHECK(wrong.error().message.size() <= 160);
}

TEST_CASE("the report counts what is added and what is removed") {
    const auto before = parsed(line("v1:a", "") + line("v1:b", ",\"until\":\"2026-01-31\"") + line("v1:gone", ""));
    Report report;
    report.findings = {finding("v1:a", State::known), finding("v1:b"), finding("v1:c")};
    rewrite(report, before, AcceptNew::yes, {.owner = "", .reason = "", .until = "2026-12-31"});
    CHECK(report.facts == "3 known, 2 of them added, 1 removed");
    CHECK(report.findings[1].state == State::known);
}
