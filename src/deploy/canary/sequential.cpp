#include "deploy/canary/sequential.h"
#include <algorithm>
#include <bit>
#include <cmath>

namespace fairlead::deploy {

double expected(const Counted& old, const Harm& harm) {
    const auto share = (static_cast<double>(old.bad) + 0.5) / (static_cast<double>(old.requests) + 1);
    return std::max(share, harm.least);
}

double evidence(const Counted& fresh, double share, const Harm& harm) {
    const double without = std::min(share, 0.998);
    const double times = std::min(harm.ratio * without, 1 - (1 - without) / harm.ratio);
    const double with = std::min(std::max(times, without + harm.points), 0.999);
    return static_cast<double>(fresh.bad) * std::log(with / without) +
           static_cast<double>(fresh.requests - fresh.bad) * std::log((1 - with) / (1 - without));
}

Judged decide(double evidence, const Confidence& confidence) {
    if (evidence >= std::log((1 - confidence.beta) / confidence.alpha)) return Judged::abort;
    return evidence <= std::log(confidence.beta / (1 - confidence.alpha)) ? Judged::pass : Judged::open;
}

void Dispersion::add(const Counted& more) {
    for (auto& blocks : scales_) {
        blocks.open += more;
        if (blocks.open.requests < blocks.size) continue;
        const auto bad = static_cast<double>(blocks.open.bad);
        blocks.squares += bad * bad / static_cast<double>(blocks.open.requests);
        blocks.all += blocks.open;
        ++blocks.count;
        blocks.open = {};
    }
}

double Dispersion::factor() const {
    double worst = 1;
    for (const auto& blocks : scales_) {
        const double share = blocks.all.share(), count = static_cast<double>(blocks.count);
        if (blocks.count < 10 || blocks.all.bad == 0 || share >= 1) continue;
        const double around = blocks.squares - share * static_cast<double>(blocks.all.bad);
        const double factor = around / ((count - 1) * share * (1 - share));
        if (factor > 1 + 2 * std::sqrt(2 / count)) worst = std::max(worst, factor); // more than chance makes of it
    }
    return worst;
}

void Criterion::next_step() {
    carried_ += of_this_step();
    old_in_step_ = fresh_in_step_ = {};
}

double Criterion::share_now() const {
    if (absolute_) return harm_.least;
    const double share = expected(old_, harm_);
    // What troubles both now, a slow database say, is not the new release's.
    return old_in_step_.requests >= least_requests_ ? std::max(share, expected(old_in_step_, harm_)) : share;
}

double Criterion::of_this_step() const {
    return evidence(fresh_in_step_, share_now(), harm_) / (absolute_ ? 1 : dispersion_.factor());
}

void Criterion::add_before(const Counted& old) {
    old_ += old;
    dispersion_.add(old);
}

void Criterion::add_old(const Counted& more) {
    add_before(more);
    old_in_step_ += more;
}

void Criterion::add_fresh(const Counted& more) {
    fresh_ += more;
    fresh_in_step_ += more;
}

bool Criterion::enough() const {
    return fresh_.requests >= least_requests_ && (absolute_ || old_.requests >= least_requests_);
}

Judged Criterion::judge() const {
    if (!enough()) return Judged::open;
    const auto step = of_this_step();
    const auto of_step = fresh_in_step_.requests >= least_requests_ ? decide(step, of_step_) : Judged::open;
    const auto of_all = decide(carried_ + step, of_all_);
    if (of_step != Judged::open && of_all != Judged::abort) return of_step;
    return of_all == Judged::pass && step > 0 ? Judged::open : of_all;
}

bool Criterion::doubtful() const {
    return fresh_.bad > 0 && evidence(fresh_, absolute_ ? harm_.least : expected(old_, harm_), harm_) > 0;
}

bool Criterion::harmful() const {
    return doubtful() ||
           (fresh_in_step_.requests >= least_requests_ && evidence(fresh_in_step_, share_now(), harm_) > 0);
}

void HardFloor::add(const Counted& more) {
    const auto fits = std::min<std::int64_t>(more.requests, 20);
    const auto bad = more.requests > 0 ? (more.bad * fits + more.requests - 1) / more.requests : 0;
    last_ = ((last_ << fits) | ((1u << bad) - 1)) & 0xFFFFFu;
    bad_ += more.bad;
}

bool HardFloor::reached() const { return bad_ >= 10 && std::popcount(last_) > 10; }

}
