#pragma once
#include "sys/clock.h"
#include "sys/http/client.h"
#include <optional>
#include <string>
#include <utility>
#include <vector>

// One attempt of a check: its means and its result.
namespace fairlead::sys {
class Cancel;
}

namespace fairlead::smoke {

struct Plan;

struct Mismatch {
    std::string rule; // "smoke/status"
    std::string message;
};

enum class Outcome {
    good,
    starting, // the service is starting, or has a temporary fault: try again
    broken,   // a wrong answer: trying again helps only while waiting for readiness
    hopeless, // a wrong certificate or URL: fails at once in every phase
};

// What a failure shows of its request and answer, without secrets (shown.h).
struct Shown {
    std::string command; // a command line of curl that sends the same request
    std::string answer;  // the first lines of the answer
    std::string times;   // "dns 2ms, connect 1ms, first byte 80ms, total 81ms"
};

struct Attempt {
    sys::HttpResponse response; // a probe other than HTTP only sets failure, reason, address, times and sent_any
    std::optional<Mismatch> wrong;
    std::vector<Mismatch> more; // further faults that the same attempt found
    Outcome outcome = Outcome::starting;
    std::string served;                                     // the version in the answer
    std::vector<std::pair<std::string, std::string>> facts; // for the reports: {"days left", "42"}
    Shown shown;                                            // of a failed attempt
};

constexpr Milliseconds smallest_attempt{50}; // nothing starts with less time left

// The means of an attempt. The attempt must end within `left`, and soon after `cancel` is asked or a stop is requested.
struct World {
    const Plan& plan;
    sys::Http& http;
    sys::Clock& clock;
    sys::Cancel& cancel;
    Milliseconds left{0}; // until the deadline; an attempt may take the shorter of this and plan.timeout
    bool fresh_connection = false;
};

}
