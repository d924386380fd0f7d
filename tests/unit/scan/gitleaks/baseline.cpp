#include "scan/gitleaks/baseline.h"
#include "scan/gitleaks/report.h"
#include "support/catch.h"
#include <chrono>
#include <functional>

using namespace fairlead;
using fairlead::scan::gitleaks::Baseline;
using fairlead::scan::gitleaks::Finding;
using fairlead::scan::gitleaks::write_report;

namespace {

Finding known_finding() {
    Finding finding;
    finding.rule = "zzk";
    finding.description = "made-up token";
    finding.start_line = 2;
    finding.end_line = 4;
    finding.start_column = 5;
    finding.end_column = 16;
    finding.match = "key=zzk_abcd1234";
    finding.secret = "zzk_abcd1234";
    finding.file = "a.txt";
    finding.symlink = "b.txt";
    finding.commit = "1234567";
    finding.entropy = 3.418296F;
    finding.author = "O\"Neil";
    finding.email = "a@example.org";
    finding.date = "2026-11-28T20:00:00Z";
    finding.message = "one\n\ntwo <b>";
    finding.tags = {"a", "b c"};
    return finding;
}

Finding known_name() {
    Finding finding;
    finding.rule = "keyfile";
    finding.file = "a.qqkey";
    finding.match = "file detected: a.qqkey";
    return finding;
}

Baseline baseline_of(const std::string& json) {
    auto baseline = Baseline::parse(json, "known.json");
    REQUIRE(baseline.ok());
    return std::move(baseline).value();
}

Baseline baseline_of(const std::vector<Finding>& findings) { return baseline_of(write_report("json", findings, {})); }

}

TEST_CASE("gitleaks: a baseline knows what it lists, and nothing that differs in a compared field") {
    const Baseline baseline = baseline_of(std::vector{known_finding(), known_name()});
    CHECK(baseline.knows(known_finding(), 0));
    CHECK(baseline.knows(known_name(), 0));
    const std::vector<std::function<void(Finding&)>> changes = {
        [](Finding& f) { f.rule += "x"; },    [](Finding& f) { f.description += "x"; },
        [](Finding& f) { ++f.start_line; },   [](Finding& f) { ++f.end_line; },
        [](Finding& f) { ++f.start_column; }, [](Finding& f) { ++f.end_column; },
        [](Finding& f) { f.file += "x"; },    [](Finding& f) { f.commit += "x"; },
        [](Finding& f) { f.entropy = 3; },    [](Finding& f) { f.author += "x"; },
        [](Finding& f) { f.email += "x"; },   [](Finding& f) { f.date += "x"; },
        [](Finding& f) { f.message += "x"; }, [](Finding& f) { f.author.swap(f.email); }};
    for (std::size_t i = 0; i < changes.size(); ++i) {
        INFO("change " << i);
        Finding changed = known_finding();
        changes[i](changed);
        CHECK_FALSE(baseline.knows(changed, 0));
        CHECK_FALSE(baseline.knows(changed, 100));
    }
    Finding same = known_finding();
    same.symlink.clear();
    same.tags.clear();
    CHECK(baseline.knows(same, 0));
}

TEST_CASE("gitleaks: a baseline compares match and secret only without redaction") {
    const Baseline baseline = baseline_of(std::vector{known_finding()});
    Finding other = known_finding(), match = known_finding();
    other.secret = "zzk_efgh5678";
    match.match += " ";
    for (const Finding& changed : {other, match}) {
        CHECK_FALSE(baseline.knows(changed, 0));
        CHECK(baseline.knows(changed, 1));
        CHECK(baseline.knows(changed, 100));
    }
}

TEST_CASE("gitleaks: keys of a baseline match in any case; what is absent or null counts as empty") {
    const std::string json =
        R"([{"ruleid":"keyfile","FILE":"a.qqkey","Match":"file detected: a.qqkey","Tags":null,"Commit":null,)"
        R"("EndLine":null,"Entropy":-0.0,"Fragment":{"Raw":"x"}}])";
    CHECK(baseline_of(json).knows(known_name(), 0));
    CHECK(baseline_of("[null]").knows(Finding{}, 0));
    for (const char* none : {"[]", "null", "[{}]"}) CHECK_FALSE(baseline_of(none).knows(known_finding(), 0));
}

TEST_CASE("gitleaks: entropies of a baseline are compared as floats") {
    Finding finding;
    finding.entropy = 3.418296F;
    for (const char* entropy : {"3.418296", "3.41829609", "3.4182960e0"})
        CHECK(baseline_of("[{\"Entropy\":" + std::string(entropy) + "}]").knows(finding, 0));
    CHECK_FALSE(baseline_of(R"([{"Entropy":3.418297}])").knows(finding, 0));
    finding.entropy = 3;
    CHECK(baseline_of(R"([{"Entropy":3}])").knows(finding, 0));
}

TEST_CASE("gitleaks: a baseline of another form is a usage error that names file, place and what is expected") {
    struct Sample {
        std::string json, message;
    };
    const std::vector<Sample> samples = {
        {"{}", "the baseline is not an array; expected a JSON report, which is an array of findings"},
        {"\"x\"", "the baseline is not an array; expected a JSON report, which is an array of findings"},
        {"[{}, 7]", "entry 2 of the baseline is not a finding; expected an object"},
        {R"([{"Secret":1}])", "'Secret' in entry 1 of the baseline has the wrong type; expected a string"},
        {R"([{"startline":"1"}])",
         "'startline' in entry 1 of the baseline has the wrong type; expected a whole number"},
        {R"([{"EndLine":1.5}])", "'EndLine' in entry 1 of the baseline has the wrong type; expected a whole number"},
        {R"([{"EndLine":18446744073709551615}])",
         "'EndLine' in entry 1 of the baseline has the wrong type; expected a whole number"},
        {R"([{"Entropy":true}])", "'Entropy' in entry 1 of the baseline has the wrong type; expected a number"},
        {R"([{"Entropy":1e39}])", "'Entropy' in entry 1 of the baseline has the wrong type; expected a number"}};
    for (const Sample& sample : samples) {
        INFO(sample.json);
        const auto baseline = Baseline::parse(sample.json, "known.json");
        REQUIRE_FALSE(baseline.ok());
        CHECK(baseline.error().kind == Kind::usage);
        CHECK(baseline.error().message == sample.message);
        CHECK(baseline.error().place.file == "known.json");
    }
    for (const char* broken : {"", "[\n{", "RuleID,Commit"}) {
        INFO(broken);
        const auto baseline = Baseline::parse(broken, "known.json");
        REQUIRE_FALSE(baseline.ok());
        CHECK(baseline.error().kind == Kind::usage);
        CHECK(baseline.error().message.find("the baseline is not valid JSON") == 0);
        CHECK(baseline.error().message.find("; expected a JSON report") != std::string::npos);
        CHECK(baseline.error().place.file == "known.json");
    }
}

TEST_CASE("gitleaks: a baseline of 10,000 findings is searched for 10,000 in a moment") {
    std::vector<Finding> findings(10'000, known_finding());
    for (std::size_t i = 0; i < findings.size(); ++i) findings[i].secret = std::to_string(i);
    const Baseline baseline = baseline_of(findings);
    const auto start = std::chrono::steady_clock::now();
    std::size_t known = 0;
    for (Finding& finding : findings) {
        known += baseline.knows(finding, 0) ? 1 : 0;
        finding.secret += "x";
        known += baseline.knows(finding, 0) ? 1 : 0;
    }
    CHECK(known == findings.size());
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5)); // a linear search compares 200 million
}
