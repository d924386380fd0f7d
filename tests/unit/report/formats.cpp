#include "report/formats.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "base/version.h"
#include "support/catch.h"
#include "support/schema.h"
#include "sys/data/json.h"
#include "sys/data/xml.h"
#include "unit/report/rendered.h"
#include <nlohmann/json.hpp>

using namespace fairlead;
using namespace fairlead::report;
using fairlead::test::rendered;
using Json = nlohmann::json;

namespace {

Report sample() {
    Report report{
        .tool = "preflight", .verdict = Verdict::fail, .environment = "production", .total = Milliseconds(12)};
    report.findings = {{.rule = "docker-user-root",
                        .severity = Severity::error,
                        .file = "app/Docker file#1:2",
                        .line = 7,
                        .column = 1,
                        .end_line = 7,
                        .end_column = 9,
                        .message = "the image runs as root",
                        .fix = "safe",
                        .refs = {"https://example.org"},
                        .fingerprint = "v1:00"},
                       {.rule = "whole", .severity = Severity::info, .message = "of all", .state = State::known},
                       {.rule = "docker-user-root",
                        .severity = Severity::warning,
                        .file = "b",
                        .message = "again",
                        .state = State::waived,
                        .waiver = "W1",
                        .waived = "waived by W1"},
                       {.rule = "s", .file = "c", .line = 1, .message = "ignored", .state = State::suppressed}};
    report.skipped = {{"docker-scan", "no engine"}};
    return report;
}

Report failed_report() {
    Report report{.tool = "gate", .verdict = Verdict::error};
    report.error = usage("unknown key", {.file = "fairlead.yml", .line = 7, .column = 3, .excerpt = "  key: 1"});
    return report;
}

}

TEST_CASE("the table of formats is found by name and by a file's extension") {
    std::string names;
    for (const Format& format : formats()) names += std::string(format.name) + " ";
    CHECK(names == "text github sarif junit json markdown html codequality ");
    CHECK(find_format("pdf") == nullptr);
    CHECK(format_of_file("out/a.sarif")->name == "sarif");
    CHECK(format_of_file("a.XML")->name == "junit");
    CHECK(format_of_file("a.md")->name == "markdown");
    CHECK(format_of_file("a.json")->name == "json");
    CHECK(format_of_file("a.txt")->name == "text");
    CHECK(format_of_file("a.html")->name == "html");
    CHECK(format_of_file("a.json/b") == nullptr);
    CHECK(format_of_file("a.") == nullptr);
    CHECK(format_of_file("") == nullptr);
}

TEST_CASE("JSON has the shape that all tools share") {
    const Json json = Json::parse(write_json(sample()));
    CHECK(json["schema"] == 1);
    CHECK(json["tool"] == "preflight");
    CHECK(json["tool_version"] == std::string(version()));
    CHECK(json["verdict"] == "fail");
    CHECK(json["environment"] == "production");
    CHECK(json["findings"][0] == Json::parse(R"({"rule":"docker-user-root","severity":"error",
        "file":"app/Docker file#1:2","line":7,"column":1,"end_line":7,"end_column":9,"message":"the image runs as root",
        "fix":"safe","refs":["https://example.org"],"fingerprint":"v1:00","state":"new"})"));
    CHECK(json["findings"][1] == Json::parse(R"({"rule":"whole","severity":"info","file":null,"line":null,
        "column":null,"message":"of all","fix":null,"refs":[],"fingerprint":null,"state":"known"})"));
    CHECK(json["skipped"] == Json::parse(R"([{"rule":"docker-scan","reason":"no engine"}])"));
    CHECK(json["timings"] == Json::parse(R"({"total_ms":12})"));
    CHECK(json["error"].is_null());

    const Json failed = Json::parse(write_json(failed_report()));
    CHECK(failed["verdict"] == "error");
    CHECK(failed["environment"].is_null());
    Report outputs = failed_report();
    outputs.outputs = {{"version", "1.2.3"}};
    CHECK_FALSE(Json::parse(write_json(outputs)).contains("outputs"));
    outputs.verdict = Verdict::fail;
    CHECK(Json::parse(write_json(outputs))["outputs"]["version"] == "1.2.3");
    CHECK(failed["error"] == Json::parse(R"({"message":"unknown key","file":"fairlead.yml","line":7,"column":3})"));
}

TEST_CASE("a tool adds keys to the JSON and may name the list of findings") {
    Report report = sample();
    report.findings_key = "violations";
    report.members = {member("tests", {{"total", 12}}), member("findings", {{"error", 2}})};
    const Json json = Json::parse(write_json(report));
    CHECK(json["tests"]["total"] == 12);
    CHECK(json["findings"] == Json::parse(R"({"error":2})"));
    CHECK(json["violations"].size() == 4);
}

