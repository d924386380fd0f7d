#include "smoke/settings/samples_rows.h"
#include "base/text.h"
#include "config/rows.h"
#include <fmt/format.h>

namespace fairlead::smoke {

namespace {

Result<void> check_budget_time(const config::Value& time, const std::string& name) {
    if (time.duration({}).count() > 0) return {};
    return time.error(fmt::format("{} is 0s, which no answer can meet; write a time such as 400ms", name));
}

const config::Rows<Budget>& budget_rows() {
    static const config::Rows<Budget> rows = {
        {"p50", {&Budget::p50, Type::duration, parse_duration}, "The median.", {.check = check_budget_time}},
        {"p90",
         {&Budget::p90, Type::duration, parse_duration},
         "90 of 100 answers; needs 10 samples.",
         {.check = check_budget_time}},
        {"p95",
         {&Budget::p95, Type::duration, parse_duration},
         "95 of 100 answers; needs 20 samples.",
         {.check = check_budget_time}},
        {"p99",
         {&Budget::p99, Type::duration, parse_duration},
         "99 of 100 answers; needs 100 samples.",
         {.check = check_budget_time}},
        {"max", {&Budget::max, Type::duration, parse_duration}, "The slowest answer.", {.check = check_budget_time}},
        {"errors",
         {&Budget::errors, Type::limit, parse_allowed},
         "Answers that may be other than expected: a count, or a percentage; default: 0."},
    };
    return rows;
}

}

std::span<const Field> budget_fields() { return budget_rows().fields(); }

Result<void> read_samples(const config::Value& value, Check& check) {
    check.samples.count = value.integer(0);
    return {};
}

Result<void> read_cold(const config::Value& value, Check& check) {
    check.samples.cold = value.boolean(false);
    return {};
}

Result<void> read_budget(const config::Value& value, Check& check) {
    return budget_rows().read(value, check.samples.budget);
}

Result<void> check_samples(const config::Value& value, const Check& check) {
    const auto &samples = value["samples"], &budget = value["budget"], &cold = value["cold"];
    if (!samples.present()) {
        if (budget.present())
            return budget.error("a budget needs samples; write samples: 30, or expect: {max: 400ms} for one answer");
        return cold.present() ? cold.error("cold has no effect without samples; write samples: 30") : Result<void>();
    }
    if (budget.entries().empty())
        return samples.error("samples have no effect without a budget; write budget: {p95: 400ms}");
    const auto& wanted = check.samples.budget;
    struct Row {
        const char* key;
        std::optional<Milliseconds> time;
        std::int64_t least;
    };
    const Row rows[] = {{"p50", wanted.p50, 1},
                        {"p90", wanted.p90, 10},
                        {"p95", wanted.p95, 20},
                        {"p99", wanted.p99, 100},
                        {"max", wanted.max, 1}};
    const Row* before = nullptr;
    for (const auto& row : rows) {
        if (!row.time) continue;
        if (check.samples.count < row.least)
            return budget[row.key].error(fmt::format("{} samples are too few for {}; write samples: {}",
                                                     check.samples.count, row.key, row.least));
        if (before && *row.time < *before->time)
            return budget[row.key].error(fmt::format("{} {} is shorter than {} {}, so {} has no effect", row.key,
                                                     format_duration(*row.time), before->key,
                                                     format_duration(*before->time), before->key));
        before = &row;
    }
    return {};
}

}
