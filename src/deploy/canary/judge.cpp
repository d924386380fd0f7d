#include "deploy/canary/judge.h"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace fairlead::deploy {

namespace {

constexpr std::size_t remembered_times = 10'000; // per release
constexpr double shortest_bar_ms = 5, noise_ms = 2;
constexpr double typical_ratio = 1.5; // of the old release's median

int questions(const CanarySettings& settings, bool times) {
    if (!times) return 1;
    return settings.max_p95.count() > 0 ? 4 : 3;
}

// What is asked together, of users' requests and of ours, may not err more often than one question.
Confidence share_of(const CanarySettings& settings, Canary::Source source) {
    Confidence one;
    const int of_users = source == Canary::Source::probes ? 0 : questions(settings, source == Canary::Source::log);
    one.alpha /= of_users + questions(settings, true);
    return one;
}

std::string counts(const Counted& one) { return fmt::format("{} of {}", one.bad, one.requests); }

}

void Times::add(double ms) {
    if (last_.size() < remembered_times)
        last_.push_back(ms);
    else
        last_[next_] = ms;
    next_ = (next_ + 1) % remembered_times;
}

double Times::quantile(double share) const {
    if (last_.empty()) return 0;
    auto sorted = last_;
    const auto at = std::min(sorted.size() - 1, static_cast<std::size_t>(share * static_cast<double>(sorted.size())));
    const auto place = sorted.begin() + static_cast<std::ptrdiff_t>(at);
    std::nth_element(sorted.begin(), place, sorted.end());
    return *place;
}

Slower::Slower(const CanarySettings& settings, double least, const Confidence& confidence)
    : plain_({settings.latency.ratio, 0, least}, confidence, settings.steps.size(), settings.min_requests),
      same_time_(settings.latency.ratio, confidence, settings.steps.size()) {}

void Slower::next_step() {
    plain_.next_step();
    same_time_.next_step();
}

void Slower::add(bool fresh, bool above) {
    fresh ? plain_.add_fresh({1, above}) : plain_.add_old({1, above});
    fresh ? same_time_.add_fresh(above) : same_time_.add_old(above);
}

// The bar is of before, and the load may be another one now: what is above it at the same time says whose it is.
Judged Slower::judge() const {
    if (!plain_.enough()) return Judged::open;
    const auto beside = same_time_.judge();
    if (beside == Judged::abort && plain_.harmful()) return Judged::abort;
    return beside == Judged::pass || plain_.judge() == Judged::pass ? Judged::pass : Judged::open;
}

bool Slower::doubtful() const { return plain_.doubtful() && judge() != Judged::pass; }

Evidence::Evidence(const CanarySettings& settings, bool times, const Confidence& confidence)
    : settings_(settings), times_(times), errors_({settings.errors.ratio, settings.errors.points / 100, 0.001},
                                                  confidence, settings.steps.size(), settings.min_requests),
      slow_(settings, 1 - settings.latency.quantile, confidence), typical_(settings, 0.05, confidence),
      limit_({2, 0, 0.05}, confidence, settings.steps.size(), settings.min_requests, true),
      refused_({2, 0.01, 0.001}, {}, settings.steps.size(), settings.min_requests) {}

void Evidence::add_before(const Answer& old) {
    errors_.add_before({1, old.failed()});
    fall(old_floor_, {1, old.failed()});
    refused_.add_before({1, old.status >= 400 && old.status < 500});
    if (old.took_ms) old_times_.add(*old.took_ms);
}

void Evidence::next_step(bool compares_times) {
    compares_times_ = compares_times;
    for (auto* one : {&errors_, &limit_, &refused_}) one->next_step();
    slow_.next_step();
    typical_.next_step();
    bars_.reset();
    set_bars();
}

void Evidence::fall(HardFloor& floor, const Counted& more) {
    floor.add(more);
    old_fell_ = old_fell_ || old_floor_.reached();
}

// Fixed for a step: a bar that moved with what it measures would measure nothing.
void Evidence::set_bars() {
    if (bars_ || old_times_.size() < static_cast<std::size_t>(settings_.min_requests)) return;
    const auto median = old_times_.quantile(0.5), least = std::max(shortest_bar_ms, median + noise_ms);
    bars_ = {std::max(least, old_times_.quantile(settings_.latency.quantile)), std::max(least, typical_ratio * median)};
}

void Evidence::add(const Answer& answer) {
    const bool fresh = answer.of == Answer::Of::fresh;
    const auto count = [fresh](Criterion& criterion, bool bad) {
        fresh ? criterion.add_fresh({1, bad}) : criterion.add_old({1, bad});
    };
    count(errors_, answer.failed());
    count(refused_, answer.status >= 400 && answer.status < 500);
    fall(fresh ? floor_ : old_floor_, {1, answer.failed()});
    if (!answer.took_ms || answer.failed()) return; // an error page comes fast
    const auto took = *answer.took_ms;
    if (bars_ && compares_times_) {
        slow_.add(fresh, took > bars_->slow_ms);
        typical_.add(fresh, took > bars_->typical_ms);
    }
    if (fresh && settings_.max_p95.count() > 0)
        limit_.add_fresh({1, took > static_cast<double>(settings_.max_p95.count())});
    (fresh ? fresh_times_ : old_times_).add(took);
    if (!fresh) set_bars();
}

void Evidence::add(const Counted& old, const Counted& fresh) {
    errors_.add_old(old);
    errors_.add_fresh(fresh);
    fall(old_floor_, old);
    fall(floor_, fresh);
}

