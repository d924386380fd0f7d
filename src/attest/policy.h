#pragma once
#include "base/result.h"
#include "config/config.h"
#include <map>
#include <string>
#include <string_view>

// What fairlead.yml says about evidence (`evidence:`), and the digest of what it says about a tool.
namespace fairlead::attest {

struct EvidenceSettings {
    std::string key_env = "FAIRLEAD_EVIDENCE_KEY"; // the variable with the key that signs, or with _FILE its file
    std::string store = ".fairlead/evidence";      // a folder, from that of fairlead.yml
    bool is_there = false;                         // fairlead.yml has the section
};
EvidenceSettings read_evidence_settings(const config::Config& config);

// SHA-256 over what decides a tool's verdict: its section, laid over by the environment's, the waivers, the
// environment's profile and URL; as written, with sorted keys, without the values of variables. `given`: the inputs
// that something else than the file gave, and their values. Error (usage): the file can't be read.
Result<std::string> policy_digest(const config::Config& config, std::string_view tool, std::string_view environment,
                                  const std::map<std::string, std::string>& given = {});

}
