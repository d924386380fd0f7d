#pragma once
#include "preflight/checklists/judge.h"
#include "preflight/look.h"
#include "preflight/run.h"
#include "preflight/word.h"

namespace fairlead::preflight {

// What the rules that are asked find, less what is silenced or known, and which have nothing to look at here.
Result<void> hits_of(const Looked& looked, const Asked& asked, const Request& request, Word& word, Seen& seen);

}
