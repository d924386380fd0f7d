#pragma once
#include "gate/policy.h"
#include "report/report.h"

namespace fairlead::gate {

// Returns the report of --dry-run: the reports that would be read, and the rules for them. The reports need not exist,
// because nothing creates them in a dry run of the chain.
report::Report plan_of(const Policy& policy);
report::Report plan_of_shard(const Policy& policy, const std::string& folder); // of --collect

}
