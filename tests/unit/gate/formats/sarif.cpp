#include "unit/gate/reading.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

Evidence runs(const std::string& text) { return read(R"({"version": "2.1.0", "runs": [)" + text + "]}"); }
FindingCounts results(const std::string& text, const std::string& tool = R"({"driver": {"name": "t"}})") {
    return runs(R"({"tool": )" + tool + R"(, "results": [)" + text + "]}").findings.value();
}

}

TEST_CASE("the level is the result's, else the rule's, else warning") {
    CHECK(results(R"({"level": "error"}, {"level": "note"}, {"level": "none"}, {})") ==
          FindingCounts{.error = 1, .warning = 1, .note = 1});
    const std::string tool = R"({"driver": {"rules": [{"id": "A", "defaultConfiguration": {"level": "error"}}]},
        "extensions": [{"name": "more", "rules": [{"id": "B", "defaultConfiguration": {"level": "note"}}]}]})";
    CHECK(results(R"({"ruleId": "A"})", tool) == FindingCounts{.error = 1});
    CHECK(results(R"({"ruleIndex": 0})", tool) == FindingCounts{.error = 1});
    CHECK(results(R"({"rule": {"index": 0}})", tool) == FindingCounts{.error = 1});
    CHECK(results(R"({"ruleId": "A/sub/x"})", tool) == FindingCounts{.error = 1});
    CHECK(results(R"({"ruleId": "B"})", tool) == FindingCounts{.note = 1});
    CHECK(results(R"({"rule": {"index": 0, "toolComponent": {"index": 0}}})", tool) == FindingCounts{.note = 1});
    CHECK(results(R"({"rule": {"index": 0, "toolComponent": {"name": "more"}}})", tool) == FindingCounts{.note = 1});
    CHECK(results(R"({"ruleId": "C"}, {"ruleIndex": 99})", tool) == FindingCounts{.warning = 2});
}

TEST_CASE("rules may come after the results that name them") {
    const auto evidence = runs(R"({"results": [{"ruleId": "A"}],
        "tool": {"driver": {"name": "late", "rules": [{"id": "A", "defaultConfiguration": {"level": "error"}}]}}})");
    CHECK(evidence.findings == FindingCounts{.error = 1});
    REQUIRE(evidence.foreign.size() == 1);
    CHECK(evidence.foreign[0].tool == "late");
}

