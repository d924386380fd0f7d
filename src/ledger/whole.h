#pragma once
#include "ledger/ledger.h"

namespace fairlead::ledger {

// All records that there are, as Ledger::checked_history() has the newest: also those of the files before, however long
// that takes. What is broken in one of those says in which.
Result<Chain> whole_history(const Ledger& ledger, const Domain& domain);

}
