#pragma once
#include "attest/key.h"
#include "base/result.h"
#include "base/time.h"
#include "sys/data/json_fwd.h"
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// Approvals of exactly one plan, by its hash. `approve` writes one signed line per approver into FILE.approvals next to
// the plan. `apply --plan FILE` makes the plan again, which must be the same.
namespace fairlead::deploy {

struct ApprovalSettings {
    int required = 0;              // 0: no approval is needed
    std::vector<std::string> from; // files of public keys; a key's name is its file's name without .pem
    std::function<Result<std::string>(const std::string& file)> read = {}; // reads one of these files
    Milliseconds expires{3'600'000};
    bool own = false; // the deployer may approve the plan, too
};

// Returns SHA-256 over the plan's JSON with sorted members and without blanks, 64 hex digits.
std::string plan_hash(const sys::Json& plan);

struct Approval {
    std::string app, environment, plan; // plan: its hash
    SystemTime at{};
    SystemTime spent{}; // for the wanted approval: signatures up to this time belong to an earlier deployment
};
// Returns a line with its newline: a signed DSSE envelope of the approval.
std::string approval_line(const Approval& approval, const sys::PrivateKey& key);

// Returns the names of the keys whose lines in `text` approve this plan, each once. For each line that doesn't count,
// adds the reason to `ignored`: another plan, another key, expired, from the future, signed by `actor`.
std::vector<std::string> approvers(std::string_view text, const Approval& wanted, const std::vector<attest::Key>& keys,
                                   const ApprovalSettings& settings, const std::string& actor,
                                   std::vector<std::string>& ignored);

// Like approvers(), from the files. Error (no): approvals are missing; the message names the keys that would count.
Result<std::vector<std::string>> check_approvals(const std::string& plan_file, const Approval& wanted,
                                                 const ApprovalSettings& settings, const std::string& actor);
// Returns the name of the key if it already signed this plan and the signature is still valid; else empty. So an
// interrupted `approve` can be repeated without a second signature.
Result<std::string> signed_already(const std::string& plan_file, const Approval& wanted,
                                   const ApprovalSettings& settings, const std::string& key_file);
Result<void> write_approval(const std::string& plan_file, const Approval& approval, const std::string& key_file);

}
