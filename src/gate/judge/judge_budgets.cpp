#include "gate/judge/judge_budgets.h"
#include "base/text.h"
#include "gate/judge/judge.h"
#include "gate/samples.h"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <vector>

namespace fairlead::gate {
namespace {

bool is_time(const Measure& measure) { return measure.unit == Measure::Unit::time; }
std::string text_of(const Measure& measure) { return text_of(Quantity{measure.value, is_time(measure)}); }

// Empty: it is small enough.
std::string complaint_of(const SizeLimit& limit, const Size& size, const Past* past, Judgement& out) {
    if (size.files == 0) return "no file matches; build before this step, or correct path:";
    if (limit.max && size.bytes > *limit.max)
        return fmt::format("{} ({} bytes), expected at most {} ({} bytes)", shown_bytes(size.bytes), size.bytes,
                           shown_bytes(*limit.max), *limit.max);
    if (!limit.max_growth || !past) return {};
    const auto before = past->baseline ? past->baseline->sizes.find(size.name) : Baseline::Sizes::const_iterator();
    if (!past->baseline || before == past->baseline->sizes.end()) {
        warn_of_past("gate/size", *past, "size of " + size.name, out);
        return {};
    }
    const Limit whole{0, 1'000'000 + *limit.max_growth};
    if (is_within(size.bytes, before->second, whole)) return {};
    return fmt::format("{} ({} bytes), {} ({} bytes) at {}, expected a growth of at most {}", shown_bytes(size.bytes),
                       size.bytes, shown_bytes(before->second), before->second, past->since,
                       percent_text(*limit.max_growth));
}

// A time may be 0.5 of something; only a unit says of what.
std::string wrong_unit(const Budget& budget, const Measure& measure) {
    for (const auto& [key, limit] : {std::pair("max", budget.max), std::pair("min", budget.min)}) {
        if (!limit || limit->value == 0) continue;
        if (is_time(measure) && !limit->is_time)
            return fmt::format("it is a time, and {}: {:.6g} has no unit; write {}: {:.6g}ms if that is meant", key,
                               limit->value, key, limit->value);
        if (measure.unit == Measure::Unit::number && limit->is_time)
            return fmt::format("it is {}, which is no time; write {}: without a unit", text_of(measure), key);
    }
    return {};
}

// Empty: it is within the budget.
std::string complaint_of(const Budget& budget, const Spent& seen, const Past* past, Judgement& out) {
    if (!seen.complaint.empty()) return seen.complaint;
    const Measure& now = *seen.measure;
    if (auto wrong = wrong_unit(budget, now); !wrong.empty()) return wrong;
    if (budget.max && now.value > budget.max->value)
        return fmt::format("{}, expected at most {}", text_of(now), text_of(*budget.max));
    if (budget.min && now.value < budget.min->value)
        return fmt::format("{}, expected at least {}", text_of(now), text_of(*budget.min));
    const Measure* before = seen.than ? &*seen.than : nullptr;
    if (budget.compares() && past && past->baseline)
        if (const auto found = past->baseline->measures.find(seen.name); found != past->baseline->measures.end())
            before = &found->second;
    if (budget.compares() && past && !before) warn_of_past("gate/budget", *past, "'" + seen.name + "'", out);
    if (!before) return {};
    bool uncertain = false;
    auto text =
        worsened(budget, now, *before, budget.than.empty() ? "at " + past->since : "of " + budget.than, uncertain);
    if (text.empty() || !uncertain) return text;
    out.violation("gate/budget",
                  fmt::format("{}: {}; only a warning, as the samples vary too much to tell", seen.name, text))
        .severity = report::Severity::warning;
    return {};
}

// The measure of that name; else `complaint` says why there is none.
std::optional<Measure> look_up(const std::string& name, const std::string& report, std::span<const Item> items,
                               std::string& complaint) {
    std::optional<Measure> out;
    std::vector<std::string> known;
    std::vector<double> runs; // of one entry
    std::size_t found = 0;
    std::string_view entry, shard;
    bool are_of_shards = false;
    for (const auto& item : items) {
        if (!report.empty() && item.name != report) continue;
        for (const auto& measure : item.evidence.measures) {
            known.push_back(measure.name);
            if (measure.name != name) continue;
            const bool is_same_job = found == 0 || shard == item.evidence.shard;
            const bool is_next_run = measure.is_of_one_run && found == 1 && entry == item.name && is_same_job;
            if (!is_next_run) ++found;
            are_of_shards |= !is_same_job;
            entry = item.name;
            shard = item.evidence.shard;
            if (measure.is_of_one_run) runs.push_back(measure.value);
            out = measure;
        }
    }
    if (found == 1 && runs.size() > 1) {
        out->value = median_of(runs);
        out->samples = std::move(runs);
    }
    if (found == 1) return out;
    if (found > 1) {
        complaint = are_of_shards ? "several shards have it; give the report of each job an entry of its own, and name "
                                    "one by report:"
                                  : fmt::format("{} measures have that name; name one report by report:, of a single "
                                                "file",
                                                found);
    } else if (known.empty()) {
        complaint = report.empty() ? "no report measures anything; run the load test or the benchmark before this step"
                                   : fmt::format("report {} measures nothing", report);
    } else {
        const auto near = nearest(name, known);
        known.resize(std::min<std::size_t>(known.size(), 5));
        complaint = near.empty() ? "no report measures it; expected a name such as " + one_of(known)
                                 : fmt::format("no report measures it; did you mean '{}'?", near);
    }
    return std::nullopt;
}

Spent look_up(const Budget& budget, std::span<const Item> items) {
    Spent out{budget.name(), std::nullopt, std::nullopt, {}};
    out.measure = look_up(budget.metric, budget.report, items, out.complaint);
    if (budget.than.empty()) return out;
    std::string why;
    out.than = look_up(budget.than, budget.report, items, why);
    if (out.complaint.empty() && !out.than) out.complaint = fmt::format("than: '{}': {}", budget.than, why);
    return out;
}

}

std::vector<Spent> spent_of(std::span<const Budget> budgets, std::span<const Item> items) {
    std::vector<Spent> out;
    for (const auto& budget : budgets) out.push_back(look_up(budget, items));
    return out;
}

std::string worsened(const Budget& budget, const Measure& now, const Measure& before, std::string_view where,
                     bool& uncertain) {
    struct Side {
        const std::optional<Share>& allowed;
        Worse worse;
        std::string_view word, of;
    };
    for (const auto& side : {Side{budget.max_growth, Worse::more, "more", "a growth"},
                             Side{budget.max_drop, Worse::less, "less", "a drop"}}) {
        if (!side.allowed) continue;
        const auto compared = compare(now, before, *side.allowed, side.worse);
        if (!compared.beyond) continue;
        uncertain = !compared.certain;
        const auto change = std::isfinite(compared.change)
                                ? fmt::format(", {:.3g} % {}", std::abs(compared.change) * 100, side.word)
                                : "";
        return fmt::format("{}, {} {}{}, expected {} of at most {}{}", text_of(now),
                           text_of(Quantity{before.value, is_time(now)}), where, change, side.of,
                           percent_text(*side.allowed), compared.how.empty() ? "" : " (" + compared.how + ")");
    }
    return {};
}

void judge_budgets(const Policy& policy, const Totals& totals, const Past* past, Judgement& out) {
    if (!policy.sizes.empty())
        out.rule_of_each(
            "gate/size", policy.sizes.size(),
            [&](std::size_t i) { return complaint_of(policy.sizes[i], totals.sizes[i], past, out); },
            "build is small enough", "builds are small enough", [&](std::size_t i) { return totals.sizes[i].name; });
    if (!policy.budgets.empty())
        out.rule_of_each(
            "gate/budget", policy.budgets.size(),
            [&](std::size_t i) { return complaint_of(policy.budgets[i], totals.budgets[i], past, out); },
            "budget is kept", "budgets are kept", [&](std::size_t i) { return totals.budgets[i].name; });
}

}
