#pragma once
#include "migrate/steps/request.h"
#include "report/report.h"

namespace fairlead::migrate {

// What is pending, run in a clone of the database: how long each statement takes, what it locks, rewrites and writes.
// Status 1: a migration failed, the budget is not kept, the way back does not lead back.
Result<report::Report> rehearse(const Place& place, const Request& request);
Result<report::Report> collect_rehearsals(const Place& place, const Request& request); // gc

}