TEST_CASE("SARIF names rules, levels, relative places and fingerprints") {
    const Json log = Json::parse(write_sarif(sample()));
    const Json& run = log["runs"][0];
    CHECK(log["version"] == "2.1.0");
    CHECK(run["tool"]["driver"]["name"] == "fairlead-preflight");
    CHECK(run["tool"]["driver"]["rules"].size() == 3);
    CHECK(run["columnKind"] == "unicodeCodePoints");
    CHECK(run["invocations"][0]["executionSuccessful"] == true);
    const Json& first = run["results"][0];
    CHECK(first["ruleId"] == "docker-user-root");
    CHECK(first["level"] == "error");
    CHECK(first["partialFingerprints"]["fairlead/v1"] == "v1:00");
    CHECK(first["baselineState"] == "new");
    const Json& place = first["locations"][0]["physicalLocation"];
    CHECK(place["artifactLocation"]["uri"] == "app/Docker%20file%231%3A2");
    CHECK(place["region"] == Json::parse(R"({"startLine":7,"startColumn":1,"endLine":7,"endColumn":10})"));
    CHECK(run["results"][1]["level"] == "note");
    CHECK(run["results"][1]["baselineState"] == "unchanged");
    CHECK_FALSE(run["results"][1].contains("locations"));
    CHECK(run["results"][2]["ruleIndex"] == 0);
    CHECK(run["results"][2]["suppressions"][0]["kind"] == "external");
    CHECK(run["results"][3]["suppressions"][0]["kind"] == "inSource");
    CHECK(Json::parse(write_sarif(failed_report()))["runs"][0]["invocations"][0]["executionSuccessful"] == false);
}

TEST_CASE("every SARIF that is written is valid against the schema") {
    const auto folder = test::conformance("schemas");
    if (!folder) SKIP_LOUDLY("conformance", "../shared/conformance/schemas is not there");
    Report hostile = sample();
    hostile.findings.push_back({.rule = "##[x]\n::y::", .file = "../a b/é\\\x01?", .line = 1, .message = "\xFF\x01"});
    for (const Report& report : {sample(), hostile, failed_report(), Report{.tool = "scan"}}) {
        const std::string bytes = rendered(report, "sarif");
        const auto problems = test::schema_problems(bytes, "json", *folder + "/sarif-2.1.0.json");
        if (!problems) SKIP_LOUDLY("conformance", "python3-jsonschema is not installed");
        CHECK(*problems == "");
    }
    const auto problems = test::schema_problems(R"({"version":"2.0"})", "json", *folder + "/sarif-2.1.0.json");
    if (problems) CHECK_FALSE(problems->empty()); // the check does say no
}

TEST_CASE("JUnit holds one case per finding, a waived one as skipped") {
    Report report = sample();
    const std::string text = write_junit(report);
    CHECK(text.find(
              R"(<testsuites name="fairlead-preflight" tests="2" failures="1" errors="0" skipped="1" time="0.000">)") !=
          std::string::npos);
    CHECK(text.find("name=\"docker-user-root app/Docker file#1:2:7\"") != std::string::npos);
    CHECK(write_junit({.tool = "scan"}).find("name=\"no findings\"") != std::string::npos);
    const std::string failed = write_junit(failed_report());
    CHECK(failed.find(R"(tests="1" failures="0" errors="1")") != std::string::npos);
    CHECK(failed.find("<error message=\"unknown key\">fairlead.yml:7:3: unknown key\n    key: 1\n    ^</error>") !=
          std::string::npos);
}

TEST_CASE("a no that rests on no finding is a failure in JUnit, and told in SARIF") {
    Report report{.tool = "verify", .verdict = Verdict::fail};
    report.closing = "no: it is not from the release";
    report.cases = {{.suite = "fairlead-verify", .name = "passes"}};
    for (const bool own : {true, false}) {
        if (!own) report.cases.clear();
        const auto junit = write_junit(report);
        CHECK(junit.find("failures=\"1\"") != std::string::npos);
        CHECK(junit.find("<failure message=\"no: it is not from the release\">") != std::string::npos);
        CHECK(junit.find("no findings") == std::string::npos);
    }
    const auto sarif = Json::parse(write_sarif(report));
    const auto& told = sarif["/runs/0/invocations/0/toolExecutionNotifications"_json_pointer];
    CHECK((told[0]["level"] == "error" && told[0]["message"]["text"] == report.closing));
    const auto plain = Json::parse(write_sarif(sample()));
    for (const auto& one : plain["/runs/0/invocations/0/toolExecutionNotifications"_json_pointer])
        CHECK(one["level"] != "error");
}

