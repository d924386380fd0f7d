#include "smoke/runner.h"
#include "base/text.h"
#include "report/printable.h"
#include "smoke/compare/compare.h"
#include "smoke/progress.h"
#include "smoke/queue.h"
#include "sys/cancel.h"
#include "sys/files/log.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>
#include <mutex>
#include <shared_mutex>
#include <thread>

namespace fairlead::smoke {

namespace {

class Run {
  public:
    Run(const Plan& plan, sys::Http& http, sys::Clock& clock)
        : plan_(plan), http_(http), clock_(clock), end_(clock.steady() + plan.deadline), progress_(plan.checks.size()) {
    }

    Result<Tried> ready(const Check& check);
    Result<Tried> check(const Check& check, std::uint64_t seed);
    sys::Clock::Steady end() const { return end_; }
    void ended(const Tried& tried) { progress_.end(tried); }
    sys::Cancel cancel; // of all that still ask

  private:
    Milliseconds left() const { return std::chrono::duration_cast<Milliseconds>(end_ - clock_.steady()); }
    bool given_up() const { return cancel.is_asked() || sys::stop_requested(); }
    void pause(Milliseconds wanted);
    Result<Attempt> ask(const Check& check, Phase phase, Tried& tried);
    Tried& out_of_time(Tried& tried, const Attempt& last) const;

