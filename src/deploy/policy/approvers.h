#pragma once
#include "deploy/policy/approvals.h"

// Whose approvals count.
namespace fairlead::deploy {

std::vector<std::string> names_of(const std::vector<attest::Key>& keys);
// The keys of `from`. Error (usage): one of them is there twice, or two have one name.
Result<std::vector<attest::Key>> read_approvers(const ApprovalSettings& settings);
Result<void> check_approvers(const ApprovalSettings& settings); // the same, where some are required
// Error (usage): an approval by the private key in `file` would not count.
Result<void> check_approver(const std::string& file, const ApprovalSettings& settings, SystemTime now);

}
