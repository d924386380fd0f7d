#include "base/utf8.h"
#include "report/formats.h"
#include "report/printable.h"
#include <algorithm>
#include <fmt/format.h>

// JUnit XML as CI systems read it (testmoapp/junitxml describes the common core).
namespace fairlead::report {

namespace {

std::string seconds(Milliseconds time) { return fmt::format("{:.3f}", static_cast<double>(time.count()) / 1000.0); }

// A failure where it decides; what only tells something is a case that passed.
Case case_of(const Finding& finding, const std::string& suite) {
    Case one{.suite = suite, .name = finding.rule};
    if (!finding.file.empty()) one.name += fmt::format(" {}:{}", finding.file, finding.line);
    (finding.state == State::waived ? one.skipped
     : decides(finding)             ? one.failure
                                    : one.output) = finding_line(finding);
    return one;
}

// Every report has at least one case: readers take a file without any for a broken run.
std::vector<Case> cases_of(const Report& report) {
    std::vector<Case> cases = report.cases;
    const std::string suite = program_of(report.tool);
    const bool own = !cases.empty(); // decide() has told them what is waived
    for (const Finding& shown : shown_findings(report))
        if (!own || (is_late(shown) && shown.state != State::waived)) cases.push_back(case_of(shown, suite));
    // A no that rests on no single finding is none the less one.
    const bool fails = std::any_of(cases.begin(), cases.end(), [](const Case& one) { return !one.failure.empty(); });
    if (report.verdict == Verdict::fail && !fails)
        cases.push_back({.suite = suite, .name = "verdict", .time = report.total, .failure = reason_of(report)});
    if (cases.empty() && report.verdict != Verdict::error)
        cases.push_back({.suite = suite, .name = "no findings", .time = report.total});
    return cases;
}

std::string write_case(const Case& one) {
    std::string text = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{}\"", escape_xml(one.suite),
                                   escape_xml(one.name), seconds(one.time));
    std::string inner;
    if (!one.failure.empty()) {
        const std::string_view first_line = std::string_view(one.failure).substr(0, one.failure.find('\n'));
        inner += fmt::format("      <failure message=\"{}\">{}</failure>\n", escape_xml(first_line),
                             escape_xml(one.failure, false));
    }
    if (!one.skipped.empty()) inner += fmt::format("      <skipped message=\"{}\"/>\n", escape_xml(one.skipped));
    if (!one.output.empty()) inner += fmt::format("      <system-out>{}</system-out>\n", escape_xml(one.output, false));
    return text + (inner.empty() ? "/>\n" : ">\n" + inner + "    </testcase>\n");
}

struct Totals {
    std::size_t tests = 0, failures = 0, skipped = 0;
    Milliseconds time{0};
    void add(const Case& one) {
        ++tests;
        failures += one.failure.empty() ? 0 : 1;
        skipped += one.skipped.empty() ? 0 : 1;
        time += one.time;
    }
};

std::string attributes(std::string_view name, const Totals& totals, std::size_t errors) {
    return fmt::format("name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{}\"",
                       escape_xml(name), totals.tests + errors, totals.failures, errors, totals.skipped,
                       seconds(totals.time));
}

std::string write_error(const Report& report) {
    const std::string name = program_of(report.tool);
    const std::string message = describe(*report.error);
    return fmt::format("  <testsuite {}>\n    <testcase classname=\"{}\" name=\"error\" time=\"0.000\">\n"
                       "      <error message=\"{}\">{}</error>\n    </testcase>\n  </testsuite>\n",
                       attributes(name, {}, 1), escape_xml(name), escape_xml(report.error->message),
                       escape_xml(message, false));
}

}

std::string write_junit(const Report& report) {
    const std::vector<Case> cases = cases_of(report);
    std::vector<std::string> suites; // in order of appearance
    Totals all;
    for (const Case& one : cases) {
        all.add(one);
        if (std::find(suites.begin(), suites.end(), one.suite) == suites.end()) suites.push_back(one.suite);
    }
    std::string text = fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {}>\n",
                                   attributes(program_of(report.tool), all, report.error ? 1 : 0));
    for (const std::string& suite : suites) {
        Totals totals;
        std::string body;
        for (const Case& one : cases) {
            if (one.suite != suite) continue;
            totals.add(one);
            body += write_case(one);
        }
        text += fmt::format("  <testsuite {}>\n{}  </testsuite>\n", attributes(suite, totals, 0), body);
    }
    if (report.error) text += write_error(report);
    return text + "</testsuites>\n";
}

}
