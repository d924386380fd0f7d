#include "gate/judge/judge_coverage.h"
#include "base/words.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::gate {

namespace {

using report::Finding;
using report::Severity;

class CoverageJudge {
  public:
    CoverageJudge(const Policy& policy, std::span<const Item> items, const Totals& totals, const Past* past,
                  Judgement& out)
        : policy_(policy), items_(items), totals_(totals), past_(past), out_(out) {}

    void total() {
        elsewhere();
        const Count lines = totals_.lines.value_or(Count{});
        if (lines.total == 0) return out_.rule("gate/coverage-total", false, "no report measures any line");
        hold("gate/coverage-total", lines, policy_.min_lines, "line", "lines");
    }

    void branches() {
        if (!totals_.branches) return out_.rule("gate/coverage-branches", false, "no report measures any branch");
        hold("gate/coverage-branches", *totals_.branches, policy_.min_branches, "branch", "branches");
    }

    void drop() {
        const auto* before = past_ && past_->baseline && past_->baseline->lines ? &*past_->baseline->lines : nullptr;
        if (!before) return nothing_to_compare("gate/coverage-drop", past_, "coverage", out_);
        const Count now = totals_.lines.value_or(Count{});
        if (now.total == 0) return out_.rule("gate/coverage-drop", false, "no report measures any line");
        const Share least = std::max<Share>(0, share_of(before->covered, before->total) - *policy_.max_drop);
        // Who deletes covered lines lowers the share, and leaves nothing worse.
        const bool is_fewer = now.total - now.covered <= before->total - before->covered;
        auto text = fmt::format("{} % of the lines covered, {} % at {}, expected a drop of at most {}", percent(now),
                                percent(*before), past_->since, percent_text(*policy_.max_drop));
        const bool reaches_it = reaches(now.covered, now.total, least);
        if (!reaches_it && is_fewer) {
            text += "; it passes because no more lines are uncovered than there";
            out_.violation("gate/coverage-drop", text).severity = Severity::warning;
        }
        out_.rule("gate/coverage-drop", reaches_it || is_fewer, std::move(text));
    }

    void by_path() {
        const auto complaint = [&](std::size_t i) {
            const auto& limit = policy_.by_path[i];
            const auto sum = i < totals_.by_path.size() ? totals_.by_path[i] : CoverageMap::Sum();
            const auto text = complaint_of(limit, sum);
            return text.empty() ? text : limit.path + ": " + text;
        };
        out_.rule_of_each("gate/coverage-path", policy_.by_path.size(), complaint, "path is covered enough",
                          "paths are covered enough");
    }

    void diff() {
        if (!totals_.diff || totals_.lines->total == 0)
            return out_.rule("gate/coverage-diff", false,
                             is_incomplete() ? "can't be judged: a report is missing, stale or unreadable"
                                             : "no report measures any line, so none of the change");
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
                                counted(lines.total, "line", "lines"), since, lines.covered,
                                percent_text(*policy_.min_diff_lines));
        if (is_small && !passed) text += fmt::format("; only a warning below {} lines", policy_.diff_from);
        out_.rule("gate/coverage-diff", passed || is_small, std::move(text), 0,
                  missing(lines, *policy_.min_diff_lines, "added line", "added lines"));
        if (!passed) missed(files, is_small ? Severity::warning : Severity::error);
    }

  private:
    void elsewhere() {
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
    }

    void hold(std::string rule, Count seen, std::optional<Share> least, std::string_view one, std::string_view many) {
        auto text = text_of(seen, one, many);
        if (least) text += fmt::format(", expected at least {}", percent_text(*least));
        out_.rule(std::move(rule), reaches(seen.covered, seen.total, least.value_or(0)), std::move(text), 0,
                  missing(seen, least.value_or(0), one, many));
    }

    bool is_incomplete() const {
        return std::any_of(items_.begin(), items_.end(),
                           [](const Item& item) { return item.evidence.problem != Problem::none && !item.optional; });
    }

    static std::string missing(Count seen, Share least, std::string_view one, std::string_view many) {
        std::uint64_t more = 0, most = seen.total - seen.covered;
        while (more < most) {
            const auto middle = more + (most - more) / 2;
            reaches(seen.covered + middle, seen.total, least) ? most = middle : more = middle + 1;
        }
        return fmt::format("cover {} more {}", more, more == 1 ? one : many);
    }

    static std::string text_of(Count seen, std::string_view one, std::string_view many) {
        return fmt::format("{} % of {} covered ({})", percent(seen), counted(seen.total, one, many), seen.covered);
    }

    static std::string complaint_of(const PathLimit& limit, const CoverageMap::Sum& sum) {
        if (sum.files == 0) return "no report measures such a file";
        std::string text;
        const auto add = [&](Count seen, Share least, std::string_view one, std::string_view many) {
            if (seen.total > 0 && reaches(seen.covered, seen.total, least)) return;
            if (!text.empty()) text += "; ";
            text += seen.total == 0
                        ? fmt::format("no report measures {} of it", many)
                        : fmt::format("{}, expected at least {}", text_of(seen, one, many), percent_text(least));
        };
        if (limit.lines) add(sum.lines, *limit.lines, "line", "lines");
        if (limit.branches) add(sum.branches, *limit.branches, "branch", "branches");
        return text;
    }

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
                    fmt::format(
                        "no report measures this file, so {} not covered; test it, or name it in coverage.exclude",
                        counted(file.lines.total, "new line is", "new lines are")));
            else
                for (const auto& [first, last] : file.missed)
                    add(file.path, first,
                        first == last ? fmt::format("line {} is new and not covered", first)
                                      : fmt::format("lines {} to {} are new and not covered", first, last));
        }
        if (listed <= Evidence::kept) return;
        const auto more = counted(listed - Evidence::kept, "more place", "more places");
        out_.violation("gate/coverage-diff", "and " + more).severity = severity;
    }

    const Policy& policy_;
    std::span<const Item> items_;
    const Totals& totals_;
    const Past* past_;
    Judgement& out_;
};

}

void judge_coverage(const Policy& policy, std::span<const Item> items, const Totals& totals, const Past* past,
                    Judgement& out) {
    CoverageJudge judge(policy, items, totals, past, out);
    if (totals.lines || policy.min_lines || policy.max_drop) judge.total();
    if (policy.min_branches) judge.branches();
    if (!policy.by_path.empty()) judge.by_path();
    if (policy.max_drop) judge.drop();
    if (policy.min_diff_lines) judge.diff();
}

}
