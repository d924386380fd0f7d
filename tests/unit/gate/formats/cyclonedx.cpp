#include "unit/gate/formats/findings.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

std::string json_bom(const std::string& vulnerabilities) {
    return R"({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{}], "vulnerabilities": [)" +
           vulnerabilities + "]}";
}
std::string xml_bom(const std::string& vulnerabilities) {
    return "<bom xmlns='http://cyclonedx.org/schema/bom/1.4'><components><component/></components><vulnerabilities>" +
           vulnerabilities + "</vulnerabilities></bom>";
}
std::string rated(const std::string& severity) {
    return "<vulnerability><ratings><rating><severity>" + severity + "</severity></rating></ratings></vulnerability>";
}

}

TEST_CASE("the highest rating of a vulnerability of CycloneDX counts, in JSON") {
    CHECK(counts_of(json_bom(R"({"ratings": [{"severity": "low"}, {"severity": "critical"}, {"severity": "medium"}]},
        {"ratings": [{"severity": "high"}]}, {"ratings": [{"severity": "medium"}, {"score": 2.1, "severity": "info"}]},
        {"ratings": [{"severity": "none"}]}, {"ratings": []}, {}, {"ratings": [{"score": 9.8}]})")) ==
          FindingCounts{5, 1, 1});
}

TEST_CASE("the highest rating of a vulnerability of CycloneDX counts, in XML and its extension") {
    CHECK(counts_of(xml_bom(rated("critical") + rated(" high ") + rated("medium") + rated("info") +
                            "<vulnerability/>")) == FindingCounts{3, 1, 1});
    CHECK(counts_of("<bom xmlns='a' xmlns:v='b'><components><component><v:vulnerabilities><v:vulnerability ref='x'>"
                    "<v:id>CVE-1</v:id><v:ratings><v:rating><v:severity>Low</v:severity></v:rating><v:rating>"
                    "<v:score><v:base>9.8</v:base></v:score><v:severity>Critical</v:severity></v:rating></v:ratings>"
                    "</v:vulnerability></v:vulnerabilities></component></components></bom>") ==
          FindingCounts{.error = 1});
}

TEST_CASE("a vulnerability of CycloneDX that was settled doesn't count") {
    for (const std::string state : {"not_affected", "false_positive", "resolved", "resolved_with_pedigree"}) {
        CHECK(counts_of(json_bom(R"({"ratings": [{"severity": "high"}], "analysis": {"state": ")" + state +
                                 R"("}})")) == FindingCounts{});
        CHECK(counts_of(xml_bom("<vulnerability><ratings><rating><severity>high</severity></rating></ratings><analysis>"
                                "<state>" +
                                state + "</state></analysis></vulnerability>")) == FindingCounts{});
    }
    for (const std::string state : {"exploitable", "in_triage"}) {
        CHECK(counts_of(json_bom(R"({"ratings": [{"severity": "high"}], "analysis": {"state": ")" + state +
                                 R"("}})")) == FindingCounts{.error = 1});
        CHECK(counts_of(xml_bom("<vulnerability><analysis><state>" + state + "</state></analysis></vulnerability>")) ==
              FindingCounts{.error = 1});
    }
    // Of the next one nothing is known any more.
    CHECK(counts_of(xml_bom("<vulnerability><analysis><state>resolved</state></analysis></vulnerability>" +
                            rated("medium"))) == FindingCounts{.warning = 1});
}

TEST_CASE("a vulnerability of CycloneDX tells its id and what it affects") {
    for (const auto& text :
         {json_bom(R"({"id": "CVE-1", "description": "bad", "affects": [{"ref": "pkg:npm/a"}, {"ref": "b"}]})"),
          xml_bom("<vulnerability><id>CVE-1</id><references><reference><id>X</id></reference></references>"
                  "<description>bad</description><affects><target><ref>pkg:npm/a</ref></target><target><ref>b</ref>"
                  "</target></affects></vulnerability>")}) {
        const auto evidence = read(text);
        REQUIRE(evidence.foreign.size() == 1);
        CHECK(evidence.foreign[0].rule == "CVE-1");
        CHECK(evidence.foreign[0].message == "pkg:npm/a: bad");
    }
}

TEST_CASE("a BOM without a list of vulnerabilities proves nothing, one with an empty list does") {
    for (const std::string text : {R"({"bomFormat": "CycloneDX", "components": []})", "<bom><components/></bom>"}) {
        const auto evidence = read(text);
        CHECK(evidence.problem == Problem::none);
        REQUIRE(evidence.tool_failed.size() == 1);
        CHECK(evidence.tool_failed[0].starts_with("the BOM has no list of vulnerabilities"));
    }
    CHECK(read(json_bom("")).tool_failed.empty());
    CHECK(read(xml_bom("")).tool_failed.empty());
}

TEST_CASE("vulnerabilities of CycloneDX that can't be judged are refused") {
    CHECK(refusal(json_bom(R"({"ratings": {}})")).ends_with("the ratings of a vulnerability are not a list"));
    CHECK(refusal(json_bom(R"({"ratings": [{"severity": 9}]})")).ends_with("'severity' of a finding is not a text"));
    CHECK(refusal(json_bom(R"({"analysis": {"state": true}})")).ends_with("'state' of a finding is not a text"));
    CHECK(refusal("<bom><vulnerabilities>").ends_with("the file ends too early"));
}

TEST_CASE("a rating of CycloneDX without a severity is its score; null is no list") {
    const auto rated_by = [](std::string_view score) {
        return "<vulnerability><ratings><rating><score>" + std::string(score) +
               "</score></rating></ratings></vulnerability>";
    };
    CHECK(counts_of(xml_bom(rated_by("9.8") + rated_by("7.0") + rated_by("6.9") + rated_by("3.9"))) ==
          FindingCounts{2, 1, 1});
    CHECK(counts_of(xml_bom("<vulnerability><ratings><rating><severity>low</severity><score>9.8</score></rating></"
                            "ratings></vulnerability>")) == FindingCounts{.note = 1});
    CHECK(counts_of(
              json_bom(R"({"ratings": [{"score": 9.8}]}, {"ratings": [{"score": 4}]}, {"ratings": [{"score": 3}]})")) ==
          FindingCounts{1, 1, 1});
    CHECK(read(R"({"bomFormat": "CycloneDX", "vulnerabilities": null})").tool_failed.size() == 1);
}