Judged Evidence::judge() const {
    if (!why().empty()) return Judged::abort;
    const auto passed = [](const auto& one) { return one.judge() == Judged::pass; };
    const bool as_fast = !times_ || !compares_times_ || (passed(slow_) && passed(typical_));
    const bool fast = as_fast && (!times_ || settings_.max_p95.count() == 0 || passed(limit_));
    return passed(errors_) && fast ? Judged::pass : Judged::open;
}

bool Evidence::doubtful() const {
    return errors_.doubtful() || (compares_times_ && (slow_.doubtful() || typical_.doubtful())) || limit_.doubtful();
}

std::string Evidence::why() const {
    if (floor_.reached() && !old_fell_)
        return fmt::format("{} requests failed, most of the last 20", errors_.fresh().bad);
    if (errors_.judge() == Judged::abort)
        return fmt::format("{} requests of the new release failed, and {} of the old release", counts(errors_.fresh()),
                           counts(errors_.old()));
    if (!times_) return {};
    if (slow_.judge() == Judged::abort)
        return fmt::format("{} requests of the new release took longer than {:.0f} ms, and {} of the old release",
                           counts(slow_.fresh()), bars_ ? bars_->slow_ms : 0, counts(slow_.old()));
    if (typical_.judge() == Judged::abort)
        return fmt::format("{} requests of the new release took longer than {:.0f} ms (1.5 times the old release's "
                           "median), and {} of the old release",
                           counts(typical_.fresh()), bars_ ? bars_->typical_ms : 0, counts(typical_.old()));
    if (settings_.max_p95.count() > 0 && limit_.judge() == Judged::abort)
        return fmt::format("{} requests took longer than max_p95 {}", counts(limit_.fresh()),
                           format_duration(settings_.max_p95));
    return {};
}

std::string Evidence::warn() const {
    if (refused_.judge() != Judged::abort) return {};
    return fmt::format("{} requests of the new release were answered by 4xx, and {} of the old release",
                       counts(refused_.fresh()), counts(refused_.old()));
}

sys::Json Evidence::to_json() const {
    const auto rounded = [](double ms) { return std::round(ms * 10) / 10; };
    const auto side = [&](const Counted& all, const Counted& slow, const Counted& typical, const Times& times) {
        sys::Json one = {{"requests", all.requests}, {"failed", all.bad}};
        if (times.size() == 0) return one;
        one["slow"] = slow.bad;
        one["above_typical"] = typical.bad;
        one["p50_ms"] = rounded(times.quantile(0.5));
        one["p95_ms"] = rounded(times.quantile(0.95));
        return one;
    };
    sys::Json told = {{"old", side(errors_.old(), slow_.old(), typical_.old(), old_times_)},
                      {"new", side(errors_.fresh(), slow_.fresh(), typical_.fresh(), fresh_times_)}};
    if (bars_) {
        told["bar_ms"] = rounded(bars_->slow_ms);
        told["typical_bar_ms"] = rounded(bars_->typical_ms);
    }
    return told;
}

Canary::Canary(const CanarySettings& settings, Source source)
    : settings_(settings), source_(source), users_(settings, source == Source::log, share_of(settings, source)),
      probes_(settings, true, share_of(settings, source)), asked_(source != Source::log) {}

// Times are of the load, too: beyond half of the requests the new release's are longer for that alone, and at 100 % the
// old one's are an idle one's. What was as fast with less need not be so again.
void Canary::begin_step(std::size_t index) {
    if (index + 1 == step_) return; // what was counted of it holds
    const auto& steps = settings_.steps;
    const int weight = steps[std::min(index, steps.size() - 1)];
    const bool alike = weight <= 50 || (index == 0 && weight < 100);
    users_.next_step(alike);
    probes_.next_step(alike);
    step_ = index + 1;
}

void Canary::add_probe(const Answer& answer) {
    asked_ = true;
    probes_.add(answer);
}

Canary::Look Canary::judge(Milliseconds in_step) {
    late_ = late_ || source_ == Source::probes || in_step >= settings_.step_deadline;
    if (const auto why = users_.why(); !why.empty()) return {Verdict::abort, why};
    if (const auto why = probes_.why(); !why.empty()) return {Verdict::abort, why + ", asked by fairlead-deploy"};
    const bool by_users = users_.judge() == Judged::pass, by_us = asked_ && probes_.judge() == Judged::pass;
    const bool passed = (by_users && (by_us || source_ == Source::log)) || (late_ && by_us && !users_.doubtful());
    if (passed && in_step >= settings_.min_hold) return {Verdict::pass, {}};
    if (!passed && in_step >= settings_.step_deadline) return at_deadline(in_step);
    return {asked_ ? Verdict::probe : Verdict::open, {}};
}

Canary::Look Canary::at_deadline(Milliseconds in_step) const {
    const auto few = fmt::format("{} requests of the new release within {} are too few for a verdict",
                                 users_.requests(), format_duration(in_step));
    const auto& how = settings_.on_undecided;
    if (how == "abort") return {Verdict::abort, few};
    if (how == "promote") return {Verdict::promoted, few};
    if (how == "probe" && in_step < 2 * settings_.step_deadline) return {Verdict::probe, {}};
    return {Verdict::hold, few};
}

sys::Json Canary::to_json() const {
    constexpr std::string_view sources[] = {"log", "counters", "probes"};
    sys::Json told = {{"source", sources[static_cast<std::size_t>(source_)]}};
    if (source_ != Source::probes) told["users"] = users_.to_json();
    if (asked_) told["probes"] = probes_.to_json();
    if (const auto warning = users_.warn(); !warning.empty()) told["warning"] = warning;
    return told;
}

std::string_view name_of(Canary::Verdict verdict) {
    constexpr std::string_view names[] = {"open", "probe", "pass", "abort", "hold", "promoted"};
    return names[static_cast<std::size_t>(verdict)];
}

}
