#include "gate/judge/judge.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "base/words.h"
#include "gate/judge/judge_budgets.h"
#include "gate/judge/judge_coverage.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::gate {

Totals sum(std::span<const Item> items, const ChangedLines* changed, const Policy& policy) {
    Totals totals;
    totals.budgets = spent_of(policy.budgets, items);
    CoverageMap merged;
    const CoverageMap* coverage = nullptr;
    for (const auto& [name, path, optional, evidence] : items) {
        if (evidence.problem != Problem::none) continue;
        totals.format = totals.format.empty() || totals.format == evidence.format ? evidence.format : "mixed";
        if (evidence.tests) totals.tests = totals.tests.value_or(Tests{}) += *evidence.tests;
        if (evidence.findings) {
            if (!totals.findings) totals.findings.emplace();
            if (policy.judges_some() && !totals.new_findings) totals.new_findings.emplace();
            for (const Level level : levels) {
                (*totals.findings)[level] += (*evidence.findings)[level];
                if (totals.new_findings) (*totals.new_findings)[level] += evidence.new_findings[level];
            }
        }
        if (evidence.performance)
            totals.performance = totals.performance.value_or(Performance{}) += *evidence.performance;
        if (!evidence.coverage) continue;
        if (coverage == &merged)
            merged.merge(*evidence.coverage);
        else if (!coverage)
            coverage = &*evidence.coverage; // mostly there is one: no copy
        else {
            merged.merge(*coverage);
            merged.merge(*evidence.coverage);
            coverage = &merged;
        }
    }
    if (!coverage) return totals;
    totals.lines = coverage->lines();
    if (const auto branches = coverage->branches(); branches.total > 0) totals.branches = branches;
    for (const auto& limit : policy.by_path)
        totals.by_path.push_back(coverage->sum([&](const std::string& path) { return glob_match(limit.path, path); }));
    if (changed) totals.diff = cover(*changed, *coverage, policy);
    return totals;
}

CoverageMap merged_coverage(std::span<const Item> items) {
    CoverageMap all;
    for (const Item& item : items)
        if (item.evidence.problem == Problem::none && item.evidence.coverage) all.merge(*item.evidence.coverage);
    return all;
}

bool Judgement::passed() const {
    return std::all_of(rules.begin(), rules.end(), [](const RuleResult& rule) { return rule.passed; });
}

void Judgement::rule(std::string id, bool passed, std::string text, std::int64_t limit, std::string missing) {
    if (!passed) {
        report::Finding& sum = violation(id, text);
        sum.sums_up = true;
        sum.limit = static_cast<std::uint64_t>(limit);
    }
    rules.push_back({std::move(id), passed, std::move(text), passed ? "" : std::move(missing)});
}

report::Finding& Judgement::violation(std::string_view id, std::string message) {
    report::Finding& finding = violations.emplace_back();
    finding.rule = id;
    finding.message = hide_credentials(message); // reports quote what a program printed
    return finding;
}

void Judgement::rule_of_each(std::string rule, std::size_t count,
                             const std::function<std::string(std::size_t)>& complaint_of, std::string_view one,
                             std::string_view many, const std::function<std::string(std::size_t)>& name_of) {
    std::size_t good = 0;
    for (std::size_t i = 0; i < count; ++i) {
        auto complaint = complaint_of(i);
        if (complaint.empty()) {
            ++good;
            continue;
        }
        auto name = name_of ? name_of(i) : std::string();
        violation(rule, name.empty() ? complaint : name + ": " + complaint).about = name;
    }
    rules.push_back({std::move(rule), good == count, fmt::format("{} of {}", good, counted(count, one, many))});
}

namespace {

using report::Finding;
using report::Severity;

class Judge {
  public:
    Judge(const Policy& policy, std::span<const Item> items, const Totals& totals, const Past* past)
        : policy_(policy), items_(items), totals_(totals), past_(past) {}

    Judgement all() {
        reports();
        if (!totals_.shards.empty()) shards();
        if (totals_.tests || policy_.wants_tests) tests();
        judge_coverage(policy_, items_, totals_, past_, out_);
        if (totals_.findings || policy_.wants_findings) findings();
        tools();
        if (totals_.performance) performance();
        judge_budgets(policy_, totals_, past_, out_);
        if (!totals_.required.empty()) required();
        return std::move(out_);
    }

  private:
    void rule(std::string id, bool passed, std::string text, std::int64_t limit = 0, std::string missing = {}) {
        out_.rule(std::move(id), passed, std::move(text), limit, std::move(missing));
    }
    Finding& violation(std::string_view id, std::string message) { return out_.violation(id, std::move(message)); }

