#include "unit/gate/formats/findings.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

std::string trivy(const std::string& results) { return R"({"SchemaVersion": 2, "Results": )" + results + "}"; }
const std::string every = R"([{"Target": "t", "Vulnerabilities": [{"Severity": "CRITICAL"}, {"Severity": "HIGH"},
    {"Severity": "MEDIUM"}, {"Severity": "LOW"}, {"Severity": "UNKNOWN"}, {}]}])";

}

TEST_CASE("Trivy's severities are levels") {
    CHECK(counts_of(trivy(every)) == FindingCounts{2, 1, 3});
    CHECK(counts_of(trivy(R"([{"Target": "t", "Secrets": [{"Severity": "SEVERE"}]}])")) == FindingCounts{.error = 1});
}

TEST_CASE("Trivy finds vulnerabilities, misconfigurations that fail, secrets and licences") {
    CHECK(counts_of(trivy(R"([{"Target": "Dockerfile", "MisconfSummary": {"Failures": 1}, "Misconfigurations":
        [{"Status": "FAIL", "Severity": "HIGH"}, {"Status": "PASS", "Severity": "HIGH"},
         {"Status": "EXCEPTION", "Severity": "HIGH"}, {"Severity": "MEDIUM"}]},
        {"Target": "k", "Secrets": [{"Severity": "CRITICAL"}]}, {"Target": "l", "Licenses": [{"Severity": "LOW"}]},
        {"Target": "v", "Vulnerabilities": null}, {"Target": "w", "Packages": [{"Severity": "HIGH"}]}])")) ==
          FindingCounts{2, 1, 1});
}

TEST_CASE("no result is no finding: an empty list, null or nothing") {
    CHECK(counts_of(trivy("[]")) == FindingCounts{});
    CHECK(counts_of(trivy("null")) == FindingCounts{});
    CHECK(counts_of(R"({"SchemaVersion": 2, "ArtifactName": "x"})") == FindingCounts{});
}

TEST_CASE("a cluster and the list of old versions are read as well") {
    CHECK(counts_of(R"({"ClusterName": "k", "Resources": [{"Kind": "Pod", "Results": )" + every + "}]}") ==
          FindingCounts{2, 1, 3});
    CHECK(counts_of(R"({"ClusterName": "k", "Vulnerabilities": [{"Kind": "Pod", "Results": )" + every +
                    R"(}], "Misconfigurations": [{"Results": [{"Target": "p", "Misconfigurations":
                    [{"Status": "FAIL", "Severity": "HIGH"}]}]}]})") == FindingCounts{3, 1, 3});
    CHECK(counts_of(R"({"ClusterName": "k", "Findings": [{"Kind": "Pod", "Results": )" + every + "}]}") ==
          FindingCounts{2, 1, 3});
    CHECK(counts_of(every) == FindingCounts{2, 1, 3});
    const auto failed = read(R"({"ClusterName": "k", "Resources": [{"Kind": "Pod", "Error": "image not found"}]})");
    REQUIRE(failed.tool_failed.size() == 1);
    CHECK(failed.tool_failed[0] == "Trivy could not look at a resource of the cluster: image not found");
}

TEST_CASE("findings of Trivy have their target as place, which may come later") {
    const auto evidence = read(trivy(R"([{"Vulnerabilities": [{"VulnerabilityID": "CVE-1", "PkgName": "openssl",
        "InstalledVersion": "1.1", "Title": "overflow", "Severity": "HIGH"}], "Target": "go.mod"},
        {"Target": "main.tf", "Misconfigurations": [{"ID": "AVD-1", "Title": "t", "Message": "open", "Status": "FAIL",
        "Severity": "LOW", "CauseMetadata": {"StartLine": 12}}]},
        {"Target": "k.pem", "Secrets": [{"RuleID": "key", "Title": "private key", "Severity": "HIGH", "StartLine": 1}]},
        {"Target": "Loose", "Licenses": [{"PkgName": "p", "Name": "GPL", "Severity": "LOW", "FilePath": "LICENSE"}]}])"));
    REQUIRE(evidence.foreign.size() == 4);
    CHECK(evidence.foreign[0].rule == "CVE-1");
    CHECK(evidence.foreign[0].message == "openssl 1.1: overflow");
    CHECK(evidence.foreign[0].file == "go.mod");
    CHECK(evidence.foreign[1].rule == "AVD-1");
    CHECK(evidence.foreign[1].message == "open");
    CHECK(evidence.foreign[1].file == "main.tf");
    CHECK(evidence.foreign[1].line == 12);
    CHECK(evidence.foreign[2].rule == "key");
    CHECK(evidence.foreign[2].file == "k.pem");
    CHECK(evidence.foreign[3].file == "LICENSE");
}

TEST_CASE("results of Trivy that can't be judged are refused") {
    CHECK(refusal(trivy(R"([{"Secrets": {}}])")).ends_with("'/Results/*/Secrets' is not a list"));
    CHECK(refusal(trivy(R"([{"Secrets": ["x"]}])")).ends_with("a finding is not an object"));
    CHECK(refusal(trivy(R"([{"Secrets": [{"Severity": 5}]}])")).ends_with("'Severity' of a finding is not a text"));
    CHECK(
        refusal(trivy(R"([{"Misconfigurations": [{"Status": 5}]}])")).ends_with("'Status' of a finding is not a text"));
}
