#include "cli/overwrite.h"
#include "report/formats.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::cli;

namespace {

report::Report report_of(report::Verdict verdict) {
    report::Report report{.tool = "gate", .verdict = verdict};
    report.facts = "12 tests passed";
    report.closing = verdict == report::Verdict::pass ? "passed: 12 tests passed" : "failed: 1 test failed";
    report.findings = {{.rule = "gate/tests-failed", .file = "a.py", .line = 3, .message = "it failed"}};
    return report;
}

}

TEST_CASE("what our writers write may be written again, in the same format") {
    for (const auto& format : report::formats())
        for (const auto verdict : {report::Verdict::pass, report::Verdict::fail}) {
            INFO(format.name);
            CHECK(may_be_ours(format.name, report::render(report_of(verdict), format)));
        }
    CHECK(may_be_ours("docker-args", "--tag shop:1.2.3 --label a=b\n"));
    CHECK(may_be_ours("bake", "{\"target\": {\"docker-metadata-action\": {}}}\n"));
    CHECK(may_be_ours("plan",
                      "{\n  \"app\": \"shop\",\n  \"environment\": \"dev\",\n  \"plan\": {},\n  \"schema\": 1\n}\n"));
    CHECK(may_be_ours("provenance", "{\"payload\": \"\", \"payloadType\": \"application/vnd.in-toto+json\"}"));
    CHECK(may_be_ours("openmetrics", "# TYPE fairlead_backup_age_seconds gauge\n# EOF\n"));
}

TEST_CASE("an empty file is anybody's") {
    CHECK(may_be_ours("json", ""));
    CHECK(may_be_ours("text", " \n\n"));
}

TEST_CASE("what somebody else wrote is not replaced, whatever format is asked for") {
    constexpr std::string_view theirs[] = {
        "{\"name\": \"shop\", \"version\": \"1.0.0\"}\n",          // package.json
        "DB_PASSWORD=horse\nDEBUG=1\n",                            // .env
        "version: 1\napp: shop\n",                                 // fairlead.yml
        "<?xml version=\"1.0\"?>\n<testsuite name=\"pytest\"/>\n", // a report to judge
        "{\"version\": \"2.1.0\", \"runs\": [{\"tool\": {\"driver\": {\"name\": \"eslint\"}}}]}\n",
        "# Shop\n\nA shop.\n",
        "#include <cstdio>\nint main() {}\n",
        "CREATE TABLE a (id bigint);\n",
        "\x1F\x8B\x08 not a text",
    };
    for (const auto text : theirs)
        for (const auto* format :
             {"text", "github", "sarif", "junit", "json", "markdown", "html", "codequality", "cobertura", "openmetrics",
              "plan", "provenance", "bake", "docker-args", "env", "lines", "unknown"}) {
            INFO(format << ": " << text);
            CHECK_FALSE(may_be_ours(format, text));
        }
}
