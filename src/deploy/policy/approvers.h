#pragma once
#include "deploy/policy/approvals.h"

// The keys whose approvals count.
namespace fairlead::deploy {

std::vector<std::string> names_of(const std::vector<attest::Key>& keys);
// Reads the keys of `from`. Error (usage): a key occurs twice, or two keys have the same name.
Result<std::vector<attest::Key>> read_approvers(const ApprovalSettings& settings);
Result<void> check_approvers(const ApprovalSettings& settings); // the same check, if approvals are required
// Error (usage): an approval by the private key in `file` would not count.
Result<void> check_approver(const std::string& file, const ApprovalSettings& settings, SystemTime now);

}
