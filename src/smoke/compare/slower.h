#pragma once
#include <cstddef>
#include <span>
#include <string>

// Decides whether the new release is slower than the old one, by the times of pairs of requests. The two requests of a
// pair are sent to both releases directly after one another, in alternating order.
//
// The test is Wilcoxon's signed-rank test (F. Wilcoxon, Individual comparisons by ranking methods, Biometrics Bulletin
// 1, 1945), one-sided, of log(new / old) - log(allowed) of each pair. Reasons:
// - It compares within a pair, so a slow phase of the machine or the network affects both releases.
// - Logarithms turn the question "more than 1.25 times as slow?" into a shift. If the new release is slower by exactly
//   that factor, and the times vary in the same way, then old and allowed new times can be exchanged within a pair, so
//   every difference is symmetric around 0. The test needs no other assumption, such as a normal distribution, and an
//   outlier counts as only one rank.
// - Its distribution is computed exactly, also for ties (by the mean ranks that were observed: Hollander, Wolfe and
//   Chicken, Nonparametric Statistical Methods, 3rd edition, 3.1). So the error level is also right for few pairs.
// Limit: if the times of the two releases are distributed differently, the test is not only about the median. A release
// with the same median, but far more slow answers, can be called slower more often than the level says.
namespace fairlead::smoke::compare {

struct TimePair {
    double old = 0, fresh = 0; // of the old and of the new release, in the same unit; more than 0
};

struct Slower {
    double old_median = 0, fresh_median = 0;
    double ratio = 1;       // of the medians
    double chance = 1;      // p value: of such differences if the new release is slower by exactly the allowed factor
    bool is_slower = false; // `chance` is at most the level, and `ratio` is above the allowed factor
};

// `pairs` must not be empty. `level`: the share of runs in which a release may wrongly be called slower (0.01).
Slower judge_times(std::span<const TimePair> pairs, double allowed, double level);

// Returns the chance that the positive differences have ranks as high as these, if every difference is symmetric around
// 0. A difference of 0 counts as negative.
double chance_of_signed_ranks(std::span<const double> differences);

std::size_t least_pairs(double level); // with fewer pairs, nothing can be shown at this level

}
