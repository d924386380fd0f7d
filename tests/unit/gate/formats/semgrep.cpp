#include "unit/gate/formats/findings.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

std::string semgrep(const std::string& results, const std::string& errors = "") {
    return R"({"errors": [)" + errors + R"(], "paths": {"scanned": []}, "results": [)" + results + "]}";
}
std::string of_severity(const std::string& severity, const std::string& more = "") {
    return R"({"check_id": "r", "path": "a.js", "extra": {"severity": ")" + severity + '"' + more + "}}";
}

}

TEST_CASE("both sets of Semgrep's severities are levels, what is ignored doesn't count") {
    for (const auto* severity : {"ERROR", "CRITICAL", "HIGH"})
        CHECK(counts_of(semgrep(of_severity(severity))) == FindingCounts{.error = 1});
    for (const auto* severity : {"WARNING", "MEDIUM"})
        CHECK(counts_of(semgrep(of_severity(severity))) == FindingCounts{.warning = 1});
    for (const auto* severity : {"INFO", "LOW", "INVENTORY", "EXPERIMENT"})
        CHECK(counts_of(semgrep(of_severity(severity))) == FindingCounts{.note = 1});
    CHECK(counts_of(semgrep(of_severity("ERROR", R"(, "is_ignored": true)"))) == FindingCounts{});
    CHECK(counts_of(semgrep(of_severity("ERROR", R"(, "is_ignored": false)"))) == FindingCounts{.error = 1});
}

TEST_CASE("a finding of Semgrep has its place") {
    const auto evidence = read(semgrep(R"({"check_id": "js.eval", "path": "a.js", "start": {"line": 4, "col": 9},
        "extra": {"severity": "ERROR", "message": "no eval"}})"));
    REQUIRE(evidence.foreign.size() == 1);
    CHECK(evidence.foreign[0].rule == "js.eval");
    CHECK(evidence.foreign[0].message == "no eval");
    CHECK(evidence.foreign[0].file == "a.js");
    CHECK(evidence.foreign[0].line == 4);
    CHECK(evidence.foreign[0].column == 9);
}

TEST_CASE("an error of Semgrep is no answer, a file that can't be parsed is a warning of it") {
    const auto failed =
        read(semgrep("", R"({"level": "warn", "message": "a.js"}, {"level": "error", "message": "bad rule"})"));
    REQUIRE(failed.tool_failed.size() == 1);
    CHECK(failed.tool_failed[0] == "Semgrep did not do all of its work: bad rule");
    CHECK(read(semgrep("", R"({"level": "error"})")).tool_failed.size() == 1);
    CHECK(read(semgrep("", R"({"level": "warn", "message": "a.js"})")).tool_failed.empty());
    CHECK(read(semgrep(of_severity("LOW"), R"({"level": "error", "message": "x"})")).tool_failed.size() == 1);
}

TEST_CASE("results of Semgrep that can't be judged are refused") {
    CHECK(refusal(semgrep(R"({"check_id": "r"})")).ends_with("a result has no severity"));
    CHECK(refusal(semgrep(R"({"extra": {"severity": ["ERROR"]}})")).ends_with("'severity' of a finding is not a text"));
    CHECK(refusal(semgrep(of_severity("ERROR", R"(, "is_ignored": "yes")")))
              .ends_with("is_ignored of a result is not a boolean"));
}