    const Plan& plan_;
    sys::Http& http_;
    sys::Clock& clock_;
    const sys::Clock::Steady end_;
    Progress progress_;
    std::shared_mutex calm_; // other checks would disturb the times of a measured one, so it runs alone
};

Result<Attempt> Run::ask(const Check& check, Phase phase, Tried& tried) {
    // While waiting, and after a fault, a kept connection would reach the same instance again; and libcurl sends
    // again what went out on a kept one that had died.
    const bool fresh = phase == Phase::ready || tried.attempts > 0 || !is_repeatable(check.method);
    const World world{plan_, http_, clock_, cancel, left(), fresh};
    auto attempt = check.probe ? check.probe(check, world) : ask_once(check, world);
    if (attempt.wrong && sys::stop_requested()) return could_not("interrupted while asking " + check.url);
    ++tried.attempts;
    if (attempt.wrong && cancel.is_asked()) return attempt;
    // What the deadline cut off says less than the attempt before.
    const bool is_cut = attempt.response.failure == sys::HttpFailure::timeout && left() < smallest_attempt;
    if (is_cut && !tried.wrong.message.empty()) return attempt;
    tried.time = attempt.response.total;
    if (!attempt.served.empty()) tried.served = report::one_line(attempt.served);
    if (attempt.wrong) tried.wrong = *attempt.wrong;
    if (attempt.wrong && attempt.outcome == Outcome::starting) tried.wrong.message += " (starting)";
    tried.more = attempt.more;
    tried.shown = attempt.shown;
    tried.facts = attempt.facts;
    if (attempt.wrong) progress_.retry(tried);
    return attempt;
}

// Ends when another check failed: a retry's wait may be long.
void Run::pause(Milliseconds wanted) {
    constexpr Milliseconds piece{50};
    for (auto rest = wanted; rest.count() > 0 && !given_up(); rest -= piece) clock_.sleep(std::min(rest, piece));
}

Tried& Run::out_of_time(Tried& tried, const Attempt& last) const {
    tried.end = Tried::End::failed;
    const auto said = last.wrong            ? tried.wrong.message
                      : tried.attempts == 0 ? "not asked"
                                            : "good, but not enough times in a row";
    if (!last.wrong) tried.wrong.rule = "smoke/ready";
    tried.wrong.message =
        fmt::format("deadline of {} reached after {} attempt{}; last: {}", format_duration(plan_.deadline),
                    tried.attempts, tried.attempts == 1 ? "" : "s", said);
    return tried;
}

Result<Tried> Run::ready(const Check& check) {
    Tried tried{.check = check, .readiness = true};
    std::mt19937_64 random(plan_.seed);
    RetryPolicy policy = plan_.retry;
    policy.max = std::min(policy.max, Milliseconds{2000}); // a service that just came up is not kept waiting
    int in_a_row = 0, failed = 0;
    auto good_since = clock_.steady();
    std::string told; // each reason to wait, once
    Attempt last;
    while (left() >= smallest_attempt) {
        last = TRY(ask(check, Phase::ready, tried));
        if (given_up()) return tried;
        if (last.outcome == Outcome::good) {
            failed = 0;
            if (in_a_row++ == 0) good_since = clock_.steady();
            if (in_a_row >= plan_.streak && clock_.steady() - good_since >= plan_.stable) {
                tried.end = Tried::End::passed;
                return tried;
            }
            clock_.sleep(std::min(left(), Milliseconds{plan_.stable.count() > 0 ? 1000 : 100}));
            continue;
        }
        in_a_row = 0;
        if (tried.wrong.message != told)
            sys::log_info(fmt::format("waiting for {}: {}", check.url, tried.wrong.message));
        told = tried.wrong.message;
        if (!try_again(last.outcome, Phase::ready, check.method, last.response)) {
            tried.end = Tried::End::failed;
            return tried;
        }
        clock_.sleep(std::min(left(), wait_before_next(policy, ++failed, random, last.response, left())));
    }
    return out_of_time(tried, last);
}

Result<Tried> Run::check(const Check& check, std::uint64_t seed) {
    Tried tried{.check = check};
    if (!check.skip.empty()) {
        tried.end = Tried::End::skipped;
        return tried;
    }
    if (check.samples.count > 0) {
        const std::unique_lock alone(calm_);
        return measure(plan_, check, http_, clock_, end_, cancel);
    }
    const std::shared_lock with_others(calm_);
    std::mt19937_64 random(seed);
    const auto patient_until = clock_.steady() + check.within;
    Attempt last;
    while (!given_up() && left() >= smallest_attempt) {
        last = TRY(ask(check, Phase::check, tried));
        if (given_up() && last.outcome != Outcome::good) break;
        if (last.outcome == Outcome::good) {
            tried.end = Tried::End::passed;
            tried.flaky = tried.attempts > 1 && check.within.count() == 0;
            return tried;
        }
        const auto phase = clock_.steady() < patient_until ? Phase::patient : Phase::check;
        const bool spent = plan_.retry.attempts > 0 && tried.attempts >= plan_.retry.attempts;
        if ((spent && phase == Phase::check) || !try_again(last.outcome, phase, check.method, last.response)) {
            tried.end = Tried::End::failed;
            if (last.outcome == Outcome::starting && !is_repeatable(check.method) && last.response.sent_any)
                tried.wrong.message += fmt::format("; a {} that was sent is not sent again", check.method);
            return tried;
        }
        auto wait = std::min(left(), wait_before_next(plan_.retry, tried.attempts, random, last.response, left()));
        if (phase == Phase::patient) // the last attempt is at its end
            wait = std::min(wait, std::chrono::ceil<Milliseconds>(patient_until - clock_.steady()));
        pause(wait);
    }
    if (given_up()) return tried;
    return out_of_time(tried, last);
}

// An expected failure that fails is known, and one that passes is a failure. What was not asked stays so.
void turn_expected_failure(Tried& tried) {
    if (tried.check.expected_failure.empty() || tried.attempts == 0) return;
    if (tried.end == Tried::End::passed) {
        tried.end = Tried::End::failed;
        tried.wrong = {"smoke/xfail", fmt::format("passes now; remove xfail ({})", tried.check.expected_failure)};
    } else if (tried.end == Tried::End::failed) {
        tried.end = Tried::End::known;
    }
}

// Of one that needs a check that didn't pass. What is skipped, or known to fail, doesn't make it a failure.
Tried not_run(const Check& check, const std::string& needed, Tried::End how) {
    Tried tried{.check = check};
    const bool is_known = how == Tried::End::skipped || how == Tried::End::known;
    tried.end = is_known ? Tried::End::skipped : Tried::End::cancelled;
    tried.check.skip = fmt::format("it needs '{}', which {}", needed,
                                   how == Tried::End::skipped  ? "is skipped"
                                   : how == Tried::End::known  ? "is known to fail"
                                   : how == Tried::End::failed ? "failed"
                                                               : "was not run");
    return tried;
}

// The checks, `jobs` at a time; the results in the order of the plan.
Result<std::vector<Tried>> side_by_side(Run& run, const Plan& plan) {
    std::vector<std::optional<Result<Tried>>> slots(plan.checks.size());
    Queue queue(plan.checks);
    const auto work = [&] {
        while (const auto i = queue.take()) {
            auto& slot = slots[*i];
            const auto& check = plan.checks[*i];
            if (const auto missing = queue.missing(*i))
                slot = not_run(check, missing->first, missing->second);
            else
                slot = run.check(check, plan.seed + *i + 1);
            if (slot->ok()) turn_expected_failure(slot->value());
            if (slot->ok()) run.ended(slot->value());
            const bool failed = !slot->ok() || slot->value().end == Tried::End::failed;
            if (failed && (plan.fail_fast || !slot->ok())) run.cancel.ask();
            queue.end(*i, slot->ok() ? slot->value().end : Tried::End::failed);
        }
    };
    {
        std::vector<std::jthread> workers;
        const auto jobs = std::min(static_cast<std::size_t>(plan.jobs), slots.size());
        for (std::size_t i = 0; i < jobs; ++i) workers.emplace_back(work);
    }
    std::vector<Tried> done;
    for (auto& slot : slots) {
        auto tried = TRY(std::move(*slot));
        done.push_back(std::move(tried));
    }
    return done;
}

}

Result<std::vector<Tried>> carry_out(const Plan& plan, sys::Http& unlimited, sys::Clock& clock) {
    Pace http(unlimited, clock, plan.limits);
    Run run(plan, http, clock);
    for (const auto& sentence : plan.withheld) sys::log_warning(sentence);
    sys::log_debug(fmt::format("seed of the waits: {}", plan.seed));
    std::vector<Tried> all;
    std::vector<Check> waits = plan.ready_elsewhere;
    if (plan.ready) waits.insert(waits.begin(), *plan.ready);
    for (const auto& wait : waits) {
        auto waited = TRY(run.ready(wait));
        all.push_back(std::move(waited));
        if (all.back().end != Tried::End::passed) {
            if (sys::stop_requested()) return could_not("interrupted while waiting until the service is ready");
            for (const auto& check : plan.checks) all.push_back({.check = check});
            for (auto& tried : not_compared(plan)) all.push_back(std::move(tried));
            return all;
        }
    }
    for (auto& tried : TRY(side_by_side(run, plan))) all.push_back(std::move(tried));
    for (auto& tried : TRY(play_scripts(plan, http, clock, run.end(), run.cancel))) all.push_back(std::move(tried));
    for (auto& tried : carry_out_compare(plan, http, clock, run.end(), run.cancel)) all.push_back(std::move(tried));
    if (sys::stop_requested()) return could_not("interrupted; not every check was run");
    return all;
}

}
