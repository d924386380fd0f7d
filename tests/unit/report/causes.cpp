#include "report/causes.h"
#include "report/formats.h"
#include "support/catch.h"
#include "sys/data/json.h"

using namespace fairlead;
using namespace fairlead::report;

namespace {

Finding warning(std::string message, int line, std::string file = "compose.yml") {
    return {.rule = "limits",
            .severity = Severity::warning,
            .file = std::move(file),
            .line = line,
            .message = std::move(message)};
}

std::vector<Finding> joined(std::vector<Finding> findings) {
    join_causes(findings, [](const Finding& one) { return one.file == ".env"; });
    return findings;
}

}

TEST_CASE("warnings of one rule in one file are one finding, which tells the other places by what they name") {
    const auto found = joined({warning("db has no limit; add one", 2), warning("web has no limit; add one", 8),
                               warning("db has no limit; add one", 9), warning("mail has no limit; add one", 21),
                               warning("the old worker has no limit; add one", 30)});
    REQUIRE(found.size() == 1);
    CHECK(found[0].line == 2);
    CHECK(found[0].also.size() == 4);
    CHECK(told_places(found[0]) == "; the same: web (line 8), line 9, mail (line 21) and 1 more");
    CHECK(told_places(joined({warning("one; two; three", 1), warning("four; two; six", 2)})[0]) ==
          "; the same: line 2"); // nothing that is a name
}

TEST_CASE("other severities, errors in other words, what is known and what stands alone are findings of their own") {
    auto error = warning("a", 1), known = warning("a", 3), info = warning("a", 4);
    error.severity = Severity::error;
    known.state = State::known;
    info.severity = Severity::info;
    auto other_error = error;
    other_error.message = "b";
    other_error.line = 6;
    CHECK(joined({error, error, other_error}).size() == 2); // an anchor that several services take
    CHECK(joined({error, other_error, warning("a", 2), known, known, info}).size() == 6);
    CHECK(joined({warning("a", 1, ".env"), warning("b", 2, ".env")}).size() == 2);
    CHECK(joined({warning("a; one; b", 1), warning("a; two; b", 2)}).size() == 2);
    auto mended = warning("b", 2);
    mended.fix = "safe";
    CHECK(joined({warning("b", 1), mended})[0].fix == "safe"); // some of its places can be mended
}

TEST_CASE("warnings of one rule in several files are one, which names the other files; errors are of their file") {
    auto other = warning("web has no limit; add one", 5, "other.yml");
    const auto found = joined({warning("db has no limit; add one", 2), other});
    REQUIRE(found.size() == 1);
    CHECK(found[0].also[0].file == "other.yml");
    CHECK(told_places(found[0]) == "; the same: web (other.yml:5)");
    Report report{.tool = "preflight"};
    report.findings = found;
    CHECK(sys::Json::parse(write_json(report))["findings"][0]["also"][0]["file"] == "other.yml");
    const auto sarif = sys::Json::parse(write_sarif(report));
    const auto& related = sarif["runs"][0]["results"][0]["relatedLocations"][0]["physicalLocation"];
    CHECK(related["artifactLocation"]["uri"] == "other.yml");
    auto error = warning("db has no limit; add one", 2), elsewhere = error;
    error.severity = elsewhere.severity = Severity::error;
    elsewhere.file = "other.yml";
    CHECK(joined({error, elsewhere}).size() == 2);
}

TEST_CASE("errors of one file in the same words are one") {
    std::vector<Finding> errors;
    for (const int line : {2, 8, 9}) {
        errors.push_back(warning("DB_PASSWORD has a default; a; b", line));
        errors.back().severity = Severity::error;
    }
    CHECK(joined(errors).size() == 1);
    CHECK(joined(errors)[0].also.size() == 2);
    auto others = errors;
    others[1].message = "KEY has a default; a; b"; // the same fact of another
    CHECK(joined(others).size() == 2);
}

TEST_CASE("findings of one cause are one line, whatever their rules: the gravest; without an error the kind counts") {
    auto literal = warning("${PASSWORD} has a secret as its default; a; b", 2);
    auto weak = warning("PASSWORD can be guessed; a; b", 2), again = warning("URL can be guessed; a; b", 9);
    weak.rule = again.rule = "weak";
    literal.cause = weak.cause = again.cause = "secret\none";
    weak.severity = Severity::error;
    auto found = joined({literal, weak, again});
    REQUIRE(found.size() == 1);
    CHECK(found[0].rule == "weak");
    CHECK(told_places(found[0]) == "; the same: URL (line 9)"); // not once more what it says itself
    auto other = again;
    other.cause = "secret\ntwo";
    CHECK(joined({literal, weak, other}).size() == 2);
    weak.severity = Severity::warning;
    CHECK(joined({literal, weak, other}).size() == 1);
    auto headers = warning("server a sends no Policy; a; b", 3), frames = warning("server a sends no Frame; c; d", 3);
    headers.cause = frames.cause = "headers";
    frames.rule = "frames";
    CHECK(told_places(joined({headers, frames})[0]) == "; the same: Frame"); // in the same place
}

TEST_CASE("the text begins with the worst, of those with what weighs most, and says how much more there is") {
    Report report{.tool = "preflight", .most_told = 3, .tells_levels = true, .closing = "failed"};
    report.findings = {warning("plain", 1), warning("heavy", 2), warning("light", 3), warning("worst", 4)};
    report.findings[1].weight = 1;
    report.findings[2].weight = -1;
    report.findings[3].severity = Severity::error;
    report.findings[0].also = {{.line = 7, .subject = "web", .message = "web"}};
    CHECK(write_text(report) ==
          "compose.yml:4: error: worst [limits]\ncompose.yml:2: warning: heavy [limits]\ncompose.yml:1: warning: "
          "plain; the same: web (line 7) [limits]\nand 1 more; to show all, add --all\nfailed\n");
    report.most_told = 4;
    CHECK(write_text(report).find("more;") == std::string::npos);
    const auto json = sys::Json::parse(write_json(report));
    CHECK(json["findings"][0]["also"] == sys::Json::parse(R"([{"line": 7, "column": null, "message": "web"}])"));
    CHECK_FALSE(json["findings"][1].contains("also"));
    const auto sarif = sys::Json::parse(write_sarif(report));
    CHECK(sarif["runs"][0]["results"][0]["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 7);
}