TEST_CASE("passed, absent and suppressed results don't count, a rejected suppression does") {
    CHECK(results(R"({"kind": "pass"}, {"baselineState": "absent"}, {"suppressions": [{"kind": "inSource"}]},
                     {"suppressions": [{"status": "accepted"}]})") == FindingCounts{});
    CHECK(results(R"({"suppressions": []}, {"suppressions": [{"status": "rejected"}]}, {"kind": "fail"},
                     {"suppressions": [{"status": "underReview"}]})") == FindingCounts{.warning = 4});
}

TEST_CASE("no run and an execution that failed are no answer") {
    CHECK(runs("").tool_failed.size() == 1);
    CHECK(runs(R"({"results": []})").tool_failed.empty());
    CHECK(runs(R"({"invocations": [{"executionSuccessful": true}, {"executionSuccessful": false}]}, {})")
              .tool_failed.size() == 2);
    CHECK(runs(R"({"results": []}, {"tool": {"driver": {"name": "lint"}}})").tool_failed ==
          std::vector<std::string>{"a run of lint has no list of results: the tool wasn't run"});
    CHECK(runs(R"({"results": []}, {"invocations": [{"executionSuccessful": true}]})").tool_failed.empty());
    CHECK(runs(R"({"results": [], "invocations": [{"executionSuccessful": false}, {"executionSuccessful": true}]})")
              .tool_failed.size() == 1); // one that failed is enough, whichever
    CHECK(runs(R"({"results": [], "invocations": [{"executionSuccessful": null}]})").tool_failed.size() == 1);
}

TEST_CASE("without the word for it the process says how it ended") {
    const auto failed = [](const std::string& invocation, const std::string& results = "") {
        return !runs(R"({"invocations": [)" + invocation + R"(], "results": [)" + results + "]}").tool_failed.empty();
    };
    CHECK(failed(R"({"exitCode": 2})"));
    CHECK(failed(R"({"exitCode": 2})", "{}"));
    CHECK(failed(R"({"exitCode": -11})"));
    CHECK(failed(R"({"exitCode": 1})")); // found something, and lists nothing
    CHECK_FALSE(failed(R"({"exitCode": 1})", "{}"));
    CHECK_FALSE(failed(R"({"exitCode": 0})"));
    CHECK_FALSE(failed("{}"));
    CHECK(failed(R"({"exitSignalName": "SIGSEGV"})"));
    CHECK(failed(R"({"processStartFailureMessage": "not found"})"));
    CHECK_FALSE(failed(R"({"exitCode": 2, "executionSuccessful": true})"));
}

TEST_CASE("other versions of SARIF call things differently and are refused") {
    for (const auto* version : {R"("1.0.0")", R"("2.0.0-csd.2.beta")", "1", R"("")", "null"}) {
        const auto evidence = read(std::string(R"({"version": )") + version + R"(, "runs": [{"results": []}]})");
        INFO(version);
        CHECK(evidence.problem == Problem::malformed);
        CHECK(evidence.reason.find("of SARIF is not read; expected 2.1.0") != std::string::npos);
    }
    CHECK(read(R"({"runs": [{"results": []}], "version": "1.0.0"})").problem == Problem::malformed);
    CHECK(read(R"({"version": "2.1.0-rtm.5", "runs": [{"results": []}]})").problem == Problem::none);
    CHECK(read(R"({"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "runs": [{"results": []}]})").problem ==
          Problem::none);
    CHECK(read(R"({"$schema": "https://json.schemastore.org/sarif-1.0.0.json", "runs": [{"results": []}]})").problem ==
          Problem::malformed);
}

TEST_CASE("results that lie elsewhere don't pass unseen") {
    const auto run = runs(R"({"tool": {"driver": {"name": "t"}}, "results": [],
        "externalPropertyFileReferences": {"results": [{"location": {"uri": "more.json"}}]}})");
    REQUIRE(run.tool_failed.size() == 1);
    CHECK(run.tool_failed[0].find("t keeps its results in another file") == 0);
    CHECK(
        runs(
            R"({"results": [], "externalPropertyFileReferences": {"results": [], "artifacts": [{}], "driver": {"guid": "x"}}})")
            .tool_failed.size() == 1);
    CHECK(runs(R"({"results": [], "externalPropertyFileReferences": {"results": [], "artifacts": [{}]}})")
              .tool_failed.empty());
    const auto inlined = [](const std::string& properties) {
        return read(R"({"version": "2.1.0", "inlineExternalProperties": [)" + properties +
                    R"(], "runs": [{"results": []}]})")
            .tool_failed.size();
    };
    CHECK(inlined(R"({"results": [{"level": "error"}]})") == 1);
    CHECK(inlined(R"({"driver": {"name": "t"}})") == 1);
    CHECK(inlined(R"({"results": [], "artifacts": [{}]})") == 0);
}

TEST_CASE("a rule is found by the GUID of its component and by its own") {
    const std::string tool =
        R"({"driver": {"guid": "AAAA0000-0000-0000-0000-000000000001", "rules": [{"id": "N", "defaultConfiguration": {"level": "note"}}]},
        "extensions": [{"name": "one"}, {"guid": "aaaa0000-0000-0000-0000-000000000002", "rules": [{"id": "N"},
            {"id": "E", "guid": "BBBB", "defaultConfiguration": {"level": "error"}}, {"id": "N/x", "defaultConfiguration": {"level": "error"}}]}]})";
    const auto level = [&](const std::string& rule) { return results(R"({"rule": {)" + rule + "}}", tool); };
    CHECK(level(R"("index": 1, "toolComponent": {"guid": "AAAA0000-0000-0000-0000-000000000002"})") ==
          FindingCounts{.error = 1});
    CHECK(level(R"("id": "N", "toolComponent": {"guid": "aaaa0000-0000-0000-0000-000000000002"})") ==
          FindingCounts{.warning = 1});
    CHECK(level(R"("index": 0, "toolComponent": {"guid": "aaaa0000-0000-0000-0000-000000000001"})") ==
          FindingCounts{.note = 1});
    CHECK(level(R"("guid": "bbbb")") == FindingCounts{.error = 1});
    CHECK(level(R"("guid": "bbbb", "toolComponent": {"guid": "aaaa0000-0000-0000-0000-000000000002"})") ==
          FindingCounts{.error = 1});
    // What leads nowhere may be anything: it weighs most.
    CHECK(level(R"("index": 0, "toolComponent": {"guid": "cccc"})") == FindingCounts{.error = 1});
    CHECK(level(R"("id": "N", "toolComponent": {"guid": "cccc"})") == FindingCounts{.note = 1});
}

