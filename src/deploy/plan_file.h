#pragma once
#include "base/result.h"
#include "deploy/plan.h"
#include "sys/data/json_fwd.h"
#include <string>

// A plan as a file that others look at and approve: what is deployed, and by which steps from what serves now. Two
// plans are the same where their hashes are (deploy/policy/approvals.h).
namespace fairlead::deploy {

struct ReleaseInfo;
struct Settings;

sys::Json plan_file_of(const Settings& settings, const ReleaseInfo& release, const Plan& plan);
Result<void> write_plan(const std::string& file, const Settings& settings, const ReleaseInfo& release,
                        const Plan& plan);
Result<std::string> read_plan_hash(const std::string& file); // error (no): it is no plan
// "commit: c0ffee, now decaf; plan.steps": by which members the file differs from a plan of now; empty: by none.
Result<std::string> stale_members(const std::string& file, const sys::Json& now);

}
