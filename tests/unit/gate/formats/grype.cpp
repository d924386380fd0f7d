#include "unit/gate/formats/findings.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

std::string grype(const std::string& matches) {
    return R"({"matches": [)" + matches + R"(], "ignoredMatches": [{"vulnerability": {"severity": "Critical"}}],
        "source": {"type": "directory"}, "descriptor": {"name": "grype"}})";
}
std::string match(const std::string& severity) { return R"({"vulnerability": {"severity": ")" + severity + R"("}})"; }

}

TEST_CASE("Grype's severities are levels, what it ignores doesn't count, what nobody knows weighs most") {
    CHECK(counts_of(grype(match("Critical") + "," + match("High") + "," + match("Medium") + "," + match("Low") + "," +
                          match("Negligible") + "," + match("Unknown") + R"(, {"vulnerability": {}})")) ==
          FindingCounts{2, 1, 4});
    CHECK(counts_of(grype(match("Fatal"))) == FindingCounts{.error = 1});
    CHECK(counts_of(grype("")) == FindingCounts{});
}

TEST_CASE("a match of Grype names package and file") {
    const auto evidence = read(grype(R"({"vulnerability": {"id": "CVE-1", "severity": "High"}, "matchDetails": [{}],
        "artifact": {"name": "java", "version": "17\u0000", "locations": [{"path": "/opt/java"}]}})"));
    REQUIRE(evidence.foreign.size() == 1);
    CHECK(evidence.foreign[0].rule == "CVE-1");
    CHECK(evidence.foreign[0].message == "java 17 : High");
    CHECK(evidence.foreign[0].file == "/opt/java");
}

TEST_CASE("matches of Grype that can't be judged are refused") {
    CHECK(refusal(grype("{}")).ends_with("a match has no vulnerability"));
    CHECK(refusal(grype(R"({"vulnerability": {"severity": 9.8}})")).ends_with("'severity' of a finding is not a text"));
}
