#pragma once
#include "config/config.h"
#include "smoke/check.h"
#include <span>

// `samples`, `cold` and `budget` of a check in fairlead.yml.
namespace fairlead::smoke {

std::span<const Field> budget_fields();
Result<void> read_samples(const config::Value& value, Check& check);
Result<void> read_cold(const config::Value& value, Check& check);
Result<void> read_budget(const config::Value& value, Check& check);

// Error (usage), at its place: a key without the others, too few samples for a percentile, or a contradictory budget.
// `value`: the whole check.
Result<void> check_samples(const config::Value& value, const Check& check);

}
