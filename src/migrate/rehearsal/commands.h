#pragma once
#include "migrate/steps/request.h"
#include "report/report.h"

namespace fairlead::migrate {

// Runs the pending migrations in a clone of the database. Reports how long each statement takes, and what it locks,
// rewrites and writes. Status 1: a migration failed, the budget is exceeded, or reverting doesn't restore the former
// schema.
Result<report::Report> rehearse(const Place& place, const Request& request);
Result<report::Report> collect_rehearsals(const Place& place, const Request& request); // the command gc

}
