#include "gate/samples.h"
#include "support/catch.h"
#include <algorithm>
#include <cmath>
#include <vector>

using namespace fairlead;
using namespace fairlead::gate;

namespace {

using Samples = std::vector<double>;
constexpr Share ten_percent = 100'000;

Measure measure(const Samples& samples) {
    auto sorted = samples;
    std::sort(sorted.begin(), sorted.end());
    return {"x.median", sorted[sorted.size() / 2], Measure::Unit::time, samples};
}
Measure number(double value) { return {"x.max", value, Measure::Unit::time}; }

}

// Without ties: counted by hand over all orders. The others are those of SciPy's mannwhitneyu (alternative="greater",
// method="asymptotic").
TEST_CASE("the chance of samples without ties is that of all their orders") {
    const Samples low{1, 2, 3, 4, 5};
    CHECK(chance_of(Samples{6, 7, 8, 9, 10}, low) == Approx(1.0 / 252));
    CHECK(chance_of(Samples{4.5, 7, 8, 9, 10}, low) == Approx(2.0 / 252));
    CHECK(chance_of(Samples{-1, -2, -3, -4, -5}, low) == Approx(1));
    CHECK(chance_of(Samples{2}, Samples{1}) == Approx(0.5));
    CHECK(chance_of(Samples{2, 4}, Samples{1, 3}) == Approx(2.0 / 6));
}

TEST_CASE("ties and many samples take the normal approximation") {
    CHECK(chance_of(Samples{1, 1, 1}, Samples{1, 1}) == 1);
    CHECK(chance_of(Samples{2, 3, 3, 4}, Samples{1, 2, 2, 3}) == Approx(0.086017).epsilon(0.001));
    Samples low, high;
    for (int i = 0; i < 30; ++i) low.push_back(i), high.push_back(i + 7.5);
    CHECK(chance_of(high, low) == Approx(0.0018354).epsilon(0.001));
}

TEST_CASE("single numbers are compared as they are") {
    CHECK_FALSE(compare(number(110), number(100), ten_percent, Worse::more).beyond);
    const auto more = compare(number(111), number(100), ten_percent, Worse::more);
    CHECK(more.beyond);
    CHECK(more.certain);
    CHECK(more.change == Approx(0.11));
    CHECK(more.how.empty());
    CHECK_FALSE(compare(number(90), number(100), ten_percent, Worse::less).beyond);
    CHECK(compare(number(89), number(100), ten_percent, Worse::less).certain);
    CHECK_FALSE(compare(number(200), number(100), ten_percent, Worse::less).beyond);
    CHECK(std::isinf(compare(number(1), number(0), ten_percent, Worse::more).change));
    CHECK_FALSE(compare(number(0), number(0), ten_percent, Worse::more).beyond);
}

TEST_CASE("samples that are more than allowed, but within their noise, are not certain") {
    const auto before = measure({100, 101, 99, 100.5, 98, 102, 97, 103});
    const auto slower = compare(measure({121, 122, 119, 120, 118, 123, 117, 124}), before, ten_percent, Worse::more);
    CHECK(slower.certain);
    CHECK(slower.how == "Mann-Whitney's test of 8 and 8 samples, p = 7.8e-05");
    const auto noisy = compare(measure({60, 150, 112, 90, 113, 70, 160, 114}), before, ten_percent, Worse::more);
    CHECK(noisy.beyond);
    CHECK_FALSE(noisy.certain);
    CHECK(compare(measure({80, 81, 79, 80.5, 78, 82, 77, 83}), before, ten_percent, Worse::less).certain);
    CHECK_FALSE(compare(measure({105, 106, 104, 107, 103, 108}), before, ten_percent, Worse::more).beyond);
}

TEST_CASE("few samples are certain only if all of them are worse than all before") {
    const auto few = compare(measure({120, 121, 122}), measure({100, 101}), ten_percent, Worse::more);
    CHECK(few.certain);
    CHECK(few.how == "each of 3 samples, each of 2 before");
    CHECK_FALSE(compare(measure({110, 121, 122}), measure({100, 101}), ten_percent, Worse::more).certain);
}
