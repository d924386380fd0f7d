#pragma once
#include "attest/demand.h"
#include "config/rows.h"
#include "deploy/policy/approvals.h"
#include "deploy/policy/hooks.h"
#include "deploy/policy/windows.h"
#include <functional>
#include <string>
#include <vector>

// Settings of fairlead.yml about when a deployment may begin, who approves it, and what runs before and after it.
namespace fairlead::deploy {

// The signed verdicts that a deployment needs (attest/demand.h).
struct RequiredEvidence {
    std::vector<attest::Demand> demands;
    // Reads the keys and the folder of evidence, and answers the demands.
    std::function<Result<std::vector<attest::Answer>>(const attest::About& about, SystemTime now)> answer = {};
};

struct PolicySettings {
    Windows windows;
    Hooks hooks;
    ApprovalSettings approvals;
    RequiredEvidence evidence;
    Milliseconds deadline{3'600'000}; // for a whole deployment; when it is over, the deployment goes back
    bool smoke = false;               // runs the checks of `smoke` on the new release, and through the router
};

Result<void> check_wait(const config::Value& value, const std::string& name); // a duration above 0s
const config::Rows<Windows>& windows_rows();
const config::Rows<Hooks>& hooks_rows();
const config::Rows<ApprovalSettings>& approvals_rows();

// Checks rules that need the whole section, and sets how key files are read. Error (usage), with its place.
Result<void> settle_policy(const config::Config& config, const config::Value& section, PolicySettings& settings);
// Reads environments.X.require. Error (usage), with its place.
Result<void> settle_evidence(const config::Config& config, const std::string& environment, PolicySettings& settings);

}