TEST_CASE("many runs that could not look are counted, the first ones told") {
    std::string text;
    for (int i = 0; i < 250; ++i) text += R"({"results": null},)";
    const auto evidence = runs(text + R"({"results": []})");
    CHECK(evidence.tool_failed.size() == Evidence::kept);
    CHECK(evidence.more_tools_failed == 150);
}

TEST_CASE("a finding comes with its rule, text and place") {
    const auto evidence = runs(R"({"results": [{"level": "error", "ruleId": "R1", "message": {"text": "bad\nthing"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": "src/a%20%zz%2"}, "region": {"startLine": 3, "startColumn": 4}}}]}]})");
    REQUIRE(evidence.foreign.size() == 1);
    CHECK(evidence.foreign[0].rule == "R1");
    CHECK(evidence.foreign[0].message == "bad thing");
    CHECK(evidence.foreign[0].file == "src/a %zz%2");
    CHECK(evidence.foreign[0].line == 3);
    CHECK(evidence.foreign[0].column == 4);
}

TEST_CASE("members of a wrong type are no members") {
    CHECK(results(R"({"level": 7, "ruleId": {}, "rule": [], "message": "x", "locations": [3], "suppressions": "y"})") ==
          FindingCounts{.warning = 1});
    CHECK(runs(R"({"results": [], "tool": [], "invocations": 4})").findings == FindingCounts{});
}

TEST_CASE("a run or a result that is no object makes the report unreadable") {
    for (const auto* text : {"1", "null", R"({"results": {"a": {}}})", R"({"results": [5]})", R"({"results": [null]})"})
        CHECK(runs(text).problem == Problem::malformed);
}

TEST_CASE("a run without a list of results is no answer") {
    CHECK(runs(R"({"tool": {"driver": {"name": "t"}}})").tool_failed ==
          std::vector<std::string>{"no run has a list of results: no tool was run"});
    CHECK(runs(R"({"tool": {"driver": {"name": "t"}}, "results": null})").tool_failed ==
          std::vector<std::string>{"t says that it did not run to its end"});
    CHECK(runs(R"({"tool": {"driver": {"name": "rules only"}}}, {"results": []})").tool_failed.empty());
    CHECK(runs(R"({"invocations": [{"executionSuccessful": true}]})").tool_failed.empty()); // staticcheck, clean
    CHECK_FALSE(runs(R"({"invocations": [{"exitCode": 0}]})").tool_failed.empty());
}

TEST_CASE("a tool that lists nothing but tells an error has not looked") {
    const std::string told = R"("tool": {"driver": {"name": "t"}}, "invocations": [{"executionSuccessful": true,
        "toolExecutionNotifications": [{"level": "warning"}, {"level": "error", "message": {"text": "no rules"}}]}])";
    CHECK(runs("{" + told + R"(, "results": []})").tool_failed ==
          std::vector<std::string>{"t lists no result, but says: no rules"});
    CHECK(runs("{" + told + R"(, "results": [{"level": "note"}]})").tool_failed.empty());
}

TEST_CASE("a level that SARIF doesn't know weighs as an error") {
    CHECK(results(R"({"level": "critical"}, {"level": "Error"}, {"level": "warning"})") ==
          FindingCounts{.error = 2, .warning = 1});
}

TEST_CASE("only the first findings are kept, all are counted") {
    std::string text;
    for (int i = 0; i < 400; ++i) text += R"({"level": "error", "message": {"text": "x"}},)";
    const auto evidence = runs(R"({"results": [)" + text + R"({"level": "note"}]})");
    CHECK(evidence.findings == FindingCounts{.error = 400, .note = 1});
    CHECK(evidence.foreign.size() <= 2 * Evidence::kept);
}

TEST_CASE("a tool of SARIF that did not run to its end says why, and where") {
    const auto notified = [](const std::string& location) {
        return read(
                   R"({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "ESLint"}}, "results": [], "invocations": [
            {"executionSuccessful": false, "toolConfigurationNotifications": [{"level": "error",
             "message": {"text": "Parsing error: Unexpected token ("})" +
                   location + "}]}]}]}")
            .tool_failed;
    };
    CHECK(notified("") ==
          std::vector<std::string>{"ESLint says that it did not run to its end: Parsing error: Unexpected token ("});
    CHECK(notified(R"(, "locations": [{"physicalLocation": {"artifactLocation": {"uri": "file:///w/syntax.js"},
             "region": {"startLine": 3}}}])") ==
          std::vector<std::string>{
              "ESLint says that it did not run to its end: syntax.js:3: Parsing error: Unexpected token ("});
}
