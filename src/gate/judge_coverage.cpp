#include "gate/judge_coverage.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::gate {

namespace {

using report::Finding;
using report::Severity;

class CoverageJudge {
  public:
    CoverageJudge(const Policy& policy, std::span<const Item> items, const Totals& totals, Judgement& out)
        : policy_(policy), items_(items), totals_(totals), out_(out) {}

    void total() {
        for (const auto& item : items_) {
            if (item.evidence.covers_elsewhere.empty()) continue;
            Finding& finding = out_.violation(
                "gate/coverage-total",
                fmt::format("none of its files, such as '{}', is in this repository, so it may be from another "
                            "project; run the tests here, or set root: to the folder that its paths start from",
                            one_line(item.evidence.covers_elsewhere, 60)));
            finding.severity = Severity::warning;
            finding.file = item.path;
        }
        const Count lines = totals_.lines.value_or(Count{});
        if (lines.total == 0) return out_.rule("gate/coverage-total", false, "no report measures any line");
        const Share wanted = policy_.min_lines.value_or(0);
        const bool passed = reaches(lines.covered, lines.total, wanted);
        auto text =
            fmt::format("{} % of {} covered ({})", percent(lines), number(lines.total, "line", "lines"), lines.covered);
        if (policy_.min_lines) text += fmt::format(", expected at least {}", percent_text(wanted));
        out_.rule("gate/coverage-total", passed, std::move(text));
    }

    void diff() {
        if (!totals_.diff || totals_.lines->total == 0)
            return out_.rule("gate/coverage-diff", false, "no report measures any line, so none of the change");
        const bool is_elsewhere = std::all_of(items_.begin(), items_.end(), [](const Item& item) {
            return !item.evidence.coverage || !item.evidence.covers_elsewhere.empty();
        });
        if (is_elsewhere) return out_.rule("gate/coverage-diff", false, "no report measures a file of this repository");
        const auto& [since, lines, files] = *totals_.diff;
        if (lines.total == 0)
            return out_.rule("gate/coverage-diff", true, fmt::format("no measured line was added since {}", since));
        const bool passed = reaches(lines.covered, lines.total, *policy_.min_diff_lines);
        const bool is_small = lines.total < static_cast<std::uint64_t>(policy_.diff_from);
        auto text = fmt::format("{} % of {} added since {} covered ({}), expected at least {}", percent(lines),
                                number(lines.total, "line", "lines"), since, lines.covered,
                                percent_text(*policy_.min_diff_lines));
        if (is_small && !passed) text += fmt::format("; only a warning below {} lines", policy_.diff_from);
        out_.rule("gate/coverage-diff", passed || is_small, std::move(text));
        if (!passed) missed(files, is_small ? Severity::warning : Severity::error);
    }

  private:
    void missed(const std::vector<DiffCoverage::File>& files, Severity severity) {
        std::size_t listed = 0;
        const auto add = [&](const std::string& path, int line, std::string message) {
            if (++listed > Evidence::kept) return;
            Finding& finding = out_.violation("gate/coverage-diff", std::move(message));
            finding.severity = severity;
            finding.file = path;
            finding.line = line;
        };
        for (const auto& file : files) {
            if (!file.measured)
                add(file.path, file.missed.front().first,
                    fmt::format("no report measures the lines of this file; {} added",
                                number(file.lines.total, "line was", "lines were")));
            else
                for (const auto& [first, last] : file.missed)
                    add(file.path, first,
                        first == last ? fmt::format("line {} is new and not covered", first)
                                      : fmt::format("lines {} to {} are new and not covered", first, last));
        }
        if (listed <= Evidence::kept) return;
        const auto more = number(listed - Evidence::kept, "more place", "more places");
        out_.violation("gate/coverage-diff", "and " + more).severity = severity;
    }

    const Policy& policy_;
    std::span<const Item> items_;
    const Totals& totals_;
    Judgement& out_;
};

}

void judge_coverage(const Policy& policy, std::span<const Item> items, const Totals& totals, Judgement& out) {
    CoverageJudge judge(policy, items, totals, out);
    if (totals.lines || policy.min_lines) judge.total();
    if (policy.min_diff_lines) judge.diff();
}

}
