#pragma once
#include <cstddef>
#include <span>
#include <string>

// Decides whether the new release is slower than the old one, from the times of requests that were sent in pairs: to
// both releases directly after one another, and in the other order in every second pair.
//
// The test is Wilcoxon's signed-rank test (F. Wilcoxon, Individual comparisons by ranking methods, Biometrics Bulletin
// 1, 1945), one-sided, of log(new / old) - log(allowed) of each pair. Why this one:
// - It compares within a pair, so a phase in which the machine or the network is slow counts for both releases.
// - Logarithms turn the question "more than 1.25 times as slow?" into a shift. If the new release is slower by exactly
//   that factor, and the times vary in the same way, then old and allowed new times can be exchanged within a pair, so
//   every difference is symmetric around 0. The test needs nothing else: no normal distribution, and an outlier counts
//   as one rank.
// - Its distribution is computed exactly, also for ties (by the mean ranks that were observed: Hollander, Wolfe and
//   Chicken, Nonparametric Statistical Methods, 3rd edition, 3.1). So the level of error holds for few pairs, too.
// Limit: if the two releases vary in different ways, the test asks whether the new one is slower in most pairs and by
// more, and not only in its median. So a release that is as fast in its median, but has far more slow answers, can be
// called slower more often than the level says.
namespace fairlead::smoke::compare {

struct TimePair {
    double old = 0, fresh = 0; // of the old and of the new release, in the same unit; more than 0
};

struct Slower {
    double old_median = 0, fresh_median = 0;
    double ratio = 1;       // of the medians
    double chance = 1;      // of such differences if the new release is slower by just the allowed factor: the p value
    bool is_slower = false; // `chance` is at most the level, and `ratio` is above the allowed factor
};

// `pairs` must not be empty. `level`: the share of runs that may call a release slower that is not (0.01).
Slower judge_times(std::span<const TimePair> pairs, double allowed, double level);

// The chance that the positive differences have such high ranks, if every difference is symmetric around 0. A
// difference of 0 counts as negative.
double chance_of_signed_ranks(std::span<const double> differences);

std::size_t least_pairs(double level); // fewer pairs can't show anything at this level, whatever was measured

}
