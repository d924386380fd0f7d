#pragma once
#include "base/result.h"
#include "scan/gitleaks/finding.h"
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace fairlead::scan::gitleaks {

// Known findings: the JSON report of an earlier run (detect/baseline.go of gitleaks).
class Baseline {
  public:
    // Absent keys and null count as empty; keys match in upper and lower case; null instead of the array is an empty
    // baseline.
    // Error (usage), with the file's name, if it is not an array of findings.
    static Result<Baseline> parse(std::string_view json, const std::string& name);

    // Compares all fields except symlink, tags and fingerprint; with redaction, except match and secret, too.
    bool knows(const Finding& finding, unsigned redact_percent) const;

  private:
    // key: the other compared fields; values: the secrets with their matches
    std::unordered_map<std::string, std::unordered_set<std::string>> secrets_;
};

}
