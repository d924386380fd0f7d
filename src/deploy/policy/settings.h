#pragma once
#include "config/rows.h"
#include "deploy/policy/approvals.h"
#include "deploy/policy/hooks.h"
#include "deploy/policy/windows.h"

// What fairlead.yml says of when and by whose leave a deployment may begin, and what runs around it.
namespace fairlead::deploy {

struct PolicySettings {
    Windows windows;
    Hooks hooks;
    ApprovalSettings approvals;
    Milliseconds deadline{3'600'000}; // of a whole deployment; then it goes back
    bool smoke = false;               // the checks of `smoke` at the new release, and through the router
};

Result<void> check_wait(const config::Value& value, const std::string& name); // a duration above 0s
const config::Rows<Windows>& windows_rows();
const config::Rows<Hooks>& hooks_rows();
const config::Rows<ApprovalSettings>& approvals_rows();

// What only all of it tells, and how files of keys are read. Error (usage), at its place.
Result<void> settle_policy(const config::Config& config, const config::Value& section, PolicySettings& settings);

}
