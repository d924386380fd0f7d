#pragma once
#include "gate/collect.h"
#include "gate/policy.h"
#include "report/report.h"
#include <optional>
#include <span>
#include <string>
#include <vector>

// All rules are evaluated; the first failure never hides the rest.
namespace fairlead::gate {

struct Totals {
    std::optional<Tests> tests;
    std::optional<Count> lines, branches; // branches only when a report has some
    std::optional<FindingCounts> findings;
    std::string format; // "mixed" when they differ; empty: nothing was read
};
Totals sum(std::span<const Item> items);

struct RuleResult {
    std::string rule; // "gate/tests-failed"
    bool passed = true;
    std::string text; // what was compared with what
};

struct Judgement {
    std::vector<RuleResult> rules;           // those that applied
    std::vector<report::Finding> violations; // info and warning ones don't fail
    bool passed() const;
};
Judgement judge(const Policy& policy, std::span<const Item> items, const Totals& totals);

}
