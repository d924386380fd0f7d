#pragma once
#include "base/result.h"
#include "migrate/lint/script.h"
#include "migrate/steps/calls.h"
#include "report/report.h"
#include <vector>

namespace fairlead::migrate {

// What a script takes away that was there before the same run.
struct Harm {
    bool destroys = false;
    std::vector<report::Finding> calls; // migrate/call: of functions that do, or of which nobody can tell
};
Result<Harm> harm_of(const lint::Script& script, Functions& functions);

void tell(const report::Finding& finding); // as a warning of the log

}
