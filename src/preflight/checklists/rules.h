#pragma once
#include "preflight/checklists/judge.h"
#include "preflight/look.h"
#include "preflight/run.h"
#include "preflight/word.h"

namespace fairlead::preflight {

// Adds to `seen` the findings of the requested rules, except silenced and known ones, and the rules without a subject.
Result<void> hits_of(const Looked& looked, const Asked& asked, const Request& request, Word& word, Seen& seen);

}
