#pragma once
#include "gate/collect/collect.h"
#include "gate/collect/required.h"
#include "gate/collect/shards.h"
#include "gate/collect/size.h"
#include "gate/judge/baseline.h"
#include "gate/judge/diff_coverage.h"
#include "gate/judge/judge_budgets.h"
#include "gate/policy.h"
#include "report/report.h"
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

// All rules are evaluated; a failure never hides later failures.
namespace fairlead::gate {

struct Totals {
    std::optional<Tests> tests;
    std::optional<Count> lines, branches;                // branches only if a report has branches
    std::vector<CoverageMap::Sum> by_path;               // as in the policy
    std::optional<DiffCoverage> diff;                    // if a change was given
    std::optional<FindingCounts> findings, new_findings; // the new ones only if the policy judges only them
    std::optional<Performance> performance;
    std::vector<Size> sizes;    // for the limits of the policy
    std::vector<Spent> budgets; // the same
    std::vector<Required> required;
    std::vector<ShardCheck> shards;
    std::uint64_t overdue = 0;                     // new findings that were in the baseline for too long
    std::uint64_t undated = 0;                     // known findings without a day, which max_age can't judge
    std::optional<KnownFindings::Ids> finding_ids; // for the baseline, if it is written
    std::string format;                            // "mixed" if the formats differ; empty: nothing was read
};
// Adds the reports up, coverage as the policy says. `changed`: the lines whose coverage is measured; null: the coverage
// of a change isn't measured.
Totals sum(std::span<const Item> items, const ChangedLines* changed = nullptr, const Policy& policy = {});

CoverageMap merged_coverage(std::span<const Item> items);

struct RuleResult {
    std::string rule; // "gate/tests-failed"
    bool passed = true;
    std::string text;    // the compared values
    std::string missing; // if it failed and a number says it: "cover 4 more lines"
};

struct Judgement {
    std::vector<RuleResult> rules;           // the rules that applied
    std::vector<report::Finding> violations; // those of severity info and warning don't fail
    bool passed() const;
    // Adds a rule that applied. A failed rule becomes a violation, too; its causes follow, with their places. `limit`:
    // the number of findings that may remain when some are waived.
    void rule(std::string id, bool passed, std::string text, std::int64_t limit = 0, std::string missing = {});
    report::Finding& violation(std::string_view rule, std::string message);
    // Adds a rule about several things. `complaint_of`: returns the complaint about a thing by its number; empty: none.
    // `name_of`: returns the name that the complaint begins with; unset: the complaint is complete.
    void rule_of_each(std::string rule, std::size_t count, const std::function<std::string(std::size_t)>& complaint_of,
                      std::string_view one, std::string_view many,
                      const std::function<std::string(std::size_t)>& name_of = {});
};
// Warns that the base has no `what` to compare with.
void warn_of_past(std::string_view rule, const Past& past, std::string_view what, Judgement& out,
                  std::string_view therefore = "nothing is compared");
// If the base has no `what`, a rule that compares with it passes with a warning. A null `past` adds nothing.
void nothing_to_compare(std::string rule, const Past* past, std::string_view what, Judgement& out);

// `past`: null if the policy compares nothing with the base.
Judgement judge(const Policy& policy, std::span<const Item> items, const Totals& totals, const Past* past = nullptr);

}
