#include "gate/judge/explain.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::gate {
namespace {

struct Row {
    std::string_view rule, key; // of the section; empty: nothing sets it
    std::string_view way_out;   // if the judgement knows no number
};

constexpr Row rows[] = {
    {"gate/report-missing", "reports", "run the step that writes the report before the gate, or correct its path"},
    {"gate/report-stale", "max_age", "write the report again in this run"},
    {"gate/report-unreadable", "reports", "fix what the message names, and write the report again"},
    {"gate/shard", "shards.expect", "run the job again for this commit"},
    {"gate/tests-none", "tests.min", "run more tests"},
    {"gate/tests-failed", "tests.max_failed", "fix the tests, or give a flaky one a waiver until a day"},
    {"gate/tests-skipped", "tests.max_skipped", "run or delete skipped tests"},
    {"gate/tests-flaky", "tests.max_flaky", "fix the tests that pass only on a rerun"},
    {"gate/tests-fewer", "tests.max_fewer", "bring the missing tests back"},
    {"gate/tests-vanished", "tests.must_run", "run these tests"},
    {"gate/tests-declared", "", "let the runner list every test that failed"},
    {"gate/coverage-total", "coverage.total.lines", "cover more lines"},
    {"gate/coverage-branches", "coverage.total.branches", "cover more branches"},
    {"gate/coverage-path", "coverage.by_path", "cover more lines of these files"},
    {"gate/coverage-drop", "coverage.max_drop", "cover as many lines as before"},
    {"gate/coverage-diff", "coverage.diff.lines", "cover more of the lines that the change adds"},
    {"gate/findings", "findings.max.error", "fix the findings, or give one a waiver until a day"},
    {"gate/tool-failed", "reports", "let the tool do its work, and write the report again"},
    {"gate/performance", "", "fix what failed, or set a threshold in the load test"},
    {"gate/budget", "performance", "make the program faster, or raise the budget"},
    {"gate/required", "require", "run that tool for this commit first"},
    {"gate/size", "size", "make the files smaller, or raise the limit"},
};

std::string explanation(const RuleResult& result, const OriginOf& origin_of) {
    const auto row =
        std::find_if(std::begin(rows), std::end(rows), [&](const Row& one) { return one.rule == result.rule; });
    auto text = fmt::format("{}: {}: {}", result.rule, result.passed ? "yes" : "no", result.text);
    if (row == std::end(rows)) return text;
    if (!row->key.empty()) text += fmt::format("; set by {} ({})", row->key, origin_of(row->key));
    if (!result.passed) text += fmt::format("; to pass: {}", result.missing.empty() ? row->way_out : result.missing);
    return text;
}

}

std::vector<std::string> explained(const Judgement& judgement, const OriginOf& origin_of) {
    std::vector<std::string> lines;
    for (const bool passed : {false, true})
        for (const auto& result : judgement.rules)
            if (result.passed == passed) lines.push_back(explanation(result, origin_of));
    return lines;
}

}
