#pragma once
#include "smoke/check.h"
#include <cstdint>
#include <random>
#include <string>
#include <vector>

// What an attempt means, and when the next one comes.
namespace fairlead::smoke {

enum class Phase { ready, check }; // waiting until it serves; checking what it serves

enum class Outcome {
    good,
    starting, // comes up, or a passing fault: try again
    broken,   // answers, but wrongly: trying again will not help (in the readiness wait it may)
    hopeless, // certificate, bad URL: fails at once in either phase
};

struct RetryPolicy {
    int attempts = 5; // in all; 0: until the deadline
    Milliseconds backoff{200};
    double factor = 2;
    Milliseconds max{5000};
    std::vector<int> statuses = {429, 502, 503, 504}; // that count as starting
};

Outcome classify(const sys::HttpResponse& response, const std::optional<Mismatch>& mismatch, const RetryPolicy& policy);
bool is_repeatable(std::string_view method); // asking twice does no more than asking once (RFC 9110 section 9.2.2)
bool try_again(Outcome outcome, Phase phase, std::string_view method, const sys::HttpResponse& response);

// Full jitter: uniform in [0, min(max, backoff * factor^(attempt-1))]; attempt counts from 1. A longer Retry-After
// (seconds; RFC 9110 section 10.2.3) replaces it unless it is beyond the time that is left.
Milliseconds wait_before_next(const RetryPolicy& policy, int attempt, std::mt19937_64& random,
                              const sys::HttpResponse& response, Milliseconds left = Milliseconds::max());

}
