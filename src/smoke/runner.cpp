#include "smoke/runner.h"
#include "base/text.h"
#include "sys/signals.h"
#include <algorithm>
#include <atomic>
#include <fmt/format.h>
#include <mutex>
#include <thread>

namespace fairlead::smoke {

namespace {

constexpr Milliseconds smallest_attempt{50}; // nothing starts with less time left

bool lets_in(std::string_view header) {
    const std::string name = lower(header);
    for (const auto* word : {"authorization", "cookie", "token", "api-key", "apikey", "secret", "password"})
        if (name.find(word) != name.npos) return true;
    return false;
}

class Run {
  public:
    Run(const Plan& plan, sys::Http& http, sys::Clock& clock)
        : plan_(plan), http_(http), clock_(clock), end_(clock.steady() + plan.deadline) {}

    Result<Tried> ready(const Check& check);
    Result<Tried> check(const Check& check, std::uint64_t seed);
    std::atomic<bool> cancelled{false};

  private:
    struct Attempt {
        sys::HttpResponse response;
        std::optional<Mismatch> wrong;
        Outcome outcome = Outcome::starting;
    };
    Milliseconds left() const { return std::chrono::duration_cast<Milliseconds>(end_ - clock_.steady()); }
    bool given_up() const { return cancelled || sys::stop_requested(); }
    Result<Attempt> ask(const Check& check, Tried& tried);
    Tried& out_of_time(Tried& tried, const Attempt& last) const;

    const Plan& plan_;
    sys::Http& http_;
    sys::Clock& clock_;
    const sys::Clock::Steady end_;
};

Result<Run::Attempt> Run::ask(const Check& check, Tried& tried) {
    sys::HttpRequest request;
    request.method = check.method;
    request.url = check.url;
    request.headers = check.headers;
    request.body = check.body;
    request.bearer = plan_.bearer;
    request.timeout = std::min(plan_.timeout, left());
    request.connect_timeout = std::min(plan_.connect, request.timeout);
    request.fresh_connection = true; // a kept one would always reach the same instance
    request.insecure = plan_.insecure;
    request.resolve = plan_.resolve;
    Attempt attempt;
    attempt.response = TRY(http_.send(request));
    ++tried.attempts;
    tried.time = attempt.response.total;
    std::string served;
    attempt.wrong = judge(attempt.response, check.expect, &served);
    if (!served.empty()) tried.served = served;
    attempt.outcome = classify(attempt.response, attempt.wrong, plan_.retry);
    if (attempt.wrong) tried.wrong = *attempt.wrong;
    if (attempt.wrong && attempt.outcome == Outcome::starting) tried.wrong.message += " (starting)";
    return attempt;
}

Tried& Run::out_of_time(Tried& tried, const Attempt& last) const {
    tried.end = Tried::End::failed;
    const auto said = last.wrong            ? tried.wrong.message
                      : tried.attempts == 0 ? "not asked"
                                            : "good, but not often enough in a row";
    if (!last.wrong) tried.wrong.rule = "smoke/ready";
    tried.wrong.message =
        fmt::format("deadline of {} reached after {} attempt{}; last: {}", format_duration(plan_.deadline),
                    tried.attempts, tried.attempts == 1 ? "" : "s", said);
    return tried;
}

Result<Tried> Run::ready(const Check& check) {
    Tried tried{.check = check};
    std::mt19937_64 random(plan_.seed);
    RetryPolicy policy = plan_.retry;
    policy.max = std::min(policy.max, Milliseconds{2000}); // a service that just came up is not kept waiting
    int in_a_row = 0, failed = 0;
    auto good_since = clock_.steady();
    Attempt last;
    while (left() >= smallest_attempt) {
        last = TRY(ask(check, tried));
        if (given_up()) return tried;
        if (last.outcome == Outcome::good) {
            failed = 0;
            if (in_a_row++ == 0) good_since = clock_.steady();
            const bool long_enough =
                plan_.stable.count() > 0 ? clock_.steady() - good_since >= plan_.stable : in_a_row >= plan_.streak;
            if (long_enough) {
                tried.end = Tried::End::passed;
                return tried;
            }
            clock_.sleep(std::min(left(), Milliseconds{plan_.stable.count() > 0 ? 1000 : 100}));
            continue;
        }
        in_a_row = 0;
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
    std::mt19937_64 random(seed);
    Attempt last;
    while (!given_up() && left() >= smallest_attempt) {
        last = TRY(ask(check, tried));
        if (given_up() && last.outcome != Outcome::good) break;
        if (last.outcome == Outcome::good) {
            tried.end = Tried::End::passed;
            tried.flaky = tried.attempts > 1;
            return tried;
        }
        const bool spent = plan_.retry.attempts > 0 && tried.attempts >= plan_.retry.attempts;
        if (spent || !try_again(last.outcome, Phase::check, check.method, last.response)) {
            tried.end = Tried::End::failed;
            return tried;
        }
        clock_.sleep(std::min(left(), wait_before_next(plan_.retry, tried.attempts, random, last.response, left())));
    }
    if (given_up()) return tried;
    return out_of_time(tried, last);
}

// An expected failure that fails counts as passed, and one that passes is a failure.
void turn_expected_failure(Tried& tried) {
    if (tried.check.expected_failure.empty() || tried.end == Tried::End::cancelled) return;
    if (tried.end == Tried::End::passed) {
        tried.end = Tried::End::failed;
        tried.wrong = {"smoke/xfail", fmt::format("passes now; remove xfail ({})", tried.check.expected_failure)};
    } else if (tried.end == Tried::End::failed) {
        tried.end = Tried::End::passed;
    }
}

// The checks, `jobs` at a time; the results in the order of the plan.
Result<std::vector<Tried>> side_by_side(Run& run, const Plan& plan) {
    std::vector<std::optional<Result<Tried>>> slots(plan.checks.size());
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t i = next++; i < slots.size(); i = next++) {
            slots[i] = run.check(plan.checks[i], plan.seed + i + 1);
            if (slots[i]->ok()) turn_expected_failure(slots[i]->value());
            const bool failed = !slots[i]->ok() || slots[i]->value().end == Tried::End::failed;
            if (failed && (plan.fail_fast || !slots[i]->ok())) run.cancelled = true;
        }
    };
    {
        std::vector<std::jthread> workers;
        const auto jobs = std::min(static_cast<std::size_t>(plan.jobs), slots.size());
        for (std::size_t i = 0; i < jobs; ++i) workers.emplace_back(work);
    }
    std::vector<Tried> done;
    for (auto& slot : slots) done.push_back(TRY(std::move(*slot)));
    return done;
}

}

