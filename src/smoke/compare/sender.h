#pragma once
#include "smoke/runner.h"
#include "sys/cancel.h"
#include <cstdint>
#include <string>

// Sends the requests of a comparison within the deadline of the run.
namespace fairlead::smoke::compare {

struct Side { // the answer of one release
    sys::HttpResponse response;
    int attempts = 0;
    std::string fault;  // why there is no comparable answer; empty: there is one
    std::string before; // the fault of the attempt before the last
    sys::Clock::Steady asked{};
};

enum class Connection { kept, fresh };

class Sender {
  public:
    Sender(const Plan& plan, sys::Http& http, sys::Clock& clock, sys::Clock::Steady end, sys::Cancel& cancel)
        : plan_(plan), http_(http), clock_(clock), end_(end), cancel_(cancel) {}

    // Repeats the request until there is an answer, with the retries of a check. If the last attempt still gets the
    // status of a starting service, that is the answer.
    Side ask(const Check& check, std::uint64_t seed);
    sys::HttpResponse send(const Check& check, Connection connection); // once
    // Waits as after a failed attempt of a check. `failed`: number of failed attempts in a row.
    void wait_after(int failed, std::mt19937_64& random, const sys::HttpResponse& response);
    void pause(Milliseconds wanted); // ends early if the run is cancelled
    void tell_failure();             // ends the run if it is to stop at the first failure

    const Plan& plan() const { return plan_; }
    sys::Clock::Steady now() const { return clock_.steady(); }
    Milliseconds left() const { return std::chrono::duration_cast<Milliseconds>(end_ - now()); }
    bool given_up() const;

  private:
    const Plan& plan_;
    sys::Http& http_;
    sys::Clock& clock_;
    const sys::Clock::Steady end_;
    sys::Cancel& cancel_;
};

std::string out_of_time(const Plan& plan, const std::string& rest); // "deadline of 2m reached after 3 attempts"

}
