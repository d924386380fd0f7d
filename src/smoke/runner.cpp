#include "smoke/runner.h"
#include "base/text.h"
#include "report/printable.h"
#include "smoke/secrets.h"
#include "sys/cancel.h"
#include "sys/files/log.h"
#include "sys/signals.h"
#include <algorithm>
#include <atomic>
#include <fmt/format.h>
#include <mutex>
#include <thread>

namespace fairlead::smoke {

namespace {

constexpr Milliseconds smallest_attempt{50}; // nothing starts with less time left

class Run {
  public:
    Run(const Plan& plan, sys::Http& http, sys::Clock& clock)
        : plan_(plan), http_(http), clock_(clock), end_(clock.steady() + plan.deadline) {}

    Result<Tried> ready(const Check& check);
    Result<Tried> check(const Check& check, std::uint64_t seed);
    sys::Clock::Steady end() const { return end_; }
    sys::Cancel cancel; // of all that still ask

  private:
    struct Attempt {
        sys::HttpResponse response;
        std::optional<Mismatch> wrong;
        Outcome outcome = Outcome::starting;
    };
    Milliseconds left() const { return std::chrono::duration_cast<Milliseconds>(end_ - clock_.steady()); }
    bool given_up() const { return cancel.is_asked() || sys::stop_requested(); }
    void pause(Milliseconds wanted);
    Result<Attempt> ask(const Check& check, Phase phase, Tried& tried);
    Tried& out_of_time(Tried& tried, const Attempt& last) const;

    const Plan& plan_;
    sys::Http& http_;
    sys::Clock& clock_;
    const sys::Clock::Steady end_;
};

Result<Run::Attempt> Run::ask(const Check& check, Phase phase, Tried& tried) {
    auto request = request_of(plan_, check, left());
    request.cancel = &cancel;
    // While waiting, and after a fault, a kept connection would reach the same instance again; and libcurl sends
    // again what went out on a kept one that had died.
    request.fresh_connection = phase == Phase::ready || tried.attempts > 0 || !is_repeatable(check.method);
    Attempt attempt;
    auto sent = http_.send(request);
    if (!sent.ok() && sys::stop_requested()) return sent.error();
    ++tried.attempts;
    if (!sent.ok() && cancel.is_asked()) return attempt;
    if (sent.ok()) {
        attempt.response = std::move(sent).value();
    } else {
        attempt.response.failure = sys::HttpFailure::other;
        attempt.response.reason = sent.error().message;
    }
    tried.time = attempt.response.total;
    std::string served;
    attempt.wrong = judge(attempt.response, check.expect, &served);
    if (attempt.wrong || check.expect.version_source.from == VersionSource::From::body) { // else nothing of it is shown
        hide_received(attempt.response);
        attempt.wrong = judge(attempt.response, check.expect, &served);
    }
    if (!served.empty()) tried.served = report::one_line(served);
    attempt.outcome = classify(attempt.response, attempt.wrong, plan_.retry);
    if (attempt.wrong) tried.wrong = *attempt.wrong;
    if (attempt.wrong && attempt.outcome == Outcome::starting) tried.wrong.message += " (starting)";
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
        last = TRY(ask(check, Phase::check, tried));
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
        pause(std::min(left(), wait_before_next(plan_.retry, tried.attempts, random, last.response, left())));
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

// The checks, `jobs` at a time; the results in the order of the plan.
Result<std::vector<Tried>> side_by_side(Run& run, const Plan& plan) {
    std::vector<std::optional<Result<Tried>>> slots(plan.checks.size());
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t i = next++; i < slots.size(); i = next++) {
            slots[i] = run.check(plan.checks[i], plan.seed + i + 1);
            if (slots[i]->ok()) turn_expected_failure(slots[i]->value());
            const bool failed = !slots[i]->ok() || slots[i]->value().end == Tried::End::failed;
            if (failed && (plan.fail_fast || !slots[i]->ok())) run.cancel.ask();
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

// Past whatever stands before a service: it hears what a proxy would tell it of the client's side.
void ask_at(const Plan& plan, sys::HttpRequest& request) {
    const auto scheme = request.url.find("://");
    if (plan.at.empty() || scheme == std::string::npos) return;
    const auto path = std::min(request.url.find_first_of("/?#", scheme + 3), request.url.size());
    const auto host = request.url.substr(scheme + 3, path - scheme - 3);
    if (host != plan.at_host) return;
    const bool by_socket = plan.at.starts_with("unix:");
    request.headers.emplace_back("Host", host);
    request.headers.emplace_back("X-Forwarded-Proto", request.url.substr(0, scheme));
    if (by_socket) request.socket = plan.at.substr(5);
    request.url = "http://" + (by_socket ? "localhost" : plan.at) + request.url.substr(path);
    request.resolve.clear();
}

sys::HttpRequest request_of(const Plan& plan, const Check& check, Milliseconds left) {
    sys::HttpRequest request;
    request.method = check.method;
    request.url = check.url;
    request.headers = check.common_headers;
    request.headers.insert(request.headers.end(), check.headers.begin(), check.headers.end());
    request.body = check.body;
    if (check.hears_bearer) request.bearer = plan.bearer;
    request.timeout = std::min(plan.timeout, left);
    request.rest_of_deadline = left < plan.timeout;
    request.connect_timeout = std::min(plan.connect, request.timeout);
    request.insecure = plan.insecure;
    request.ca_file = plan.ca_file;
    request.resolve = plan.resolve;
    ask_at(plan, request);
    return request;
}

Result<std::vector<Tried>> carry_out(const Plan& plan, sys::Http& http, sys::Clock& clock) {
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
            return all;
        }
    }
    for (auto& tried : TRY(side_by_side(run, plan))) all.push_back(std::move(tried));
    for (auto& tried : TRY(play_scripts(plan, http, clock, run.end(), run.cancel))) all.push_back(std::move(tried));
    if (sys::stop_requested()) return could_not("interrupted; not every check was run");
    return all;
}

}