TEST_CASE("a command of fairlead itself is no executable of its own") {
    for (const char* tool : {"verify", "init"}) {
        const Report report{.tool = tool};
        const auto name = std::string("fairlead ") + tool;
        CHECK(write_junit(report).find("<testsuites name=\"" + name + "\"") != std::string::npos);
        CHECK(write_markdown(report).starts_with("### " + name + ": passed"));
        CHECK(write_sarif(report).find("\"name\": \"" + name + "\"") != std::string::npos);
    }
    CHECK(write_markdown({.tool = "fairlead"}).starts_with("### fairlead: "));
    CHECK(write_markdown({.tool = "gate"}).starts_with("### fairlead-gate: "));
}

TEST_CASE("Code Quality lists what is new or known, each with a path and a line") {
    Report report = sample();
    report.findings = {
        {.rule = "gate/findings", .severity = Severity::error, .file = "a.py", .line = 3, .message = "m"},
        {.rule = "r", .severity = Severity::warning, .message = "n", .state = State::known},
        {.rule = "r", .severity = Severity::info, .message = "o", .state = State::waived},
        {.rule = "r", .severity = Severity::info, .message = "p", .state = State::suppressed}};
    report.findings[0].fingerprint = "v1:1";
    const auto listed = Json::parse(write_codequality(report));
    REQUIRE(listed.size() == 2);
    CHECK(listed[0] == Json({{"description", "m"},
                             {"check_name", "gate/findings"},
                             {"fingerprint", "v1:1"},
                             {"severity", "critical"},
                             {"location", {{"path", "a.py"}, {"lines", {{"begin", 3}}}}}}));
    CHECK(listed[1]["severity"] == "minor");
    CHECK(listed[1]["location"] == Json({{"path", "."}, {"lines", {{"begin", 1}}}}));
}

TEST_CASE("JUnit keeps the tool's own cases by suite, with any text in them") {
    Report report{.tool = "smoke", .verdict = Verdict::fail};
    report.cases = {{.suite = "web", .name = "a \"b\" <c>", .time = Milliseconds(1500)},
                    {.suite = "api", .name = "x\ty", .failure = "one & ]]>\n::error::two\x01", .output = "o\rk"},
                    {.suite = "web", .name = "later", .skipped = "no time"}};
    const std::string text = rendered(report, "junit");
    CHECK(text == R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="fairlead-smoke" tests="3" failures="1" errors="0" skipped="1" time="1.500">
  <testsuite name="web" tests="2" failures="0" errors="0" skipped="1" time="1.500">
    <testcase classname="web" name="a &quot;b&quot; &lt;c&gt;" time="1.500"/>
    <testcase classname="web" name="later" time="0.000">
      <skipped message="no time"/>
    </testcase>
  </testsuite>
  <testsuite name="api" tests="1" failures="1" errors="0" skipped="0" time="0.000">
    <testcase classname="api" name="x&#9;y" time="0.000">
      <failure message="one &amp; ]]&gt;">one &amp; ]]&gt;
:&#58;error:&#58;two)"
                  "\uFFFD"
                  R"(</failure>
      <system-out>o&#13;k</system-out>
    </testcase>
  </testsuite>
</testsuites>
)");
}

TEST_CASE("the summary shows the worst first and says what was skipped") {
    Report report = sample();
    report.closing = "failed: 1 finding";
    report.findings.insert(report.findings.begin(), {.rule = "low", .severity = Severity::info, .message = "a|b"});
    CHECK(write_markdown(report) == "### fairlead-preflight: failed\n\nfailed: 1 finding\n\n"
                                    "| Severity | Rule | Place | Message |\n|---|---|---|---|\n"
                                    "| error | docker-user-root | app/Docker file\\#1:2:7 | the image runs as root |\n"
                                    "| info | low |  | a\\|b |\n"
                                    "| info | docker-user-root | b | waived by W1: again |\n\n"
                                    "- skipped docker-scan: no engine\n");
    CHECK(write_markdown(failed_report()) == "### fairlead-gate: could not decide\n\nfairlead.yml:7:3: unknown key\n");
    CHECK(write_markdown({.tool = "run", .summary = {.heading = "mine", .points = {"a"}, .next = "b"}}) ==
          "### mine\n\n- a\n\nNext: b\n");
}

