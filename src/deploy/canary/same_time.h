#pragma once
#include "deploy/canary/sequential.h"
#include <cstddef>
#include <vector>

// Whether the new release has more bad requests than the old one had at the same time. What troubles both for a while,
// a machine that gets other work, say, is in neither side's favour: in a block of requests that came together, who of
// them is bad is a matter of chance where the releases are alike. Score and information of the stratified log-rank test
// (R. Peto and J. Peto, Journal of the Royal Statistical Society A 135, 1972), as a sequential test (J. Whitehead, The
// Design and Analysis of Sequential Clinical Trials). How often it errs: tests/unit/deploy/canary/sequential.cpp.
namespace fairlead::deploy {

class SameTime {
  public:
    // `ratio`: of the odds of a bad request, which is harm. `confidence`, `steps`: as of Criterion.
    SameTime(double ratio, Confidence confidence, std::size_t steps);
    void next_step();
    void add_old(bool bad) { add(open_.old, bad); } // in the order in which they were answered
    void add_fresh(bool bad) { add(open_.fresh, bad); }
    Judged judge() const;

  private:
    struct Found { // how many more were the new release's than chance gives it, and the variance of that
        double more = 0, variance = 0;
        Found& operator+=(const Found& other);
    };
    struct Block {
        Counted old, fresh;
    };
    void add(Counted& side, bool bad);
    void close();
    double measured_spread() const;
    double evidence(const Found& found) const;

    double log_ratio_;
    Confidence of_all_, of_step_;
    Block open_;
    std::vector<Block> last_; // that are neither all bad nor all good
    std::size_t blocks_ = 0;  // how many such there were
    double spread_ = 1;       // at least 1: variance over that of independent requests
    Found all_, in_step_;
};

}
