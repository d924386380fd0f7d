#include "report/decide.h"
#include "report/formats.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::report;

namespace {

Finding failed_test(const std::string& file) {
    return {.rule = "gate/tests-failed", .file = file, .line = 3, .message = "test of " + file + " failed"};
}

Report failed_gate() {
    Report report{.tool = "gate", .verdict = Verdict::fail, .findings_key = "violations"};
    report.findings = {{.rule = "gate/tests-failed", .message = "2 of 9 tests failed", .sums_up = true},
                       failed_test("app/tests/a.py"),
                       failed_test("app/tests/b.py")};
    report.facts = "2 of 9 tests failed";
    report.says = Says::verdict;
    report.cases = {{.suite = "gate",
                     .name = "gate/tests-failed",
                     .failure = "2 of 9 tests failed",
                     .finding = "gate/tests-failed"}};
    report.verdict_output = "verdict";
    report.outputs = {{"verdict", ""}};
    return report;
}

Waiver waiver(const std::string& id, const std::string& path) {
    return {.id = id,
            .rule = "gate/tests-failed",
            .path = path,
            .owner = "ada",
            .reason = "flaky",
            .expires = "2026-03-31",
            .place = {.file = "app/fairlead.yml", .line = 7, .column = 5}};
}

Waivers waivers(std::vector<Waiver> all, const std::string& today = "2026-03-31") {
    return {std::move(all), "/repo", "/repo/app", today};
}

std::string states(const Report& report) {
    std::string text;
    for (const Finding& finding : report.findings) text += std::string(name_of(finding.state)) + " ";
    return text;
}

std::string told(const Report& report) {
    std::string text;
    for (const Finding& finding : report.findings)
        if (finding.severity == Severity::warning) text += finding.rule + ": " + finding.message + "\n";
    return text;
}

}

TEST_CASE("a waiver may name what a finding is about, with * for any text") {
    const auto after = [](const std::string& about) {
        Report report = failed_gate();
        report.findings[1].about = "tests.shop/web.test_pay[a*b]";
        report.findings[2].about = "tests.shop.test_send";
        auto one = waiver("Q1", "");
        one.about = about;
        decide(report, waivers({one}));
        return std::string(name_of(report.findings[1].state)) + " " + std::string(name_of(report.findings[2].state));
    };
    CHECK(after("tests.shop/web.test_pay[a*b]") == "waived new");
    for (const auto* one : {"tests.shop.test_send", "*send", "*.test_s*d"}) CHECK(after(one) == "new waived");
    for (const auto* both : {"*", "tests.*", "*shop*test*"}) CHECK(after(both) == "waived waived");
    for (const auto* none : {"tests", "tests.shop", "test_send", "*x*", "tests.shop.test_send*d", "**q"})
        CHECK(after(none) == "new new");
    Report report = failed_gate(); // whose findings are about nothing
    auto one = waiver("Q1", "");
    one.about = "*";
    decide(report, waivers({one}));
    CHECK(states(report).starts_with("new new new"));
}

TEST_CASE("a no turns into a yes when each finding is waived, and says by what") {
    Report report = failed_gate();
    decide(report, waivers({waiver("W1", "tests/a.py"), waiver("W2", "tests/{b,c}.py")}));
    CHECK(report.verdict == Verdict::pass);
    CHECK(states(report) == "waived waived waived ");
    CHECK(report.closing == "passed with 2 waived (W1, W2): 2 of 9 tests failed");
    CHECK(report.findings[1].waived == "waived by W1 until 2026-03-31 (ada: flaky)");
    CHECK(report.outputs.front().second == "pass");
    CHECK(report.cases.front().failure.empty());
    CHECK(exit_status(report) == 0);
}

TEST_CASE("a no stays while one finding is left") {
    Report report = failed_gate();
    decide(report, waivers({waiver("W1", "tests/a.py")}));
    CHECK(report.verdict == Verdict::fail);
    CHECK(states(report) == "new waived new ");
    CHECK(report.closing == "failed: 2 of 9 tests failed; 1 waived (W1)");
    CHECK(report.outputs.front().second == "fail");
    CHECK_FALSE(report.cases.front().failure.empty());
}

TEST_CASE("a failed case that is made of several findings stays failed while one of them stands") {
    for (const auto* path : {"tests/a.py", "tests/b.py"}) {
        Report report = failed_gate();
        report.findings.erase(report.findings.begin()); // without the sum, which would stand as well
        decide(report, waivers({waiver("W1", path)}));
        CHECK(report.cases.front().failure == "2 of 9 tests failed");
        CHECK(report.cases.front().skipped.empty());
    }
}

