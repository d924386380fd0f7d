#include "deploy/canary/settings.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

Result<std::vector<int>> parse_steps(const std::vector<std::string>& words) {
    std::vector<int> steps;
    for (const auto& word : words) {
        const auto text = word.ends_with('%') ? word.substr(0, word.size() - 1) : word;
        const auto number = parse_integer(text).value_or(0);
        if (number < 1 || number > 100)
            return usage(
                fmt::format("step '{}' is not a share of the requests; write a whole percentage from 1 to 100", word));
        if (!steps.empty() && number <= steps.back())
            return usage(
                fmt::format("step {} comes after {}; each step must give the new release more than the step before",
                            number, steps.back()));
        steps.push_back(static_cast<int>(number));
    }
    if (steps.empty() || steps.back() != 100)
        return usage("the last step is not 100; write [5, 25, 50, 100], else the old release never ends");
    return steps;
}

Result<std::vector<std::string>> as_given(const std::vector<std::string>& paths) { return paths; }

Result<void> check_ratio(const config::Value& value, const std::string& name) {
    const double ratio = value.number(0);
    if (ratio > 1 && ratio <= 100) return {};
    return value.error(fmt::format("{} must be more than 1 and at most 100; 2 means twice as many", name));
}

Result<void> check_points(const config::Value& value, const std::string& name) {
    const double points = value.number(-1);
    if (points >= 0.1 && points <= 50) return {};
    return value.error(fmt::format("{} must be from 0.1 to 50; 1 means 1 request in 100", name));
}

Result<void> check_quantile(const config::Value& value, const std::string& name) {
    const double quantile = value.number(0);
    if (quantile >= 0.5 && quantile <= 0.99) return {};
    return value.error(fmt::format(
        "{} must be from 0.5 to 0.99; 0.95 compares with the time that 95 % of the requests stay below", name));
}

Result<void> check_deadline(const config::Value& map, CanarySettings& into) {
    if (into.step_deadline >= into.min_hold) return {};
    return map["step_deadline"].error(fmt::format("step_deadline {} ends before min_hold {} is over",
                                                  format_duration(into.step_deadline), format_duration(into.min_hold)));
}

}

const config::Rows<CanarySettings>& canary_rows() {
    using Errors = CanarySettings::Errors;
    using Latency = CanarySettings::Latency;
    static const config::Rows<Errors> errors = {
        {"ratio",
         &Errors::ratio,
         "errors are harm above this many times the old release's share of errors",
         {.check = check_ratio}},
        {"points",
         &Errors::points,
         "and above the old release's share by this many percentage points",
         {.check = check_points}},
    };
    static const config::Rows<Latency> latency = {
        {"quantile",
         &Latency::quantile,
         "quantile of the old release's times; slower requests count as slow",
         {.check = check_quantile}},
        {"ratio",
         &Latency::ratio,
         "slow requests are harm above this many times the old release's share; the same holds for requests above 1.5 "
         "times its median",
         {.check = check_ratio}},
    };
    static const config::Rows<CanarySettings> rows(
        {
            {"steps",
             {&CanarySettings::steps, Type::text_list, parse_steps, Type::percent},
             "the steps: percentage of the requests that the new release gets in each"},
            {"min_hold", &CanarySettings::min_hold, "minimum length of each step"},
            {"step_deadline", &CanarySettings::step_deadline, "time after which a step must have a verdict"},
            {"min_requests",
             {&CanarySettings::min_requests, Type::positive},
             "number of requests that the new release must get before it is judged"},
            {"on_undecided",
             &CanarySettings::on_undecided,
             "without a verdict at the deadline of a step: probe (fairlead-deploy sends its own requests to both "
             "releases, then holds), hold, abort or promote",
             {.allowed = {"probe", "hold", "abort", "promote"}}},
            {"errors", {&CanarySettings::errors, errors}, "how many more errors are harm"},
            {"latency", {&CanarySettings::latency, latency}, "how many more slow requests are harm"},
            {"max_p95", &CanarySettings::max_p95,
             "limit for the new release's 95 % quantile, however slow the old release is"},
            {"probe_paths",
             {&CanarySettings::probe_paths, Type::text_list, as_given, Type::route},
             "paths that are requested from both releases in turn if users send too few requests; default: "
             "health.path"},
        },
        check_deadline);
    return rows;
}

}
