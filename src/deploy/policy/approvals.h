#pragma once
#include "attest/key.h"
#include "base/result.h"
#include "base/time.h"
#include "sys/data/json_fwd.h"
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// Who said yes to exactly this plan. A plan's hash is what gets approved: `approve` writes one signed line per approver
// into FILE.approvals beside it, and `apply --plan FILE` makes the plan anew and wants it to be the same.
namespace fairlead::deploy {

struct ApprovalSettings {
    int required = 0;              // 0: none is asked for
    std::vector<std::string> from; // files of public keys; a key's name is that of its file without .pem
    std::function<Result<std::string>(const std::string& file)> read = {}; // one of them
    Milliseconds expires{3'600'000};
    bool own = false; // whoever deploys may approve it
};

// SHA-256 over the plan's JSON with sorted members and no blanks, 64 hex digits.
std::string plan_hash(const sys::Json& plan);

struct Approval {
    std::string app, environment, plan; // its hash
    SystemTime at{};
    SystemTime spent{}; // of the one that is wanted: what was signed until then was for a deployment that is done
};
// A line with its end: a DSSE envelope of this, signed.
std::string approval_line(const Approval& approval, const sys::PrivateKey& key);

// Names of the keys by which `text` approves this plan, each once. A line that doesn't count is told in `ignored`: of
// another plan, by another key, expired, from the future, by `actor`.
std::vector<std::string> approvers(std::string_view text, const Approval& wanted, const std::vector<attest::Key>& keys,
                                   const ApprovalSettings& settings, const std::string& actor,
                                   std::vector<std::string>& ignored);

// The same of the files. Error (no): approvals are missing; says whose would count.
Result<std::vector<std::string>> check_approvals(const std::string& plan_file, const Approval& wanted,
                                                 const ApprovalSettings& settings, const std::string& actor);
Result<void> write_approval(const std::string& plan_file, const Approval& approval, const std::string& key_file);

}
