#include "unit/gate/formats/findings.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

std::string bandit(const std::string& results, const std::string& errors = "") {
    return R"({"errors": [)" + errors +
           R"(], "generated_at": "2024", "metrics": {"_totals": {"loc": 2}}, "results": [)" + results + "]}";
}

}

TEST_CASE("Bandit's HIGH is an error, MEDIUM a warning, the rest notes") {
    CHECK(counts_of(bandit(R"({"issue_severity": "HIGH"}, {"issue_severity": "MEDIUM"}, {"issue_severity": "LOW"},
                              {"issue_severity": "UNDEFINED"})")) == FindingCounts{1, 1, 2});
    CHECK(counts_of(bandit("")) == FindingCounts{});
}

TEST_CASE("a finding of Bandit has its rule and place, with columns from 1") {
    const auto evidence = read(bandit(R"({"code": "1 import os\n", "filename": "./app/x.py", "issue_severity": "LOW",
        "issue_text": "Use of assert\ndetected.", "line_number": 2, "col_offset": 4, "test_id": "B101"})"));
    REQUIRE(evidence.foreign.size() == 1);
    const auto& found = evidence.foreign[0];
    CHECK(found.level == Level::note);
    CHECK(found.tool == "Bandit");
    CHECK(found.rule == "B101");
    CHECK(found.message == "Use of assert detected.");
    CHECK(found.file == "./app/x.py");
    CHECK(found.line == 2);
    CHECK(found.column == 5);
}

TEST_CASE("a file that Bandit did not look at makes its report no answer") {
    const std::string error = R"({"filename": "x.py", "reason": "syntax error while parsing AST from file"})";
    const auto silent = read(bandit("", error));
    REQUIRE(silent.tool_failed.size() == 1);
    CHECK(silent.tool_failed[0] == "bandit did not look at x.py: syntax error while parsing AST from file");
    CHECK(read(bandit(R"({"issue_severity": "LOW"})", error)).tool_failed.size() == 1);
    CHECK(read(bandit("")).tool_failed.empty());
}

TEST_CASE("results of Bandit that can't be judged are refused") {
    CHECK(refusal(bandit(R"({"test_id": "B101"})")) == "malformed Bandit report: a result has no issue_severity");
    CHECK(refusal(bandit(R"({"issue_severity": 3})")) ==
          "malformed Bandit report: 'issue_severity' of a finding is not a text");
    CHECK(refusal(bandit("7")) == "malformed Bandit report: a finding is not an object");
    CHECK(refusal(bandit(R"({"issue_severity": "LOW"}, )")).starts_with("malformed JSON"));
}
