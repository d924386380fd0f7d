#include "smoke/retry.h"
#include "base/text.h"
#include <algorithm>
#include <cmath>

namespace fairlead::smoke {

namespace {

using sys::HttpFailure;

bool is_passing(HttpFailure failure) {
    constexpr HttpFailure passing[] = {HttpFailure::resolve,     HttpFailure::refused, HttpFailure::reset,
                                       HttpFailure::empty_reply, HttpFailure::timeout, HttpFailure::tls_handshake};
    return std::find(std::begin(passing), std::end(passing), failure) != std::end(passing);
}

}

bool is_repeatable(std::string_view method) {
    constexpr std::string_view idempotent[] = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"};
    return std::find(std::begin(idempotent), std::end(idempotent), method) != std::end(idempotent);
}

Outcome classify(const sys::HttpResponse& response, const std::optional<Mismatch>& mismatch,
                 const RetryPolicy& policy) {
    if (!mismatch) return Outcome::good;
    if (response.failure == HttpFailure::certificate) return Outcome::hopeless;
    // Cut off within an answer: garbage, a length that is none. The service is up.
    if (response.failure == HttpFailure::reset && response.status != 0) return Outcome::broken;
    if (is_passing(response.failure)) return Outcome::starting;
    const auto& statuses = policy.statuses;
    if (std::find(statuses.begin(), statuses.end(), response.status) != statuses.end()) return Outcome::starting;
    return Outcome::broken;
}

bool try_again(Outcome outcome, Phase phase, std::string_view method, const sys::HttpResponse& response) {
    if (outcome == Outcome::good || outcome == Outcome::hopeless) return false;
    // What may have been done is not asked for twice.
    if (!is_repeatable(method) && response.sent_any) return false;
    if (outcome == Outcome::starting || phase == Phase::patient) return true;
    // While it comes up: a 5xx, the old build, a wrong body. A 4xx stays one.
    return phase == Phase::ready && (response.status < 400 || response.status >= 500);
}

Milliseconds asked_wait(const sys::HttpResponse& response) {
    const auto seconds = parse_integer(trim(response.header("retry-after"))).value_or(0);
    return Milliseconds{std::clamp<std::int64_t>(seconds, 0, 86'400) * 1000};
}

Milliseconds wait_before_next(const RetryPolicy& policy, int attempt, std::mt19937_64& random,
                              const sys::HttpResponse& response, Milliseconds left) {
    const double grown = static_cast<double>(policy.backoff.count()) * std::pow(policy.factor, attempt - 1);
    const double ceiling = std::min(grown, static_cast<double>(policy.max.count()));
    std::uniform_real_distribution<double> jitter(0.0, std::max(ceiling, 0.0));
    const Milliseconds wait{static_cast<std::int64_t>(jitter(random))};
    const auto asked = asked_wait(response);
    return asked < left ? std::max(wait, asked) : wait;
}

}
