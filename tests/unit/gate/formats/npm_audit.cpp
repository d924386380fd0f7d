#include "unit/gate/formats/findings.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

std::string npm7(const std::string& entries) {
    return R"({"auditReportVersion": 2, "vulnerabilities": {)" + entries +
           R"(}, "metadata": {"vulnerabilities": {"critical": 9, "total": 99}}})";
}
std::string npm6(const std::string& entries) {
    return R"({"actions": [], "advisories": {)" + entries + R"(}, "metadata": {"vulnerabilities": {"critical": 9}}})";
}

}

TEST_CASE("npm audit counts packages since npm 7 and advisories before, never the totals beside them") {
    const std::string entries =
        R"("a": {"severity": "critical"}, "b": {"severity": "high"}, "c": {"severity": "moderate"},
        "d": {"severity": "low"}, "e/f": {"severity": "info"})";
    CHECK(counts_of(npm7(entries)) == FindingCounts{2, 1, 2});
    CHECK(counts_of(npm6(entries)) == FindingCounts{2, 1, 2});
    CHECK(counts_of(npm7("")) == FindingCounts{});
    CHECK(counts_of(npm6("")) == FindingCounts{});
    CHECK(counts_of(npm7(R"("a": {"severity": "severe"})")) == FindingCounts{.error = 1});
    CHECK(counts_of(npm6(R"("1": {"severity": null}, "2": {})")) == FindingCounts{.note = 2}); // of pnpm
}

TEST_CASE("a vulnerability of npm audit tells package and advisory, or through which package it comes") {
    const auto evidence = read(npm7(R"("jquery": {"name": "jquery", "severity": "moderate", "range": "<3.5.0",
        "via": [{"title": "XSS", "url": "https://github.com/advisories/GHSA-1"}]},
        "gulp": {"name": "gulp", "severity": "low", "range": ">=4", "via": ["gulp-cli"]})"));
    REQUIRE(evidence.foreign.size() == 2);
    CHECK(evidence.foreign[0].rule == "GHSA-1");
    CHECK(evidence.foreign[0].message == "jquery <3.5.0: XSS");
    CHECK(evidence.foreign[1].rule.empty());
    CHECK(evidence.foreign[1].message == "gulp >=4: by gulp-cli");
    const auto advisory = read(npm6(R"("106": {"id": 106, "module_name": "negotiator", "severity": "high",
        "vulnerable_versions": "<= 0.6.0", "title": "ReDoS"})"));
    REQUIRE(advisory.foreign.size() == 1);
    CHECK(advisory.foreign[0].rule == "106");
    CHECK(advisory.foreign[0].message == "negotiator <= 0.6.0: ReDoS");
}

TEST_CASE("an answer of npm audit that is an error fails, and what can't be judged is refused") {
    CHECK(read(R"({"error": {"code": "ENOLOCK", "summary": "no lock"}})").tool_failed.at(0) ==
          "npm audit did not do its work: ENOLOCK no lock");
    CHECK(read(R"({"message": "405 Method Not Allowed", "statusCode": 405, "error": {"summary": "", "detail": ""}})")
              .tool_failed.at(0) == "npm audit did not do its work: 405 Method Not Allowed");
    CHECK(read(R"({"error": {"detail": "x"}})").problem == Problem::unknown_format);
    CHECK(refusal(npm7(R"("a": "high")")).ends_with("a vulnerability is not an object"));
    CHECK(refusal(npm7(R"("a": {"severity": 3})")).ends_with("'severity' of a finding is not a text"));
    CHECK(refusal(R"({"auditReportVersion": 2, "vulnerabilities": {}, "advisories": []})")
              .ends_with("its vulnerabilities are not an object"));
}

TEST_CASE("npm audit that counts what it doesn't list, or ended with an error, is no answer") {
    const auto with = [](const std::string& more) {
        return read(R"({"auditReportVersion": 2, "vulnerabilities": {}, )" + more + "}").tool_failed;
    };
    CHECK(with(R"("metadata": {"vulnerabilities": {"info": 0, "critical": 2, "total": 2}})").size() == 1);
    CHECK(with(R"("metadata": {"vulnerabilities": {"info": 0, "critical": 0, "total": 0}})").empty());
    CHECK(with(R"("error": {"code": "ENOLOCK", "summary": "no lock"})") ==
          std::vector<std::string>{"npm audit did not do its work: ENOLOCK no lock"});
}
