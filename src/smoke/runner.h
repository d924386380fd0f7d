#pragma once
#include "report/report.h"
#include "smoke/compare/comparison.h"
#include "smoke/pace.h"
#include "smoke/retry.h"
#include "smoke/scripts.h"
#include "sys/clock.h"
#include "sys/http/client.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Sends the requests, waits and judges; everything has one deadline.
namespace fairlead::smoke {

struct Plan {
    std::optional<Check> ready;         // runs alone and first
    std::vector<Check> ready_elsewhere; // the same check at the other base addresses, afterwards
    // number of good answers in a row after which the service is ready, each on a new connection
    std::int64_t streak = 1;
    // instead of `streak`: only good answers for this time, with at most one request per second
    Milliseconds stable{0};
    std::vector<Check> checks; // run in parallel
    Scripts scripts;           // played after the checks
    std::vector<ForbiddenLines> logs;
    std::optional<Comparison> compare; // comparison of the old and the new release, after the Hurl files
    std::string compare_with;          // --compare: the address of the old release
    RetryPolicy retry;
    Limits limits;
    Milliseconds deadline{120'000}; // for everything
    Milliseconds timeout{10'000};   // one attempt
    Milliseconds connect{5'000};
    std::int64_t jobs = 16;
    bool fail_fast = false;
    bool insecure = false;
    std::string ca_file; // PEM; empty: see sys::HttpRequest
    Place ca_place;      // in fairlead.yml
    Secret bearer;
    std::vector<std::string> withheld; // sentences with the servers that get no credentials
    std::vector<std::string> resolve;  // HOST:PORT:ADDRESS
    // unix:PATH or HOST:PORT: gets the requests in plain HTTP instead of the host `at_host`; empty: not used
    std::string at;
    std::string at_host;    // with the port, as in a URL
    std::uint64_t seed = 0; // seed of the jitter
};

struct Tried {
    Check check;
    // known: it failed as expected; it counts neither as passed nor as failed
    enum class End { passed, failed, known, skipped, cancelled } end = End::cancelled;
    bool flaky = false; // passed, but not at the first attempt
    int attempts = 0;
    Milliseconds time{0}; // of the last attempt
    Mismatch wrong;       // if it failed
    struct Fault {
        Mismatch what;
        Place place;
    };
    std::vector<Fault> faults;  // for an entry of a Hurl file: all faults; the first is `wrong`
    bool is_malformed = false;  // the Hurl file itself is wrong, so the exit status is that of wrong use
    std::vector<Mismatch> more; // further faults of a probe's last attempt
    Shown shown;                // of the last failed attempt
    std::vector<std::pair<std::string, std::string>> facts; // of the last attempt
    std::string output;                                     // of a Hurl file's `output: -`
    std::string served;                                     // the version in its answer
    bool readiness = false;                                 // it is the wait for readiness, not a check
};

// Returns the request of one attempt. `left`: the time until the deadline.
sys::HttpRequest request_of(const Plan& plan, const Check& check, Milliseconds left);

// Sends one request and judges its answer. Our own errors become failures of the attempt.
Attempt ask_once(const Check& check, const World& world);

// Returns whether requests for this URL go to plan.at, past the proxy that adds headers and leads http to https.
bool goes_past_proxy(const Plan& plan, std::string_view url);
// Makes such a request go to plan.at.
void ask_at(const Plan& plan, sys::HttpRequest& request);

// Runs all checks, then the Hurl files. The ready checks (if any) come first in the list. Any problem of a check is a
// failure of that check. Error (could_not): a stop was requested.
Result<std::vector<Tried>> carry_out(const Plan& plan, sys::Http& http, sys::Clock& clock);

report::Report report_of(const std::vector<Tried>& tried, const std::string& environment,
                         const std::string& config_file);

report::Report dry_run(const Plan& plan, const std::string& environment); // names the requests that would be sent
void refuse_flaky(std::vector<Tried>& tried);                             // --strict

}