    void reports() {
        std::size_t missing = 0, stale = 0, unreadable = 0, there = 0;
        for (const auto& [name, path, optional, evidence] : items_) {
            if (evidence.problem == Problem::none) {
                ++there;
                continue;
            }
            const bool is_missing = evidence.problem == Problem::missing, is_stale = evidence.problem == Problem::stale;
            const auto way_out = optional ? "" : "; run the step that writes it first, or correct the path";
            const auto reason = is_missing ? fmt::format("'{}' {}{}", path, evidence.reason, way_out) : evidence.reason;
            Finding& finding = violation(is_missing ? "gate/report-missing"
                                         : is_stale ? "gate/report-stale"
                                                    : "gate/report-unreadable",
                                         name.empty()             ? reason
                                         : evidence.shard.empty() ? fmt::format("report {}: {}", name, reason)
                                                                  : fmt::format("report {} of shard {}: {}", name,
                                                                                one_line(evidence.shard, 60), reason));
            if (is_missing && optional) {
                finding.severity = Severity::info;
                continue;
            }
            ++(is_missing ? missing : is_stale ? stale : unreadable);
            if (is_missing) continue;
            finding.file = path;
            finding.line = evidence.place.line;
            finding.column = evidence.place.column;
        }
        // Nothing was looked at: that is no evidence, whatever the policy calls optional.
        const bool nothing =
            there + missing + stale + unreadable == 0 && totals_.sizes.empty() && totals_.required.empty();
        if (nothing)
            violation("gate/report-missing", "there is no report; at least one of the optional reports must exist");
        out_.rules.push_back(
            {"gate/report-missing", missing == 0 && !nothing,
             nothing ? "there is no report" : counted(missing, "report is missing", "reports are missing")});
        if (stale > 0)
            out_.rules.push_back({"gate/report-stale", false, counted(stale, "report is stale", "reports are stale")});
        out_.rules.push_back({"gate/report-unreadable", unreadable == 0,
                              counted(unreadable, "report can't be read", "reports can't be read")});
    }

    void tests() {
        const Tests tests = totals_.tests.value_or(Tests{});
        const auto executed = tests.executed();
        rule("gate/tests-none", executed >= static_cast<std::uint64_t>(policy_.min_tests),
             fmt::format("{} ran ({} skipped), expected at least {}", counted(executed, "test", "tests"), tests.skipped,
                         policy_.min_tests),
             0,
             fmt::format("run {}",
                         counted(static_cast<std::uint64_t>(policy_.min_tests) - executed, "more test", "more tests")));
        const auto bad = tests.failed + tests.errors;
        rule("gate/tests-failed", bad <= static_cast<std::uint64_t>(policy_.max_failed),
             fmt::format("{} of {} failed ({}, {}), at most {} may", bad, counted(executed, "test", "tests"),
                         counted(tests.failed, "failure", "failures"), counted(tests.errors, "error", "errors"),
                         policy_.max_failed),
             policy_.max_failed,
             fmt::format("fix {}, or give a flaky one a waiver until a day",
                         counted(bad - static_cast<std::uint64_t>(policy_.max_failed), "test", "tests")));
        if (!out_.rules.back().passed) failed_tests();
        if (policy_.max_skipped) skipped(tests);
        if (policy_.max_flaky)
            rule("gate/tests-flaky", tests.flaky <= static_cast<std::uint64_t>(*policy_.max_flaky),
                 fmt::format("{} flaky, at most {} may be", counted(tests.flaky, "test is", "tests are"),
                             *policy_.max_flaky));
        if (policy_.max_fewer_tests) fewer(executed);
        if (!policy_.must_run.empty()) vanished();
        declared();
    }

    void failed_tests() {
        std::uint64_t listed = 0;
        for (const auto& item : items_)
            for (const auto& test : item.evidence.failed_tests) {
                ++listed;
                const auto name = test.suite.empty() || test.suite == test.name ? test.name
                                  : test.name.empty()                           ? test.suite // its setup, in JUnit 5
                                                      : fmt::format("{}.{}", test.suite, test.name);
                Finding& finding = violation("gate/tests-failed",
                                             fmt::format("test '{}' {}{}{}", name, test.error ? "broke" : "failed",
                                                         test.message.empty() ? "" : ": ", test.message));
                finding.about = one_line(name);
                finding.file = test.file;
                finding.line = test.line;
            }
        const auto bad = totals_.tests->failed + totals_.tests->errors;
        if (bad <= listed) return;
        violation("gate/tests-failed", fmt::format("and {} more failed tests", bad - listed)).stands_for = bad - listed;
    }

