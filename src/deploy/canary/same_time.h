#pragma once
#include "deploy/canary/sequential.h"
#include <cstddef>
#include <vector>

// Tests whether the new release has more bad requests than the old release at the same time. Trouble that affects both
// releases (such as other work on the machine) favours neither side. If the releases are alike, chance decides which
// requests of a block of simultaneous requests are bad. Uses the score and the information of the stratified log-rank
// test (R. Peto and J. Peto, Journal of the Royal Statistical Society A 135, 1972) as a sequential test (J. Whitehead,
// The Design and Analysis of Sequential Clinical Trials). tests/unit/deploy/canary/sequential.cpp measures how often it
// errs.
namespace fairlead::deploy {

class SameTime {
  public:
    // `ratio`: the smallest harm, as the odds of a bad request at the new release divided by the odds at the old
    // release. `confidence`, `steps`: see Criterion.
    SameTime(double ratio, Confidence confidence, std::size_t steps);
    void next_step();
    void add_old(bool bad) { add(open_.old, bad); } // call in the order of the answers
    void add_fresh(bool bad) { add(open_.fresh, bad); }
    Judged judge() const;

  private:
    struct Found { // the new release's bad requests beyond chance, and the variance of that number
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
    std::vector<Block> last_; // blocks with both bad and good requests
    std::size_t blocks_ = 0;  // number of blocks so far with both bad and good requests
    double spread_ = 1;       // variance divided by the variance of independent requests; at least 1
    Found all_, in_step_;
};

}
