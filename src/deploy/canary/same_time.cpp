#include "deploy/canary/same_time.h"
#include <algorithm>
#include <cmath>
#include <utility>

namespace fairlead::deploy {

namespace {

constexpr std::int64_t of_each = 5;               // requests of either release, at least, in a block
constexpr std::size_t least_blocks = 6,           // fewer don't tell how they scatter
    remembered_blocks = 1'000, come_together = 8; // what troubles one release for longer shows in so many

}

SameTime::Found& SameTime::Found::operator+=(const Found& other) {
    more += other.more;
    variance += other.variance;
    return *this;
}

SameTime::SameTime(double ratio, Confidence confidence, std::size_t steps)
    : log_ratio_(std::log(ratio)), of_all_{confidence.alpha / 2, confidence.beta},
      of_step_{of_all_.alpha / static_cast<double>(steps), confidence.beta} {}

void SameTime::next_step() {
    open_ = {};
    in_step_ = {};
}

void SameTime::add(Counted& side, bool bad) {
    side += {1, bad};
    if (open_.old.requests >= of_each && open_.fresh.requests >= of_each) close();
}

// Hypergeometric: so many bad ones among all of the block.
void SameTime::close() {
    const auto block = std::exchange(open_, {});
    const auto fresh = static_cast<double>(block.fresh.requests), old = static_cast<double>(block.old.requests);
    const auto bad = static_cast<double>(block.fresh.bad + block.old.bad), all = fresh + old;
    if (bad == 0 || bad == all) return; // that tells nothing
    const Found found{static_cast<double>(block.fresh.bad) - bad * fresh / all,
                      bad * (all - bad) * fresh * old / (all * all * (all - 1))};
    all_ += found;
    in_step_ += found;
    if (last_.size() < remembered_blocks)
        last_.push_back(block);
    else
        last_[blocks_ % remembered_blocks] = block;
    ++blocks_;
    if (blocks_ <= remembered_blocks / come_together || blocks_ % come_together == 0) spread_ = measured_spread();
}

// Around what is expected with the odds that they have in common (Mantel and Haenszel): a release that is really slower
// doesn't scatter for that.
double SameTime::measured_spread() const {
    double of_fresh = 0.5, of_old = 0.5;
    for (const auto& [old, fresh] : last_) {
        const auto all = static_cast<double>(old.requests + fresh.requests);
        of_fresh += static_cast<double>(fresh.bad * (old.requests - old.bad)) / all;
        of_old += static_cast<double>(old.bad * (fresh.requests - fresh.bad)) / all;
    }
    double squares = 0, variances = 0, of_several = 0;
    Found together;
    for (std::size_t i = 0; i < last_.size(); ++i) {
        const auto fresh = static_cast<double>(last_[i].fresh.requests),
                   old = static_cast<double>(last_[i].old.requests);
        const auto bad = static_cast<double>(last_[i].fresh.bad + last_[i].old.bad), all = fresh + old;
        const double share = of_fresh * fresh / (of_fresh * fresh + of_old * old);
        const double off = static_cast<double>(last_[i].fresh.bad) - std::min(bad * share, fresh);
        const double variance = bad * share * (1 - share) * (all - bad) / (all - 1);
        squares += off * off;
        variances += variance;
        together += {off, variance};
        if ((i + 1) % come_together == 0) of_several += std::pow(std::exchange(together, {}).more, 2);
    }
    if (last_.size() < least_blocks) return 1;
    const auto count = static_cast<double>(last_.size());
    const double each = squares / variances * count / (count - 1), several = of_several / variances;
    return std::max({1.0, each, last_.size() >= least_blocks * come_together ? several : 1.0});
}

double SameTime::evidence(const Found& found) const {
    return (log_ratio_ * found.more - log_ratio_ * log_ratio_ / 2 * found.variance) / spread_;
}

Judged SameTime::judge() const {
    if (blocks_ < least_blocks) return Judged::open;
    const double step = evidence(in_step_);
    const auto of_all = decide(evidence(all_), of_all_);
    if (of_all == Judged::abort || decide(step, of_step_) == Judged::abort) return Judged::abort;
    return of_all == Judged::pass && step > 0 ? Judged::open : of_all;
}

}
