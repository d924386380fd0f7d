#pragma once
#include "gate/policy.h"
#include "report/report.h"

namespace fairlead::gate {

// For --dry-run: which reports would be read, and what they would be held to. No report need be there: in a dry run of
// the chain nothing has made one.
report::Report plan_of(const Policy& policy);

}
