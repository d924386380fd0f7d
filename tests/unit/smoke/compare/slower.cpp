#include "smoke/compare/slower.h"
#include "support/catch.h"
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <string_view>
#include <vector>

using namespace fairlead::smoke::compare;

namespace {

// The same chance from its definition: of all ways to give signs to the ranks, those with so high a positive sum.
double counted_chance(const std::vector<double>& differences) {
    const auto size = differences.size();
    std::vector<double> ranks;
    for (const double one : differences) {
        const auto below = [&](double other) { return std::fabs(other) < std::fabs(one); };
        const auto same = [&](double other) { return std::fabs(other) == std::fabs(one); };
        const auto lower = std::count_if(differences.begin(), differences.end(), below);
        const auto ties = std::count_if(differences.begin(), differences.end(), same);
        ranks.push_back(static_cast<double>(lower) + static_cast<double>(ties + 1) / 2);
    }
    double observed = 0;
    for (std::size_t i = 0; i < size; ++i) observed += differences[i] > 0 ? ranks[i] : 0;
    std::size_t as_high = 0;
    for (std::size_t signs = 0; signs < std::size_t{1} << size; ++signs) {
        double sum = 0;
        for (std::size_t i = 0; i < size; ++i) sum += (signs >> i & 1U) != 0 ? ranks[i] : 0;
        as_high += sum >= observed ? 1 : 0;
    }
    return static_cast<double>(as_high) / static_cast<double>(std::size_t{1} << size);
}

// Times as a server has them: around 100 ms, log-normal; one in twenty is an outlier of up to ten times as much; and
// the machine has phases in which both are slow.
class Times {
  public:
    Times(double sigma, double outliers, bool phases) : sigma_(sigma), outliers_(outliers), phases_(phases) {}

    std::vector<TimePair> pairs(std::size_t count, double ratio) {
        std::vector<TimePair> out(count);
        double phase = 0;
        for (auto& pair : out) {
            if (phases_) phase = 0.9 * phase + 0.3 * normal_(random_);
            pair = {100 * std::exp(phase) * noise(), 100 * ratio * std::exp(phase) * noise()};
        }
        return out;
    }
    double share_of_slower(int runs, std::size_t count, double ratio, double allowed, double level) {
        int slower = 0;
        for (int i = 0; i < runs; ++i) slower += judge_times(pairs(count, ratio), allowed, level).is_slower ? 1 : 0;
        return static_cast<double>(slower) / runs;
    }

  private:
    double noise() {
        const bool is_outlier = uniform_(random_) < outliers_;
        return std::exp(sigma_ * normal_(random_)) * (is_outlier ? 1 + 9 * uniform_(random_) : 1);
    }
    double sigma_, outliers_;
    bool phases_;
    std::mt19937_64 random_{20'260'703};
    std::normal_distribution<double> normal_;
    std::uniform_real_distribution<double> uniform_;
};

}

TEST_CASE("the chance of signed ranks is exact, with ties and without") {
    CHECK(chance_of_signed_ranks(std::vector<double>{1, 2, 3, 4, 5}) == Approx(1.0 / 32));
    CHECK(chance_of_signed_ranks(std::vector<double>{-1, -2, -3}) == Approx(1));
    CHECK(chance_of_signed_ranks(std::vector<double>{0, 0, 0}) == Approx(1));
    // Wilcoxon's table: of 10 differences, a sum of 5 against is the last at 1 % (10 of 1024 ways), 6 has 14 ways
    CHECK(chance_of_signed_ranks(std::vector<double>{1, 2, 3, 4, -5, 6, 7, 8, 9, 10}) == Approx(10.0 / 1024));
    CHECK(chance_of_signed_ranks(std::vector<double>{1, 2, 3, 4, 5, -6, 7, 8, 9, 10}) == Approx(14.0 / 1024));
    std::mt19937_64 random(1);
    std::uniform_int_distribution<int> coarse(-4, 6), fine(-1000, 1400);
    for (std::size_t size = 1; size <= 12; ++size)
        for (auto* from : {&coarse, &fine}) {
            std::vector<double> differences(size);
            for (auto& one : differences) one = (*from)(random);
            INFO(size);
            CHECK(chance_of_signed_ranks(differences) == Approx(counted_chance(differences)));
        }
}

