#include "unit/gate/formats/findings.h"

using namespace fairlead;
using namespace fairlead::gate;

TEST_CASE("golangci-lint's severity is what is configured, and nothing configured is an error") {
    CHECK(counts_of(R"({"Issues": [{"FromLinter": "a", "Severity": ""}, {"FromLinter": "a"}, {"Severity": "error"},
        {"Severity": "high"}, {"Severity": "warning"}, {"Severity": "medium"}, {"Severity": "info"}]})") ==
          FindingCounts{4, 2, 1});
}

TEST_CASE("an issue of golangci-lint has its linter and place") {
    const auto evidence = read(R"({"Issues": [{"FromLinter": "govet", "Text": "unreachable", "Severity": "",
        "Pos": {"Filename": "cmd/main.go", "Line": 23, "Column": 2}},
        {"FromLinter": "x", "LineRange": {"From": 7, "To": 9}}], "Report": {}})");
    REQUIRE(evidence.foreign.size() == 2);
    CHECK(evidence.foreign[0].tool == "golangci-lint");
    CHECK(evidence.foreign[0].rule == "govet");
    CHECK(evidence.foreign[0].file == "cmd/main.go");
    CHECK(evidence.foreign[0].line == 23);
    CHECK(evidence.foreign[0].column == 2);
    CHECK(evidence.foreign[1].line == 7);
}

TEST_CASE("no issue is a list without items, or null of earlier versions") {
    CHECK(counts_of(R"({"Issues": [], "Report": {"Linters": []}})") == FindingCounts{});
    CHECK(counts_of(R"({"Issues": null, "Report": {"Linters": []}})") == FindingCounts{});
    CHECK(refusal(R"({"Issues": "none", "Report": {}})").ends_with("'/Issues' is not a list"));
}

TEST_CASE("a run of golangci-lint that ended in an error, and a linter that could not run, are no answer") {
    const auto error = read(R"({"Issues": [], "Report": {"Error": "context deadline exceeded"}})");
    REQUIRE(error.tool_failed.size() == 1);
    CHECK(error.tool_failed[0] == "golangci-lint says: context deadline exceeded");
    const auto linter = read(R"({"Issues": [], "Report": {"Warnings": [{"Tag": "runner", "Text": "unused nolint"},
        {"Tag": "runner", "Text": "Can't run linter goanalysis: typechecking error"}]}})");
    REQUIRE(linter.tool_failed.size() == 1);
    CHECK(linter.tool_failed[0].starts_with("golangci-lint says: Can't run linter"));
    CHECK(read(R"({"Issues": [], "Report": {"Error": ""}})").tool_failed.empty());
    CHECK(refusal(R"({"Issues": [{"Severity": 1}], "Report": {}})").ends_with("'Severity' of a finding is not a text"));
}
