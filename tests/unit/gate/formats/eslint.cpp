#include "unit/gate/formats/findings.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

std::string eslint(const std::string& messages, const std::string& more = "") {
    return R"([{"filePath": "/ci/src/a.js", "messages": [)" + messages + "]" + more + "}]";
}

}

TEST_CASE("ESLint's 2 and what is fatal are errors, 1 is a warning, what is suppressed doesn't count") {
    CHECK(counts_of(eslint(R"({"severity": 2}, {"severity": 1}, {"severity": 1, "fatal": true}, {"fatal": true},
                              {"severity": 1, "fatal": false})",
                           R"(, "suppressedMessages": [{"severity": 2}])")) == FindingCounts{.error = 3, .warning = 2});
    CHECK(counts_of(eslint(R"({"message": "of another tool"})")) == FindingCounts{.error = 1});
    CHECK(counts_of(eslint("")) == FindingCounts{});
}

TEST_CASE("a message of ESLint belongs to its file, whose name may come later") {
    const auto evidence = read(R"([{"filePath": "a.js", "messages": [{"ruleId": "no-eval", "severity": 2,
        "message": "no", "line": 19, "column": 11}]},
        {"messages": [{"ruleId": null, "severity": 1, "message": "x"}], "source": "let a", "filePath": "b.js"}])");
    REQUIRE(evidence.foreign.size() == 2);
    CHECK(evidence.foreign[0].file == "a.js");
    CHECK(evidence.foreign[0].rule == "no-eval");
    CHECK(evidence.foreign[0].tool == "ESLint");
    CHECK(evidence.foreign[0].line == 19);
    CHECK(evidence.foreign[0].column == 11);
    CHECK(evidence.foreign[1].file == "b.js");
    CHECK(evidence.foreign[1].rule.empty());
}

TEST_CASE("the list of json-with-metadata is the same") {
    const auto evidence = read(R"({"results": [{"filePath": "a.js", "messages": [{"severity": 2}], "errorCount": 1}],
        "metadata": {"rulesMeta": {}}})");
    CHECK(evidence.format == "eslint");
    CHECK(evidence.findings == FindingCounts{.error = 1});
    REQUIRE(evidence.foreign.size() == 1);
    CHECK(evidence.foreign[0].file == "a.js");
}

TEST_CASE("errors that ESLint declares and doesn't list are no answer") {
    const auto evidence = read(eslint("", R"(, "errorCount": 2)"));
    REQUIRE(evidence.tool_failed.size() == 1);
    CHECK(evidence.tool_failed[0] == "ESLint declares 2 errors, but lists none");
    CHECK(read(eslint(R"({"severity": 2})", R"(, "errorCount": 6)")).tool_failed.empty());
}

TEST_CASE("messages of ESLint that can't be judged are refused") {
    for (const auto* severity : {"0", "3", "-1", "\"2\"", "1.5", "1e400", "true"}) {
        INFO(severity);
        CHECK(read(eslint(std::string(R"({"severity": )") + severity + "}")).problem == Problem::malformed);
    }
    CHECK(refusal(eslint(R"({"severity": 3})")) ==
          "malformed ESLint report: the severity of a message is 3, expected 1 or 2");
    CHECK(refusal(R"([{"filePath": "a", "messages": []}, {"messages": {}}])").ends_with("is not a list"));
    CHECK(refusal(eslint("") + "x").starts_with("malformed JSON"));
    CHECK(refusal(R"([{"filePath": "a", "messages": [{"severity": 1})").starts_with("malformed JSON"));
}

TEST_CASE("of each level the first hundred are kept, and all are counted") {
    std::string messages;
    for (int i = 0; i < 250; ++i)
        messages += std::string(i > 0 ? "," : "") + R"({"severity": )" + (i % 2 ? "1}" : "2}");
    const auto evidence = read(eslint(messages));
    CHECK(evidence.findings == FindingCounts{.error = 125, .warning = 125});
    CHECK(evidence.foreign.size() == 200);
    CHECK(evidence.foreign.back().file == "/ci/src/a.js");
}
