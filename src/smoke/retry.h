#pragma once
#include "smoke/check.h"
#include <cstdint>
#include <random>
#include <string>
#include <vector>

// Decides what an attempt's result means, and when the next attempt starts.
namespace fairlead::smoke {

enum class Phase {
    ready,   // waiting until the service is ready
    check,   // checking the service
    patient, // checking with `within`: a wrong answer may become right
};

struct RetryPolicy {
    int attempts = 5; // in total; 0: until the deadline
    Milliseconds backoff{200};
    double factor = 2;
    Milliseconds max{5000};
    std::vector<int> statuses = {429, 502, 503, 504}; // statuses that count as starting
};

Outcome classify(const sys::HttpResponse& response, const std::optional<Mismatch>& mismatch, const RetryPolicy& policy);
bool is_repeatable(std::string_view method); // repeating the request has no further effect (RFC 9110 section 9.2.2)
bool try_again(Outcome outcome, Phase phase, std::string_view method, const sys::HttpResponse& response);

// Returns the wait that an answer requests by Retry-After in seconds (RFC 9110 section 10.2.3), at most a day; 0: none.
Milliseconds asked_wait(const sys::HttpResponse& response);

// Returns the wait with full jitter: uniform in [0, min(max, backoff * factor^(attempt-1))]; attempt counts from 1. A
// longer Retry-After (seconds; RFC 9110 section 10.2.3) replaces it, unless it is longer than the remaining time.
Milliseconds wait_before_next(const RetryPolicy& policy, int attempt, std::mt19937_64& random,
                              const sys::HttpResponse& response, Milliseconds left = Milliseconds::max());

}
