#include "unit/gate/formats/findings.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

std::string gitlab(const std::string& vulnerabilities, const std::string& scan = R"("status": "success")") {
    return R"({"version": "15.0.0", "vulnerabilities": [)" + vulnerabilities + R"(], "scan": {)" + scan + "}}";
}

}

TEST_CASE("GitLab's severities are levels, without one it is unknown") {
    CHECK(
        counts_of(gitlab(R"({"severity": "Critical"}, {"severity": "High"}, {"severity": "Medium"}, {"severity": "Low"},
        {"severity": "Info"}, {"severity": "Unknown"}, {})")) == FindingCounts{2, 1, 4});
    CHECK(counts_of(gitlab(R"({"severity": "Severe"})")) == FindingCounts{.error = 1});
    CHECK(counts_of(R"({"version": "2.3", "vulnerabilities": [], "remediations": []})") == FindingCounts{});
}

TEST_CASE("a vulnerability of GitLab has its scanner, rule and place, or its package") {
    const auto evidence = read(gitlab(R"({"name": "SQL injection", "description": "long", "severity": "High",
        "scanner": {"id": "s", "name": "Semgrep"}, "identifiers": [{"name": "CWE-89"}],
        "location": {"file": "routes/x.js", "start_line": 13}},
        {"message": "regexp", "severity": "Low", "cve": "x:CVE-2", "location": {"file": "yarn.lock",
        "dependency": {"package": {"name": "debug"}, "version": "1.0"}}})"));
    REQUIRE(evidence.foreign.size() == 2);
    CHECK(evidence.foreign[0].tool == "Semgrep");
    CHECK(evidence.foreign[0].rule == "CWE-89");
    CHECK(evidence.foreign[0].message == "SQL injection");
    CHECK(evidence.foreign[0].file == "routes/x.js");
    CHECK(evidence.foreign[0].line == 13);
    CHECK(evidence.foreign[1].tool == "GitLab");
    CHECK(evidence.foreign[1].rule == "x:CVE-2");
    CHECK(evidence.foreign[1].message == "debug 1.0: regexp");
}

TEST_CASE("a scan of GitLab that failed is no answer") {
    const auto failed = read(gitlab("", R"("status": "failure")"));
    REQUIRE(failed.tool_failed.size() == 1);
    CHECK(failed.tool_failed[0] == "the scan ended as \"failure\"");
    CHECK(read(gitlab("", R"("status": null)")).tool_failed.size() == 1);
    CHECK(read(gitlab("")).tool_failed.empty());
    CHECK(read(gitlab("", R"("type": "sast")")).tool_failed.empty()); // before version 14
    CHECK(refusal(gitlab(R"({"severity": 1})")).ends_with("'severity' of a finding is not a text"));
}