    void skipped(const Tests& tests) {
        const Limit& limit = *policy_.max_skipped;
        rule("gate/tests-skipped", is_within(tests.skipped, tests.total(), limit),
             fmt::format("{} of {} skipped, at most {} may", tests.skipped, counted(tests.total(), "test", "tests"),
                         text_of(limit)));
    }

    void fewer(std::uint64_t executed) {
        const auto* before =
            past_ && past_->baseline && past_->baseline->executed ? &*past_->baseline->executed : nullptr;
        if (!before) return nothing_to_compare("gate/tests-fewer", past_, "number of tests", out_);
        const auto ran = counted(executed, "test", "tests");
        rule("gate/tests-fewer", executed + static_cast<std::uint64_t>(*policy_.max_fewer_tests) >= *before,
             fmt::format("{} ran, {} at {}, expected at most {} fewer", ran, *before, past_->since,
                         *policy_.max_fewer_tests));
    }

    void vanished() {
        const auto complaint = [&](std::size_t i) -> std::string {
            const bool ran = std::any_of(items_.begin(), items_.end(), [&](const Item& item) {
                return i < item.evidence.ran.size() && item.evidence.ran[i];
            });
            return ran ? "" : "no such test ran; bring it back, or correct tests.must_run";
        };
        out_.rule_of_each("gate/tests-vanished", policy_.must_run.size(), complaint, "test that must run did",
                          "tests that must run did", [&](std::size_t i) { return one_line(policy_.must_run[i]); });
    }

    void declared() {
        std::size_t count = 0, more = 0;
        for (const auto& item : items_) {
            more += item.evidence.more_declared;
            count += item.evidence.declared.size() + item.evidence.more_declared;
            for (const auto& text : item.evidence.declared) violation("gate/tests-declared", text).file = item.path;
        }
        if (more > 0) violation("gate/tests-declared", fmt::format("and {} more", more));
        out_.rules.push_back({"gate/tests-declared", count == 0,
                              counted(count, "suite declares failures that it doesn't list",
                                      "suites declare failures that they don't list")});
    }

    void findings() {
        if (!totals_.findings) return rule("gate/findings", false, "no report lists findings");
        bool passed = true;
        std::int64_t limit = 0; // of the level that is over; of two, waivers have to cover all of both
        std::string text;
        for (const Level level : levels) {
            const auto count = counts()[level];
            const auto max = maximum(level);
            const bool over = max && count > static_cast<std::uint64_t>(*max);
            if (over) limit = passed ? *max : 0;
            passed = passed && !over;
            text += fmt::format("{}{} {}{}{}", text.empty() ? "" : ", ", count, totals_.new_findings ? "new " : "",
                                name_of(level), count == 1 ? "" : "s");
            if (max) text += fmt::format(" (at most {})", *max);
        }
        if (totals_.overdue > 0)
            text += fmt::format("; {} known for longer than findings: max_age allows",
                                counted(totals_.overdue, "of them is", "of them are"));
        rule("gate/findings", passed, text, limit);
        if (totals_.undated > 0)
            violation("gate/findings",
                      fmt::format("{} no day in the baseline that findings: max_age could judge; write it again with "
                                  "--write-baseline",
                                  counted(totals_.undated, "known finding has", "known findings have")))
                .severity = Severity::warning;
        if (policy_.judges_new() && past_ && !(past_->baseline && past_->baseline->findings))
            warn_of_past("gate/findings", *past_, "findings", out_, "every finding counts as new");
        for (const Level level : {Level::error, Level::warning}) {
            const auto max = maximum(level);
            const bool over = max && counts()[level] > static_cast<std::uint64_t>(*max);
            if (over || totals_.new_findings) list(level, over);
        }
    }

    const FindingCounts& counts() const { return totals_.new_findings ? *totals_.new_findings : *totals_.findings; }

    std::optional<std::int64_t> maximum(Level level) const {
        if (level == Level::error) return policy_.max_errors;
        return level == Level::warning ? policy_.max_warnings : std::nullopt;
    }

