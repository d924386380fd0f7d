#pragma once
#include "smoke/hurl/answer.h"
#include "smoke/hurl/message.h"
#include "smoke/hurl/play.h"
#include <vector>

namespace fairlead::smoke::hurl {

// Compares an answer with what an entry expects, and sets the captures: version and status first, then the captures,
// then headers, body and asserts. A fault of the first two, or of a capture, ends it.
std::vector<Fault> judge_entry(const Response& expected, Answer& answer, Scope& scope, const Settings& settings,
                               const File& file, const Files& files, const FilterWorld& world);

Fault fault_of(const Error& error, Fault::Cause cause, std::string rule, Spot spot); // the error's place, if it has one

}
