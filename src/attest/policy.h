#pragma once
#include "attest/key.h"
#include "base/result.h"
#include "base/time.h"
#include "config/config.h"
#include <map>
#include <string>
#include <string_view>
#include <vector>

// What fairlead.yml says about evidence (`evidence:`), and the digest of what it says about a tool.
namespace fairlead::attest {

struct EvidenceSettings {
    std::string key_env = "FAIRLEAD_EVIDENCE_KEY"; // the variable with the key that signs, or with _FILE its file
    std::string store = ".fairlead/evidence";      // a folder, from that of fairlead.yml
    Milliseconds max_age{7 * 24 * 3'600'000};      // an older verdict doesn't count
    bool is_there = false;                         // fairlead.yml has the section
};
EvidenceSettings read_evidence_settings(const config::Config& config);

// Returns evidence.keys; each of them that is in evidence.revoked, too, is trusted only before its day, and the day of
// checking decides (attest/key.h). Keys that are only revoked are returned to be named in messages, and aren't trusted
// at `now`. Error (usage), at its place: a key can't be read, or is there twice.
Result<std::vector<Key>> read_evidence_keys(const config::Config& config, SystemTime now);

// SHA-256 over what decides a tool's verdict: its section, laid over by the environment's, the waivers, the
// environment's profile and URL; as written, with sorted keys, without the values of variables. `given`: the inputs
// that something else than the file gave, and their values. Error (usage): the file can't be read.
Result<std::string> policy_digest(const config::Config& config, std::string_view tool, std::string_view environment,
                                  const std::map<std::string, std::string>& given = {});

}
