#pragma once
#include "report/report.h"
#include "smoke/retry.h"
#include "sys/clock.h"
#include "sys/http/client.h"
#include <optional>
#include <string>
#include <vector>

// Asks, waits and judges. All under one deadline.
namespace fairlead::smoke {

struct Plan {
    std::optional<Check> ready;         // asked alone, first
    std::vector<Check> ready_elsewhere; // then the same at the other base addresses
    std::int64_t streak = 1;            // good answers in a row that mean ready, each on a new connection
    Milliseconds stable{0};             // instead of a count: good for so long, at most one request per second
    std::vector<Check> checks;          // side by side
    RetryPolicy retry;
    Milliseconds deadline{120'000}; // for everything
    Milliseconds timeout{10'000};   // one attempt
    Milliseconds connect{5'000};
    std::int64_t jobs = 16;
    bool fail_fast = false;
    bool insecure = false;
    std::string ca_file; // PEM; empty: see sys::HttpRequest
    Place ca_place;      // in fairlead.yml
    Secret bearer;
    std::vector<std::string> withheld; // sentences: who isn't sent what lets in
    std::vector<std::string> resolve;  // HOST:PORT:ADDRESS
    std::string at; // unix:PATH or HOST:PORT: who is asked, in plain HTTP, instead of the host `at_host`; empty: nobody
    std::string at_host;    // with its port, as a URL has it
    std::uint64_t seed = 0; // of the jitter
};

struct Tried {
    Check check;
    // known: an expected failure that failed; it counts neither as passed nor as failed
    enum class End { passed, failed, known, skipped, cancelled } end = End::cancelled;
    bool flaky = false; // passed, but not at the first attempt
    int attempts = 0;
    Milliseconds time{0};   // of the last attempt
    Mismatch wrong;         // when it failed
    std::string served;     // version that it told
    bool readiness = false; // the wait until it serves, which is no check
};

// What one attempt sends. `left` is what remains of the deadline.
sys::HttpRequest request_of(const Plan& plan, const Check& check, Milliseconds left);

// The ready checks (if any) first in the list. What happens to one check is that check's failure, whatever it is; an
// Error (could_not) says that a stop was asked for.
Result<std::vector<Tried>> carry_out(const Plan& plan, sys::Http& http, sys::Clock& clock);

report::Report report_of(const std::vector<Tried>& tried, const std::string& environment,
                         const std::string& config_file);

report::Report dry_run(const Plan& plan, const std::string& environment); // names what would be asked
void refuse_flaky(std::vector<Tried>& tried);                             // --strict

}