TEST_CASE("the tables of a summary are escaped and masked where they are written") {
    const Secret secret("pass|word");
    Report report{.tool = "gate", .verdict = Verdict::fail, .says = Says::verdict};
    report.summary.heading = "fairlead-gate";
    report.summary.tables = {{{"Rule", "Held"}, {{"a|b", "no"}, {"x pass|word", "yes"}}, "no"}, {{"Place"}, {}}};
    report.findings = {{.rule = "gate/x", .message = "is in the tables"},
                       {.rule = "gate/silenced", .severity = Severity::warning, .message = "milder"}};
    CHECK(rendered(report, "markdown") == "### fairlead-gate: failed\n\n"
                                          "| Rule | Held |\n|---|---|\n| a\\|b | **no** |\n| x \\*\\*\\* | yes |\n\n"
                                          "| Place |\n|---|\n\n"
                                          "| Severity | Rule | Place | Message |\n|---|---|---|---|\n"
                                          "| warning | gate/silenced |  | milder |\n");
}

TEST_CASE("a summary stays below what the runner keeps, by whole rows") {
    Report report{.tool = "scan", .verdict = Verdict::fail};
    for (int i = 0; i < 20'000; ++i) {
        report.findings.push_back({.rule = "scan/key", .file = "a", .line = i + 1, .message = std::string(80, 'x')});
    }
    const std::string whole = write_markdown(report);
    CHECK(std::count(whole.begin(), whole.end(), '\n') == 20'004);
    CHECK(fitting_summary("short\n", 0) == "short\n");
    const std::string text = fitting_summary(whole, 0);
    CHECK(text.size() <= 900 * 1024 + 200);
    CHECK(text.size() > 800 * 1024);
    CHECK(fitting_summary(whole, 500 * 1024).size() <= 400 * 1024 + 200);
    CHECK(fitting_summary(whole, 1u << 30).starts_with("\n20004 more lines do not fit into a job summary"));
    const std::vector<std::string> lines = split(text, '\n');
    std::size_t rows = 0;
    for (const std::string& line : lines) {
        if (!line.starts_with("| error")) continue;
        ++rows;
        if (!line.ends_with(" |")) FAIL(line);
    }
    CHECK(text.find(std::to_string(20'000 - rows) + " more lines do not fit") != std::string::npos);
}

TEST_CASE("no format shows a secret, even one that has to be escaped") {
    const std::string value = std::string("pa") + "ss<&\"%:,|\n*word";
    const Secret secret(value);
    Report report{.tool = "scan", .verdict = Verdict::error, .environment = value, .text = value, .closing = value};
    report.findings = {{.rule = value, .file = value, .message = value, .fix = value, .refs = {value}}};
    report.skipped = {{value, value}};
    report.error = could_not(value, {.file = value, .line = 1, .column = 1, .excerpt = value});
    report.members = {member("own", value)};
    Report with_cases = report;
    with_cases.cases = {{.suite = value, .name = value, .failure = value, .output = value}};
    with_cases.sources = {{"a.py", {{1, value, "missed", true}}}};
    Report with_body = report;
    for (const Format& format : formats()) {
        with_body.bodies[std::string(format.name)] = value;
        for (const Report& one : {report, with_cases, with_body}) {
            const std::string bytes = render(one, format);
            INFO(format.name << ": " << bytes);
            CHECK(bytes.find("pa"
                             "ss") == std::string::npos);
            CHECK(bytes.find("word") == std::string::npos);
            CHECK(replace_all(bytes, "\\", "").find("***") != std::string::npos);
        }
    }
}

TEST_CASE("a secret that ends like JSON does leaves the report readable, and nothing in a report steers a terminal") {
    const Secret secret(std::string("ends-like") + "-json\"");
    report::Report report{.tool = "test", .environment = "ends-like-json"};
    report.members = {
        member("told", sys::Json::parse(R"({"a":"ends-like-json","b":"x ends-like-json\" y","c":"\u009b31m\u202e"})"))};
    report.closing = "closed \x1b[31m\u202e";
    report.findings = {{.rule = "test/x", .message = "m", .fix = "rotate ends-like-json\" now"}};
    for (const auto* name : {"json", "sarif", "junit", "text", "markdown", "github"}) {
        const auto text = report::render(report, *report::find_format(name));
        INFO(name << ": " << text);
        for (const auto* sequence : {"\x1b", "\xC2\x9B", "\u202E"}) CHECK(text.find(sequence) == text.npos);
    }
    const auto json = sys::parse_json(report::render(report, *report::find_format("json")), "report");
    REQUIRE(json.ok());
    CHECK(json.value()["told"]["a"] == "ends-like-json");
    CHECK(json.value()["told"]["b"] == "x *** y");
    CHECK(json.value()["findings"][0]["fix"] == "rotate *** now");
    CHECK(json.value()["told"]["c"] == "\u009b31m\u202e");
}
