#include "smoke/compare/slower.h"
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace fairlead::smoke::compare {

namespace {

double middle_of(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const auto half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

// Twice the rank of each absolute value, so that the mean ranks of ties are whole numbers.
std::vector<std::size_t> doubled_ranks(std::span<const double> differences) {
    std::vector<std::size_t> order(differences.size()), ranks(differences.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto size = [&](std::size_t i) { return std::fabs(differences[i]); };
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return size(a) < size(b); });
    for (std::size_t first = 0; first < order.size();) {
        auto last = first;
        while (last + 1 < order.size() && size(order[last + 1]) == size(order[first])) ++last;
        for (auto i = first; i <= last; ++i) ranks[order[i]] = first + last + 2;
        first = last + 1;
    }
    return ranks;
}

// The chance that a sum is at most `most`, if each part counts or doesn't count with the same chance.
double chance_of_sum(const std::vector<std::size_t>& parts, std::size_t most) {
    std::vector<double> chances(most + 1, 0);
    chances[0] = 1;
    std::size_t reached = 0; // no sum is higher until now
    for (const auto part : parts) {
        reached = std::min(reached + part, most);
        for (auto sum = reached + 1; sum-- > 0;)
            chances[sum] = (chances[sum] + (sum >= part ? chances[sum - part] : 0)) / 2;
    }
    return std::min(std::accumulate(chances.begin(), chances.end(), 0.0), 1.0);
}

}

double chance_of_signed_ranks(std::span<const double> differences) {
    auto ranks = doubled_ranks(differences);
    std::size_t not_positive = 0;
    for (std::size_t i = 0; i < ranks.size(); ++i) not_positive += differences[i] > 0 ? 0 : ranks[i];
    const bool no_ties = std::all_of(ranks.begin(), ranks.end(), [](std::size_t rank) { return rank % 2 == 0; });
    if (no_ties) { // the ranks themselves are enough
        not_positive /= 2;
        for (auto& rank : ranks) rank /= 2;
    }
    // By symmetry, a sum of the positive ranks at least as high is as likely as such a low sum of the others.
    return chance_of_sum(ranks, not_positive);
}

Slower judge_times(std::span<const TimePair> pairs, double allowed, double level) {
    std::vector<double> old, fresh, differences;
    for (const auto& pair : pairs) {
        old.push_back(pair.old);
        fresh.push_back(pair.fresh);
        differences.push_back(std::log(pair.fresh / pair.old) - std::log(allowed));
    }
    Slower out;
    out.old_median = middle_of(std::move(old));
    out.fresh_median = middle_of(std::move(fresh));
    out.ratio = out.fresh_median / out.old_median;
    out.chance = chance_of_signed_ranks(differences);
    out.is_slower = out.chance <= level && out.ratio > allowed;
    return out;
}

std::size_t least_pairs(double level) {
    std::size_t pairs = 1;
    for (double chance = 0.5; chance > level; chance /= 2) ++pairs;
    return pairs;
}

}
