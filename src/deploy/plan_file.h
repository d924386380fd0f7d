#pragma once
#include "base/result.h"
#include "deploy/decide/plan.h"
#include "sys/data/json_fwd.h"
#include <string>

// A plan as a file for others to check and approve: what is deployed, and with which steps. Two plans are equal if
// their hashes are (deploy/policy/approvals.h).
namespace fairlead::deploy {

struct ReleaseInfo;
struct Settings;

Result<sys::Json> plan_file_of(const Settings& settings, const ReleaseInfo& release, const Plan& plan);
Result<void> write_plan(const std::string& file, const Settings& settings, const ReleaseInfo& release,
                        const Plan& plan);
Result<std::string> read_plan_hash(const std::string& file); // error (no): the file is not a plan
// Returns the members in which the file differs from a plan made now: "commit: c0ffee, now decaf; plan.steps"; empty:
// none.
Result<std::string> stale_members(const std::string& file, const sys::Json& now);

}
