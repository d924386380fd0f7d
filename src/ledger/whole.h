#pragma once
#include "ledger/ledger.h"

namespace fairlead::ledger {

// Returns all existing records, also those of older files, which may take long. Ledger::checked_history() returns only
// the newest. Messages about broken records in older files name the file.
Result<Chain> whole_history(const Ledger& ledger, const Domain& domain);

}
