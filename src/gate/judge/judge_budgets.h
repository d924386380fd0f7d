#pragma once
#include "gate/collect/collect.h"
#include "gate/policy.h"
#include <optional>
#include <span>
#include <string>
#include <vector>

// Judges how big a build is, and what load tests and benchmarks measured.
namespace fairlead::gate {

struct Judgement; // judge.h
struct Past;      // baseline.h
struct Totals;    // judge.h

// What the reports have for a budget.
struct Spent {
    std::string name; // of the budget
    std::optional<Measure> measure;
    std::optional<Measure> than; // what Budget::than names
    std::string complaint;       // why there is none of them
};
// In the order of the budgets.
std::vector<Spent> spent_of(std::span<const Budget> budgets, std::span<const Item> items);
// What is worse than the budget allows; empty: nothing. `where`: of `before`, "at main". `uncertain`: it may be chance.
std::string worsened(const Budget& budget, const Measure& now, const Measure& before, std::string_view where,
                     bool& uncertain);

void judge_budgets(const Policy& policy, const Totals& totals, const Past* past, Judgement& out);

}