void mask_credentials(const Plan& plan) {
    const auto mask_check = [](const Check& check) {
        const auto host = check.url.find("://") + 3;
        const auto userinfo = check.url.substr(host, check.url.find_first_of("/?#", host) - host);
        const auto pair = userinfo.substr(0, userinfo.rfind('@') == userinfo.npos ? 0 : userinfo.rfind('@'));
        const auto colon = pair.find(':');
        constexpr std::size_t as_long_as_a_token = 16;
        if (colon != pair.npos || pair.size() >= as_long_as_a_token) {
            const Secret sent(pair), password(pair.substr(colon + 1)); // the pair's base64 is what is sent
        }
        for (const auto& [name, value] : check.headers)
            if (lets_in(name)) {
                const Secret whole(value), token(value.substr(value.rfind(' ') + 1)); // "Bearer x"
            }
    };
    for (const Check& check : plan.checks) mask_check(check);
    if (plan.ready) mask_check(*plan.ready);
}

Result<std::vector<Tried>> carry_out(const Plan& plan, sys::Http& http, sys::Clock& clock) {
    Run run(plan, http, clock);
    std::vector<Tried> all;
    if (plan.ready) {
        all.push_back(TRY(run.ready(*plan.ready)));
        if (all.back().end != Tried::End::passed) {
            if (sys::stop_requested()) return could_not("interrupted while waiting until the service is ready");
            for (const auto& check : plan.checks) all.push_back({.check = check});
            return all;
        }
    }
    for (auto& tried : TRY(side_by_side(run, plan))) all.push_back(std::move(tried));
    if (sys::stop_requested()) return could_not("interrupted; not every check was carried out");
    return all;
}

}
