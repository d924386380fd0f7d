#pragma once
#include "base/result.h"
#include "migrate/lint/script.h"
#include "migrate/steps/calls.h"
#include "migrate/steps/database.h"
#include "report/report.h"
#include <vector>

namespace fairlead::migrate {

// What a script destroys of the data that existed before this run.
struct Harm {
    bool destroys = false;
    std::vector<report::Finding> calls; // migrate/call: functions that destroy data or can't be judged
};
Result<Harm> harm_of(const lint::Script& script, Functions& functions);

// Asks the database which columns are never NULL, if this decides whether an UPDATE changes all rows (sql::settle).
// Error (could_not): the columns can't be read.
Result<void> learn_never_null(lint::Scripts& scripts, const Database& database);

void tell(const report::Finding& finding); // logs it as a warning

}
