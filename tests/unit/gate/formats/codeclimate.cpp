#include "unit/gate/formats/findings.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

std::string issue(const std::string& members) { return R"({"check_name": "c", )" + members + "}"; }

}

TEST_CASE("CodeClimate's severities are levels, without one it is a warning, a measurement is no issue") {
    CHECK(counts_of("[" + issue(R"("severity": "blocker")") + "," + issue(R"("severity": "critical")") + "," +
                    issue(R"("severity": "major")") + "," + issue(R"("severity": "minor")") + "," +
                    issue(R"("description": "x")") + "," + issue(R"("severity": "info")") + "]") ==
          FindingCounts{3, 2, 1});
    CHECK(counts_of("[" + issue(R"("severity": "severe")") + "]") == FindingCounts{.error = 1});
    CHECK(counts_of("[" + issue(R"("type": "measurement", "severity": "blocker")") + "," +
                    issue(R"("type": "Issue", "severity": "info")") + "]") == FindingCounts{.note = 1});
}

TEST_CASE("an issue of CodeClimate has lines or positions") {
    const auto evidence = read(R"([{"check_name": "a", "description": "too long", "engine_name": "rubocop",
        "location": {"path": "a.rb", "lines": {"begin": 2, "end": 3}}},
        {"check_name": "b", "location": {"path": "b.rb", "positions": {"begin": {"line": 5, "column": 14}}}}])");
    REQUIRE(evidence.foreign.size() == 2);
    CHECK(evidence.foreign[0].tool == "rubocop");
    CHECK(evidence.foreign[0].rule == "a");
    CHECK(evidence.foreign[0].message == "too long");
    CHECK(evidence.foreign[0].file == "a.rb");
    CHECK(evidence.foreign[0].line == 2);
    CHECK(evidence.foreign[1].tool == "CodeClimate");
    CHECK(evidence.foreign[1].line == 5);
    CHECK(evidence.foreign[1].column == 14);
}

TEST_CASE("an empty list says nothing by itself, and no finding where the policy names the format") {
    CHECK(read("[]").problem == Problem::unknown_format);
    for (const auto* format : {"codeclimate", "eslint", "trivy"}) {
        const auto named = read_report(Source::memory(" [ ]\n"), tree_of({}), {.format = format});
        REQUIRE(named.ok());
        CHECK(named.value().format == format);
        CHECK(named.value().findings == FindingCounts{});
    }
    CHECK(read_report(Source::memory("[]"), tree_of({}), {.format = "sarif"}).value().problem ==
          Problem::unknown_format);
    CHECK(read_report(Source::memory("[1]"), tree_of({}), {.format = "eslint"}).value().problem ==
          Problem::unknown_format);
    CHECK(read_report(Source::memory("[[]]"), tree_of({}), {.format = "eslint"}).value().problem ==
          Problem::unknown_format);
}

TEST_CASE("issues of CodeClimate that can't be judged are refused") {
    CHECK(refusal("[" + issue(R"("severity": 2)") + "]").ends_with("'severity' of a finding is not a text"));
    CHECK(refusal("[" + issue(R"("type": 2)") + "]").ends_with("'type' of a finding is not a text"));
    CHECK(refusal("[" + issue(R"("severity": "info")") + ", null]").ends_with("a finding is not an object"));
}
