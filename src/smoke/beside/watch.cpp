#include "smoke/beside/watch.h"
#include "base/text.h"
#include "smoke/beside/logs.h"
#include "sys/files/log.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <tuple>

namespace fairlead::smoke {

namespace {

using End = Tried::End;
constexpr Milliseconds hour{3'600'000};

bool all_good(const std::vector<Tried>& tried) {
    return std::all_of(tried.begin(), tried.end(), [](const Tried& one) {
        return one.end == End::passed || one.end == End::known || one.end == End::skipped;
    });
}

// The rounds of one hour, for the log.
struct Hour {
    std::int64_t rounds = 0, asked = 0, failed = 0, flaky = 0;
    std::vector<Milliseconds> times;     // of the answers
    Milliseconds slowest{-1};            // of them
    std::string slowest_check;           // its name
    std::map<std::string, int> failures; // by message

    void add(const std::vector<Tried>& tried) {
        ++rounds;
        for (const auto& one : tried) {
            if (one.end != End::passed && one.end != End::failed) continue;
            ++asked;
            failed += one.end == End::failed;
            flaky += one.flaky;
            times.push_back(one.time);
            if (one.time >= slowest) std::tie(slowest, slowest_check) = std::pair(one.time, one.check.name);
            if (one.end == End::failed) ++failures[fmt::format("{}: {}", one.check.name, one.wrong.message)];
        }
    }

    std::string text() {
        auto out =
            fmt::format("{} round{}, {} of {} checks passed", rounds, rounds == 1 ? "" : "s", asked - failed, asked);
        if (flaky > 0) out += fmt::format(", {} at a later attempt", flaky);
        if (!times.empty()) {
            std::sort(times.begin(), times.end());
            out += fmt::format("; p50 {}, p95 {}, slowest {} ({})", format_duration(percentile(times, 50)),
                               format_duration(percentile(times, 95)), format_duration(slowest), slowest_check);
        }
        const auto most = std::max_element(failures.begin(), failures.end(),
                                           [](const auto& a, const auto& b) { return a.second < b.second; });
        if (most != failures.end()) out += fmt::format("; {} of {} failures: {}", most->second, failed, most->first);
        return out;
    }
};

// All rounds of one check.
struct Kept {
    Tried last; // the last failed one, else the last
    std::int64_t rounds = 0, failed = 0;
};

class Watcher {
  public:
    Watcher(const Plan& plan, const Watch& watch, Logs& logs, sys::Http& http, sys::Clock& clock)
        : round_(plan), watch_(watch), logs_(logs), http_(http), clock_(clock), begin_(clock.steady()) {}

    // Everything, the wait for readiness and the logs included.
    Result<std::vector<Tried>> first() {
        auto tried = TRY(run_round());
        round_.ready.reset();
        round_.ready_elsewhere.clear();
        round_.compare.reset(); // the releases are compared once
        round_.deadline = std::min(round_.deadline, watch_.every);
        return tried;
    }

    Result<std::vector<Tried>> go() {
        for (std::int64_t number = 1; passed() < watch_.length && !is_lost_; ++number) {
            wait_until(watch_.every * number);
            if (sys::stop_requested()) return could_not("interrupted while watching: " + hour_.text());
            if (passed() >= watch_.length) break;
            TRY(run_round());
            if (passed() / hour >= hours_ + 1) tell();
        }
        if (hour_.rounds > 0) tell();
        return results();
    }

  private:
    Result<std::vector<Tried>> run_round() {
        auto tried = TRY(carry_out(round_, http_, clock_));
        if (watch_.strict) refuse_flaky(tried);
        for (auto& log : logs_.judge()) tried.push_back(std::move(log));
        add(tried);
        return tried;
    }
    void add(const std::vector<Tried>& tried);
    Milliseconds passed() const { return std::chrono::duration_cast<Milliseconds>(clock_.steady() - begin_); }
    void wait_until(Milliseconds moment) {
        while (passed() < moment && !sys::stop_requested())
            clock_.sleep(std::min(Milliseconds{1000}, moment - passed()));
    }
    void tell() {
        ++hours_;
        sys::log_info(fmt::format("watch, hour {}: {}", hours_, hour_.text()));
        hour_ = {};
    }
    std::int64_t most_failures() const { return watch_.errors.of(watch_.length / watch_.every + 1); }
    std::vector<Tried> results() const;

    Plan round_;
    const Watch& watch_;
    Logs& logs_;
    sys::Http& http_;
    sys::Clock& clock_;
    const sys::Clock::Steady begin_;
    Hour hour_;
    std::int64_t hours_ = 0;
    bool is_lost_ = false; // a check failed more often than it may
    std::vector<std::string> order_;
    std::map<std::string, Kept> kept_;
};

void Watcher::add(const std::vector<Tried>& tried) {
    hour_.add(tried);
    for (const auto& one : tried) {
        if (one.readiness) continue;
        if (!kept_.contains(one.check.name)) order_.push_back(one.check.name);
        auto& kept = kept_[one.check.name];
        const bool failed = one.end == End::failed || one.end == End::cancelled;
        if (failed || kept.failed == 0) kept.last = one;
        kept.rounds += 1;
        kept.failed += failed;
        if (!failed || watch_.length.count() == 0) continue;
        sys::log_warning(fmt::format("{}: {}", one.check.name, one.wrong.message));
        is_lost_ = is_lost_ || kept.failed > most_failures();
    }
}

std::vector<Tried> Watcher::results() const {
    std::vector<Tried> all;
    for (const auto& name : order_) {
        const auto& kept = kept_.at(name);
        auto one = kept.last;
        one.attempts = static_cast<int>(kept.rounds);
        one.flaky = false;
        one.facts.emplace_back("failed rounds", fmt::format("{} of {}", kept.failed, kept.rounds));
        const bool is_allowed = kept.failed <= watch_.errors.of(kept.rounds);
        if (kept.failed > 0 && is_allowed) one.end = End::passed;
        if (!is_allowed)
            one.wrong.message = fmt::format("failed in {} of {} rounds, at most {} allowed; last: {}", kept.failed,
                                            kept.rounds, text_of(watch_.errors), one.wrong.message);
        all.push_back(std::move(one));
    }
    return all;
}

}

Result<void> check_watch(const Watch& watch) {
    if (watch.length.count() == 0) return {};
    if (watch.every.count() <= 0 || watch.every > watch.length)
        return usage(fmt::format("every {} leaves no round within a watch of {}; write a shorter time",
                                 format_duration(watch.every), format_duration(watch.length)));
    return {};
}

Result<std::vector<Tried>> watch_over(const Plan& plan, const Watch& watch, sys::Http& http, sys::Clock& clock) {
    auto logs = TRY(Logs::begin(plan.logs));
    Watcher watcher(plan, watch, logs, http, clock);
    auto first = TRY(watcher.first());
    if (watch.length.count() == 0 || !all_good(first)) return first;
    auto later = TRY(watcher.go());
    std::vector<Tried> all;
    std::copy_if(first.begin(), first.end(), std::back_inserter(all), [](const Tried& one) { return one.readiness; });
    std::move(later.begin(), later.end(), std::back_inserter(all));
    return all;
}

}
