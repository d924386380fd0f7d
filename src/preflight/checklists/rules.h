#pragma once
#include "preflight/checklists/judge.h"
#include "preflight/look.h"
#include "preflight/run.h"
#include "preflight/word.h"

namespace fairlead::preflight {

// Adds the findings of the requested rules, except silenced and known findings, and the rules that have nothing to look
// at.
Result<void> hits_of(const Looked& looked, const Asked& asked, const Request& request, Word& word, Seen& seen);

}
