#pragma once
#include "gate/collect/collect.h"
#include "gate/policy.h"
#include <optional>
#include <span>
#include <string>
#include <vector>

// Judges the sizes of a build, and the measures of load tests and benchmarks.
namespace fairlead::gate {

struct Judgement; // judge.h
struct Past;      // baseline.h
struct Totals;    // judge.h

// The measures in the reports for a budget.
struct Spent {
    std::string name; // of the budget
    std::optional<Measure> measure;
    std::optional<Measure> than; // the measure that Budget::than names
    std::string complaint;       // why there is no measure
};
// In the order of the budgets.
std::vector<Spent> spent_of(std::span<const Budget> budgets, std::span<const Item> items);
// Returns what is worse than the budget allows; empty: nothing. `where`: where `before` was measured, "at main".
// `uncertain`: set if it may be chance.
std::string worsened(const Budget& budget, const Measure& now, const Measure& before, std::string_view where,
                     bool& uncertain);

void judge_budgets(const Policy& policy, const Totals& totals, const Past* past, Judgement& out);

}