TEST_CASE("a waiver's last day counts, the day after it is told as expired and the finding counts again") {
    Report report = failed_gate();
    report.findings.resize(2);
    decide(report, waivers({waiver("W1", "tests/a.py")}, "2026-04-01"));
    CHECK(report.verdict == Verdict::fail);
    CHECK(states(report) == "new new new ");
    CHECK(told(report) == "gate/waiver-expired: waiver W1 of ada expired on 2026-03-31, so its findings count again; "
                          "fix them, or agree on a new date\n");
    CHECK(report.findings.back().file == "app/fairlead.yml");
    CHECK(report.findings.back().line == 7);
    Report last_day = failed_gate();
    last_day.findings.resize(2);
    decide(last_day, waivers({waiver("W1", "tests/a.py")}, "2026-03-31"));
    CHECK(last_day.verdict == Verdict::pass);
}

TEST_CASE("an unused waiver is told by its own tool, and only when all was looked at") {
    Report report{.tool = "gate", .looked = {.at_all = true}};
    Waiver scans = waiver("W2", "");
    scans.rule = "scan/generic-api-key";
    decide(report, waivers({waiver("W1", "tests/c.py"), scans}));
    CHECK(told(report) == "gate/waiver-unused: waiver W1 covers no finding; remove it\n");
    CHECK(report.verdict == Verdict::pass);
    Report part{.tool = "gate"};
    decide(part, waivers({waiver("W1", "")}));
    CHECK(part.findings.empty());
    Report broken{.tool = "gate", .verdict = Verdict::error, .looked = {.at_all = true}};
    decide(broken, waivers({waiver("W1", "")}));
    CHECK(broken.findings.empty());
}

TEST_CASE("scan's rules are written scan/ID in a waiver, and bare by scan") {
    Report report{.tool = "scan", .verdict = Verdict::fail};
    report.findings = {{.rule = "generic-api-key", .file = "app/a.env", .message = "a key"}};
    report.counting_output = "findings";
    report.outputs = {{"findings", "1"}};
    Waiver one = waiver("W1", "*.env");
    one.rule = "generic-api-key";
    decide(report, waivers({one}));
    CHECK(report.verdict == Verdict::fail);
    one.rule = "scan/generic-api-key";
    decide(report, waivers({one}));
    CHECK(report.verdict == Verdict::pass);
    CHECK(report.outputs.front().second == "0");
}

TEST_CASE("a fingerprint waives one finding of several that look alike") {
    Report first = failed_gate();
    decide(first, waivers({}));
    Waiver one = waiver("W1", "");
    one.fingerprint = first.findings[2].fingerprint;
    CHECK(one.fingerprint.starts_with("v1:"));
    Report report = failed_gate();
    decide(report, waivers({one}));
    CHECK(states(report) == "new new waived ");
}

TEST_CASE("what happened can't be waived, nor a no that no finding gives") {
    Report rolled_back{.tool = "deploy", .verdict = Verdict::fail};
    rolled_back.findings = {{.rule = "deploy/rolled-back", .message = "not ready"}};
    rolled_back.stays_no = "it reports what happened";
    Waiver one = waiver("W1", "");
    one.rule = "deploy/rolled-back";
    decide(rolled_back, waivers({one}));
    CHECK(rolled_back.verdict == Verdict::fail);
    CHECK(rolled_back.findings.front().state == State::fresh);
    CHECK(told(rolled_back) == "deploy/waiver-refused: waiver W1 has no effect here: it reports what happened\n");

    Report plan{.tool = "deploy", .verdict = Verdict::fail}; // plan --check: there is something to do
    decide(plan, waivers({one}));
    CHECK(plan.verdict == Verdict::fail);

    Report error{.tool = "gate", .verdict = Verdict::error, .findings = {failed_test("app/tests/a.py")}};
    decide(error, waivers({waiver("W1", "")}));
    CHECK(error.verdict == Verdict::error);
}

TEST_CASE("the word of the verdict comes with the decision, and an error without a message has the closing line") {
    const auto decided = [](Report report) {
        decide(report, {});
        return report;
    };
    CHECK(decided({.verdict = Verdict::fail, .facts = "3 rules"}).closing == "3 rules");
    CHECK(decided({.facts = "1 test", .says = Says::verdict}).closing == "passed: 1 test");
    CHECK(decided({.facts = "nothing is missing", .says = Says::answer}).closing == "yes: nothing is missing");
    CHECK(decided({.verdict = Verdict::fail, .facts = "1 missing", .says = Says::answer}).closing == "no: 1 missing");
    CHECK(decided({.tool = "init"}).closing.empty());

    const Report wrong =
        decided({.verdict = Verdict::error, .error = usage(""), .facts = "1 wrong", .says = Says::answer});
    CHECK(wrong.error->message == "no: 1 wrong");
    CHECK(decided({.verdict = Verdict::error, .error = usage("why"), .facts = "x"}).error->message == "why");

    Report missing{.tool = "doctor", .verdict = Verdict::fail, .facts = "1 missing", .says = Says::answer};
    missing.findings = {{.rule = "doctor/missing", .message = "no git"}};
    Waiver one = waiver("W1", "");
    one.rule = "doctor/missing";
    decide(missing, waivers({one}));
    CHECK(missing.closing == "passed with 1 waived (W1): 1 missing");
}

