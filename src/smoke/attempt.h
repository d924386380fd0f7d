#pragma once
#include "sys/clock.h"
#include "sys/http/client.h"
#include <optional>
#include <string>
#include <utility>
#include <vector>

// One attempt of a check: what it may use, and what it found.
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
    starting, // it is starting, or has a passing fault: try again
    broken,   // it gives a wrong answer, and trying again will not help (but may while waiting for readiness)
    hopeless, // a wrong certificate or URL: fails at once in either phase
};

// What a failure shows of its request and answer, without secrets (shown.h).
struct Shown {
    std::string command; // a command line of curl that sends the same request
    std::string answer;  // the beginning of the answer, lines
    std::string times;   // "dns 2ms, connect 1ms, first byte 80ms, total 81ms"
};

struct Attempt {
    sys::HttpResponse response; // of a probe other than HTTP: failure, reason, address, times and sent_any
    std::optional<Mismatch> wrong;
    std::vector<Mismatch> more; // further faults that the same attempt found
    Outcome outcome = Outcome::starting;
    std::string served;                                     // the version in the answer
    std::vector<std::pair<std::string, std::string>> facts; // for the reports: {"days left", "42"}
    Shown shown;                                            // of a failed attempt
};

constexpr Milliseconds smallest_attempt{50}; // nothing starts with less time left

// What an attempt may use. It must end within `left`, and soon after `cancel` is asked or a stop is requested.
struct World {
    const Plan& plan;
    sys::Http& http;
    sys::Clock& clock;
    sys::Cancel& cancel;
    Milliseconds left{0}; // until the deadline; an attempt gets no more than this, and no more than plan.timeout
    bool fresh_connection = false;
};

}
