#include "gate/samples.h"
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <fmt/format.h>
#include <limits>
#include <vector>

namespace fairlead::gate {
namespace {

constexpr double least_chance = 0.01; // docs/gate-budgets.md has what that means in false alarms and misses
constexpr std::size_t most_exact = 20;

// The chance of each U from 0 to n * m if all orders are equally likely: the biggest value is of the first kind, and
// above all m of the second, or of the second.
std::vector<double> chances_of_u(std::size_t n, std::size_t m) {
    std::vector<std::vector<double>> by_m(m + 1, std::vector<double>(n * m + 1, 0)); // of i of the first kind
    for (auto& row : by_m) row[0] = 1;
    for (std::size_t i = 1; i <= n; ++i)
        for (std::size_t j = 1; j <= m; ++j) {
            const auto first = static_cast<double>(i) / static_cast<double>(i + j);
            for (std::size_t u = i * j + 1; u-- > 0;)
                by_m[j][u] = (u >= j ? first * by_m[j][u - j] : 0) + (1 - first) * by_m[j - 1][u];
        }
    return by_m[m];
}

// For each value that comes t times: the sum of t^3 - t.
double ties_in(std::span<const double> one, std::span<const double> other) {
    std::vector<double> all(one.begin(), one.end());
    all.insert(all.end(), other.begin(), other.end());
    std::sort(all.begin(), all.end());
    double ties = 0;
    for (auto at = all.begin(); at != all.end();) {
        const auto next = std::upper_bound(at, all.end(), *at);
        const auto t = static_cast<double>(next - at);
        ties += t * t * t - t;
        at = next;
    }
    return ties;
}

}

double median_of(std::vector<double> samples) {
    std::sort(samples.begin(), samples.end());
    const auto half = samples.size() / 2;
    return samples.size() % 2 == 1 ? samples[half] : (samples[half - 1] + samples[half]) / 2;
}

double chance_of(std::span<const double> high, std::span<const double> low) {
    const auto n = static_cast<double>(high.size()), m = static_cast<double>(low.size()), all = n + m;
    double u = 0; // pairs in which that of `high` is above
    for (const double one : high)
        for (const double other : low) u += one > other ? 1 : one == other ? 0.5 : 0;
    const double ties = ties_in(high, low);
    if (ties == 0 && high.size() <= most_exact && low.size() <= most_exact) {
        const auto chances = chances_of_u(high.size(), low.size());
        double sum = 0;
        for (auto at = static_cast<std::size_t>(u); at < chances.size(); ++at) sum += chances[at];
        return std::min(sum, 1.0);
    }
    const double variance = n * m / 12 * (all + 1 - ties / (all * (all - 1)));
    if (variance <= 0) return 1;
    return std::erfc((u - n * m / 2 - 0.5) / std::sqrt(2 * variance)) / 2;
}

Comparison compare(const Measure& now, const Measure& before, Share allowed, Worse worse) {
    constexpr double hundred_percent = 1'000'000;
    const double sign = worse == Worse::more ? 1 : -1;
    const double moved = 1 + sign * static_cast<double>(allowed) / hundred_percent;
    Comparison out;
    out.change = before.value != 0 ? now.value / before.value - 1
                 : now.value == 0  ? 0
                                   : std::numeric_limits<double>::infinity();
    out.beyond = sign * now.value > sign * before.value * moved;
    out.certain = out.beyond;
    if (now.samples.empty() || before.samples.empty()) return out;
    std::vector<double> high, low;
    for (const double one : now.samples) high.push_back(sign * one);
    for (const double one : before.samples) low.push_back(sign * one * moved);
    const double chance = chance_of(high, low);
    const bool is_apart = *std::min_element(high.begin(), high.end()) > *std::max_element(low.begin(), low.end());
    out.certain = out.beyond && (is_apart || chance <= least_chance);
    if (out.certain && chance > least_chance)
        out.how = fmt::format("each of {} samples, each of {} before", high.size(), low.size());
    else
        out.how = fmt::format("Mann-Whitney's test of {} and {} samples, p = {:.2g}", high.size(), low.size(), chance);
    return out;
}

}
