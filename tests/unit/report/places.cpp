#include "report/places.h"
#include "report/decide.h"
#include "report/formats.h"
#include "support/catch.h"
#include "sys/data/json.h"

using namespace fairlead;
using namespace fairlead::report;

namespace {

Finding secret(std::string file, int line, std::string fingerprint = "v1:a") {
    Finding finding{.rule = "pat", .file = std::move(file), .line = line, .column = 4, .message = "a token"};
    finding.end_line = line;
    finding.end_column = 9;
    finding.fingerprint = std::move(fingerprint);
    finding.recurs = true;
    return finding;
}

std::vector<Finding> in_places(std::vector<Finding> findings) {
    join_places(findings);
    return findings;
}

Report report_of(std::vector<Finding> findings) {
    Report report{.tool = "scan", .verdict = Verdict::fail, .findings = std::move(findings)};
    report.counting_output = "findings";
    report.outputs = {{"findings", "1"}};
    return report;
}

}

TEST_CASE("a secret in several places is one finding, which stands where the first of them did") {
    auto plain = secret("b", 7);
    plain.recurs = false;
    const auto found = in_places({secret("a", 1), secret("a", 5, "v1:b"), secret("b", 2), plain, secret("c", 3)});
    REQUIRE(found.size() == 3);
    CHECK(found[0].file == "a");
    REQUIRE(found[0].places.size() == 3);
    CHECK(found[0].places[0].file == "a");
    CHECK(found[0].places[2].file == "c");
    CHECK(found[0].places[2].end_column == 9);
    CHECK(found[1].places.size() == 1);
    CHECK(found[2].places.empty()); // no finding of that kind
}

TEST_CASE("the gravest place leads, then the tree before a commit, then a file before a message") {
    auto sample = secret("a", 1), in_commit = secret("b", 1), message = secret("", 2), in_tree = secret("z", 1);
    sample.severity = Severity::warning;
    in_commit.refs = message.refs = {"commit 0123456789abcdef"};
    CHECK(in_places({sample, in_commit, in_tree})[0].file == "z");
    CHECK(in_places({message, sample, in_commit})[0].file == "b");
    CHECK(in_places({message, sample})[0].severity == Severity::error);
}

TEST_CASE("what is known, suppressed or waived elsewhere is a finding of its own") {
    auto known = secret("b", 1), hidden = secret("c", 1), waived = secret("d", 1), other = secret("e", 1);
    known.state = State::known;
    hidden.state = State::suppressed;
    waived.state = other.state = State::waived;
    waived.waiver = "W1";
    other.waiver = "W2";
    CHECK(in_places({secret("a", 1), known, hidden, waived, other}).size() == 5);
}

TEST_CASE("a waiver of one place leaves the others") {
    auto report = report_of({secret("a", 1), secret("b", 1), secret("c", 1)});
    Waivers waivers{.all = {{.id = "W1", .rule = "scan/pat", .path = "a", .expires = "2030-01-01"}},
                    .findings_folder = "/r",
                    .globs_folder = "/r",
                    .today = "2026-01-01"};
    decide(report, waivers);
    REQUIRE(report.findings.size() == 2);
    CHECK(report.findings[0].state == State::waived);
    CHECK(report.findings[1].places.size() == 2);
    CHECK(report.verdict == Verdict::fail);
    CHECK(report.outputs[0].second == "1");
}

TEST_CASE("a line names a few places, and how many more there are") {
    auto in_commit = secret("old.env", 3);
    in_commit.refs = {"commit 0123456789abcdef0123456789abcdef01234567"};
    CHECK(told_others(in_places({secret("a", 1)})[0], 3).empty());
    CHECK(told_others(in_places({secret("a", 1), secret("a", 2)})[0], 3) == "; also in a:2");
    CHECK(told_others(in_places({secret("a", 1), secret("b", 2), in_commit})[0], 3) ==
          "; also in b:2 and old.env:3 in commit 0123456789ab");
    auto in_line = secret("a", 1);
    in_line.column = 70;
    CHECK(told_others(in_places({secret("a", 1), in_line})[0], 3) == "; also in a:1:70");
    const auto many = in_places({secret("a", 1), secret("b", 2), secret("c", 0), secret("d", 4), secret("e", 5)})[0];
    CHECK(told_others(many, 3) == "; also in b:2, c, d:4 and 1 more place");
    CHECK(told_others(many, 2) == "; also in b:2, c and 2 more places");
    CHECK(told_others(many, 9) == "; also in b:2, c, d:4 and e:5");
}

TEST_CASE("JSON lists all places, SARIF has one result with all locations, and none shows a secret in a path") {
    const Secret hidden("hunter2hunter2");
    auto in_commit = secret("hunter2hunter2.env", 3), message = secret("", 1);
    in_commit.refs = message.refs = {"commit 0123456789abcdef0123456789abcdef01234567"};
    auto report = report_of({secret("a", 1), in_commit, message});
    decide(report, {});
    const auto json = sys::parse_json(render(report, *find_format("json")), "").value();
    REQUIRE(json["findings"].size() == 1);
    CHECK(json["findings"][0]["places"].size() == 3);
    CHECK(json["findings"][0]["places"][0]["line"] == 1);
    CHECK(json["findings"][0]["places"][1]["file"] == "***.env");
    CHECK(json["findings"][0]["places"][2]["file"].is_null());
    const auto sarif = sys::parse_json(render(report, *find_format("sarif")), "").value();
    const auto& results = sarif["runs"][0]["results"];
    REQUIRE(results.size() == 1);
    REQUIRE(results[0]["locations"].size() == 2); // a message of a commit has no file
    CHECK(results[0]["locations"][1]["physicalLocation"]["region"]["startLine"] == 3);
    CHECK(results[0]["locations"][1]["message"]["text"] == "in commit 0123456789abcdef0123456789abcdef01234567");
    CHECK(results[0]["message"]["text"] == "a token; also in ***.env:3 in commit 0123456789ab and commit 0123456789ab");
}