    void list(Level level, bool over) {
        std::uint64_t listed = 0;
        for (const auto& item : items_)
            for (const auto& foreign : item.evidence.foreign) {
                if (foreign.level != level) continue;
                ++listed;
                const auto rule = foreign.rule.empty() ? "" : fmt::format(" [{}]", foreign.rule);
                Finding& finding = violation("gate/findings", fmt::format("{} of {}{}: {}", name_of(level),
                                                                          foreign.tool, rule, foreign.message));
                finding.severity = over && level == Level::error ? Severity::error : Severity::warning;
                finding.about = foreign.rule;
                finding.file = foreign.file;
                finding.line = foreign.line;
                finding.column = foreign.column;
            }
        const auto count = counts()[level];
        if (count <= listed) return;
        Finding& rest = violation("gate/findings", fmt::format("and {} more {}s", count - listed, name_of(level)));
        rest.stands_for = count - listed;
        if (!over) rest.severity = Severity::warning;
    }

    void tools() {
        bool judged = false, passed = true;
        for (const auto& item : items_) {
            judged |= item.evidence.findings.has_value();
            for (const auto& text : item.evidence.tool_failed) {
                passed = false;
                violation("gate/tool-failed", text).file = item.path;
            }
            if (const auto more = item.evidence.more_tools_failed; more > 0)
                violation("gate/tool-failed", fmt::format("and {} more runs", more)).file = item.path;
        }
        if (judged)
            out_.rules.push_back({"gate/tool-failed", passed, passed ? "every tool ran" : "a tool did not run"});
    }

    void performance() {
        const Performance& seen = *totals_.performance;
        const bool passed =
            seen.samples > 0 && seen.errors <= seen.tolerated && seen.crossed == 0 && seen.failed_checks == 0;
        auto text = fmt::format("{} of {} failed", seen.errors, counted(seen.samples, "sample", "samples"));
        if (seen.tolerated > 0) text += fmt::format(" ({} within the limits of the test)", seen.tolerated);
        if (seen.failed_checks > 0) text += ", " + counted(seen.failed_checks, "check failed", "checks failed");
        if (seen.crossed > 0) text += ", " + counted(seen.crossed, "threshold is crossed", "thresholds are crossed");
        rule("gate/performance", passed, seen.samples == 0 ? "nothing was measured" : std::move(text));
        if (passed) return;
        for (const auto& item : items_) {
            for (const auto& why : item.evidence.performance_failed)
                violation("gate/performance", why).file = item.path;
            if (const auto more = item.evidence.more_performance_failed; more > 0)
                violation("gate/performance", fmt::format("and {} more", more)).file = item.path;
        }
    }

    void shards() {
        const auto& all = totals_.shards;
        out_.rule_of_each(
            "gate/shard", all.size(), [&](std::size_t i) { return all[i].complaint; }, "shard is here",
            "shards are here", [&](std::size_t i) { return fmt::format("shard {}", all[i].name); });
    }

    void required() {
        const auto complaint = [&](std::size_t i) {
            const auto& [tool, text] = totals_.required[i];
            return text.empty() ? text : fmt::format("the verdict of {}: {}", tool, text);
        };
        out_.rule_of_each("gate/required", totals_.required.size(), complaint, "required verdict is a pass",
                          "required verdicts are a pass");
    }

    const Policy& policy_;
    std::span<const Item> items_;
    const Totals& totals_;
    const Past* past_;
    Judgement out_;
};

}

void warn_of_past(std::string_view rule, const Past& past, std::string_view what, Judgement& out,
                  std::string_view therefore) {
    auto text = fmt::format("{} has no '{}'", past.since, past.file);
    if (past.baseline) text = fmt::format("'{}' at {} has no {}", past.file, past.since, what);
    if (!past.damage.empty()) text = fmt::format("'{}' at {} can't be read: {}", past.file, past.since, past.damage);
    const bool is_note = past.file.starts_with(notes_folder);
    text += fmt::format("; {} until {}", therefore,
                        is_note ? "the default branch's job has written and pushed it"
                                : "you write it with --write-baseline and commit it");
    const bool is_told = std::any_of(out.violations.begin(), out.violations.end(),
                                     [&](const Finding& other) { return other.rule == rule && other.message == text; });
    if (!is_told) out.violation(rule, std::move(text)).severity = Severity::warning;
}

void nothing_to_compare(std::string rule, const Past* past, std::string_view what, Judgement& out) {
    if (!past) return;
    warn_of_past(rule, *past, what, out);
    out.rules.push_back({std::move(rule), true, "nothing is compared"});
}

Judgement judge(const Policy& policy, std::span<const Item> items, const Totals& totals, const Past* past) {
    return Judge(policy, items, totals, past).all();
}

}
