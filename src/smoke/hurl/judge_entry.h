#pragma once
#include "smoke/hurl/answer.h"
#include "smoke/hurl/message.h"
#include "smoke/hurl/play.h"
#include <vector>

namespace fairlead::smoke::hurl {

// Compares an answer with the expectations of an entry, and sets the captures. Order: version, status, captures,
// headers, body, asserts. A fault in version, status or a capture ends it.
std::vector<Fault> judge_entry(const Response& expected, Answer& answer, Scope& scope, const Settings& settings,
                               const File& file, const Files& files, const FilterWorld& world);

Fault fault_of(const Error& error, Fault::Cause cause, std::string rule, Spot spot); // the error's place, if it has one

}