TEST_CASE("each format shows what was waived") {
    Report report = failed_gate();
    decide(report, waivers({waiver("W1", "tests/*.py")}));
    const auto shown = [&](const char* format) { return render(report, *find_format(format)); };
    CHECK(shown("text").find("app/tests/a.py:3: waived by W1 until 2026-03-31 (ada: flaky): test of") !=
          std::string::npos);
    CHECK(shown("github").find("::notice file=app/tests/a.py,line=3,title=gate/tests-failed::waived by W1") !=
          std::string::npos);
    CHECK(shown("github").find("::error") == std::string::npos);
    CHECK(shown("sarif").find(R"-("justification": "waived by W1 until 2026-03-31 (ada: flaky)")-") !=
          std::string::npos);
    CHECK(shown("junit").find("<skipped message=\"waived by W1") != std::string::npos);
    CHECK(shown("junit").find("failures=\"0\"") != std::string::npos);
    CHECK(shown("json").find(R"("state": "waived")") != std::string::npos);
    CHECK(shown("json").find(R"("waiver": "W1")") != std::string::npos);
    CHECK(shown("markdown").find("| info | gate/tests-failed | app/tests/a.py:3 | waived by W1") != std::string::npos);
}

namespace {

Report looked_at(std::optional<std::uint64_t> count, std::vector<Finding> unread = {}) {
    Report report{.tool = "preflight"};
    report.looked = {.count = count, .nothing = "there is no file; name one", .unread = std::move(unread)};
    report.says = Says::verdict;
    return report;
}

Finding unread(const std::string& file, Severity severity = Severity::error) {
    return {.severity = severity, .file = file, .message = "it can't be read; fix it"};
}

}

TEST_CASE("a look at nothing is not a yes, unless that is allowed or the run judges nothing") {
    Report nothing = looked_at(0);
    decide(nothing, waivers({}));
    CHECK(nothing.verdict == Verdict::fail);
    CHECK(nothing.closing == "failed: nothing was looked at");
    REQUIRE(nothing.findings.size() == 1);
    CHECK(nothing.findings[0].rule == "preflight/nothing");
    Report allowed = looked_at(0);
    allowed.looked.may_be_nothing = true;
    decide(allowed, waivers({}));
    CHECK(allowed.verdict == Verdict::pass);
    CHECK(allowed.closing == "passed: nothing was looked at");
    Report tells = looked_at(std::nullopt);
    decide(tells, waivers({}));
    CHECK(tells.verdict == Verdict::pass);
    Report something = looked_at(1);
    decide(something, waivers({}));
    CHECK(something.verdict == Verdict::pass);
}

TEST_CASE("what could not be read is told, as an error a no, as a warning never alone") {
    Report error = looked_at(3, {unread("a.conf")});
    decide(error, waivers({}));
    CHECK(error.verdict == Verdict::fail);
    REQUIRE(error.findings.size() == 1);
    CHECK(error.findings[0].rule == "preflight/unread");
    Report warned = looked_at(3, {unread("a.conf", Severity::warning)});
    decide(warned, waivers({}));
    CHECK(warned.verdict == Verdict::pass);
    CHECK(warned.findings.size() == 1);
    Report alone = looked_at(0, {unread("a.conf", Severity::warning)});
    decide(alone, waivers({}));
    CHECK(alone.verdict == Verdict::fail);
    CHECK(alone.findings.size() == 2);
}

TEST_CASE("a waiver of what can't be read makes no yes where nothing else was looked at") {
    Waiver all = waiver("W1", "**");
    all.rule = "preflight/unread";
    Report beside = looked_at(2, {unread("app/a.conf")});
    decide(beside, waivers({all}));
    CHECK(beside.verdict == Verdict::pass);
    Report alone = looked_at(0, {unread("app/a.conf")});
    decide(alone, waivers({all}));
    CHECK(alone.verdict == Verdict::fail);
    CHECK(told(alone).find("nothing was looked at") != std::string::npos);
}
