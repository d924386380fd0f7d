#pragma once
#include "smoke/runner.h"
#include "sys/cancel.h"
#include <string>
#include <vector>

// Sends the same requests to the old and the new release, and compares the answers and their times.
namespace fairlead::smoke {

// Returns one or two results for each compared check: "compare NAME" (rule smoke/compare) and, if times are compared,
// "speed NAME" (rule smoke/slower). The checks run one after the other, so that no other request of this run disturbs
// the times. `end`: the deadline. Any problem of a server is a failure of the check. If `cancel` is asked, or a stop is
// requested, the rest is cancelled. Empty: the plan compares nothing.
std::vector<Tried> carry_out_compare(const Plan& plan, sys::Http& http, sys::Clock& clock, sys::Clock::Steady end,
                                     sys::Cancel& cancel);

// the same results, as cancelled, because the service never became ready
std::vector<Tried> not_compared(const Plan& plan);

// Returns the requests to both releases, so that they can be checked before any is sent.
std::vector<const Check*> compared_requests(const Plan& plan);

std::string compare_dry_run(const Plan& plan); // a line for each compared check

}