TEST_CASE("so many pairs at least can show something at a level") {
    CHECK(least_pairs(0.05) == 5);
    CHECK(least_pairs(0.01) == 7);
    CHECK(least_pairs(0.001) == 10);
    for (const double level : {0.05, 0.01, 0.001}) {
        const std::vector<TimePair> enough(least_pairs(level), TimePair{1, 9});
        CHECK(judge_times(enough, 1.25, level).is_slower);
        CHECK_FALSE(judge_times(std::span(enough).subspan(1), 1.25, level).is_slower);
    }
}

TEST_CASE("the medians say by how much, and both they and the test must say slower") {
    const std::vector<TimePair> three = {{100, 300}, {110, 310}, {90, 320}, {100, 290},
                                         {105, 330}, {95, 300},  {100, 310}};
    const auto slower = judge_times(three, 1.25, 0.01);
    CHECK(slower.old_median == Approx(100));
    CHECK(slower.fresh_median == Approx(310));
    CHECK(slower.ratio == Approx(3.1));
    CHECK(slower.is_slower);
    CHECK_FALSE(judge_times(three, 4, 0.01).is_slower);
    const std::vector<TimePair> faster = {{300, 100}, {310, 110}, {320, 90}, {290, 100},
                                          {330, 105}, {300, 95},  {310, 100}};
    CHECK_FALSE(judge_times(faster, 1, 0.01).is_slower);
    // Slower in each pair, but the pairs differ so much that the medians are the same.
    const std::vector<TimePair> drift = {{1, 4}, {2, 4}, {3, 4}, {4, 5}, {5, 60}, {6, 70}, {7, 80}};
    CHECK(judge_times(drift, 1.1, 0.01).chance <= 0.01);
    CHECK_FALSE(judge_times(drift, 1.3, 0.01).is_slower);
}

TEST_CASE("no more runs than the level says call a release slower that is not") {
    struct Setting {
        std::string_view name;
        double sigma, outliers;
        bool phases;
        double level;
    };
    constexpr Setting settings[] = {{"sigma 0.1", 0.1, 0, false, 0.01},
                                    {"sigma 0.3, 5 % outliers", 0.3, 0.05, false, 0.01},
                                    {"sigma 0.3, 5 % outliers, phases", 0.3, 0.05, true, 0.01},
                                    {"sigma 0.3, 5 % outliers", 0.3, 0.05, false, 0.05}};
    constexpr int runs = 20'000;
    for (const auto& one : settings) {
        Times times(one.sigma, one.outliers, one.phases);
        // the worst case: slower by just the allowed factor
        const double share = times.share_of_slower(runs, 30, 1.25, 1.25, one.level);
        std::printf("30 pairs, level %g %%, %.*s: %.2f %% false alarms\n", one.level * 100,
                    static_cast<int>(one.name.size()), one.name.data(), share * 100);
        const double tolerance = 3 * std::sqrt(one.level * (1 - one.level) / runs); // of the simulation
        INFO(one.name);
        CHECK(share <= one.level + tolerance);
        CHECK(share >= one.level / 4); // it is not too careful either
    }
}

TEST_CASE("a release that is slower is found") {
    struct Setting {
        double slower, allowed, sigma, outliers, least, most;
    };
    constexpr Setting settings[] = {
        {1.1, 1, 0.1, 0, 0.8, 1},         {1.1, 1, 0.1, 0.05, 0.55, 0.9},  {1.1, 1, 0.3, 0.05, 0.04, 0.2},
        {1.5, 1, 0.1, 0.05, 0.98, 1},     {1.5, 1, 0.3, 0.05, 0.88, 1},    {1.1, 1.25, 0.1, 0.05, 0, 0.001},
        {1.1, 1.25, 0.3, 0.05, 0, 0.005}, {1.5, 1.25, 0.1, 0.05, 0.93, 1}, {1.5, 1.25, 0.3, 0.05, 0.25, 0.5},
        {3, 1.25, 0.3, 0.05, 0.99, 1},
    };
    for (const auto& one : settings) {
        Times times(one.sigma, one.outliers, false);
        const double share = times.share_of_slower(2'000, 30, one.slower, one.allowed, 0.01);
        std::printf(
            "30 pairs, level 1 %%, sigma %.1f, %.0f %% outliers: +%.0f %% is found to be above %.2f in %.1f %%\n",
            one.sigma, one.outliers * 100, (one.slower - 1) * 100, one.allowed, share * 100);
        INFO(one.slower << " " << one.allowed << " " << one.sigma);
        CHECK(share >= one.least);
        CHECK(share <= one.most);
    }
}
