#pragma once
#include "config/rows.h"
#include "smoke/runner.h"
#include "smoke/settings/hosts.h"
#include <cstdint>
#include <string>
#include <vector>

// `compare:` in fairlead.yml, and --compare.
namespace fairlead::smoke {

struct CompareSettings { // as written
    std::string old, fresh;
    std::vector<std::string> checks; // names; empty: all that can be compared
    std::vector<std::string> headers = {"content-type", "cache-control", "location"};
    std::vector<std::string> ignore, unordered; // JSONPath, or JSON pointers
    std::int64_t pairs = 30;
    double slower = 1.25;
    std::string level = "1%";
};

const config::Rows<CompareSettings>& compare_rows();

// Fills plan.compare from the checks of the plan, if the section has `compare` or plan.compare_with is given. Call it
// before withhold(): it decides itself which release gets the bearer token and secret headers. An address that only
// fairlead.yml's `compare` names gets neither, not even a check's own secret headers. Error (usage), at its place.
Result<void> add_compare(const config::Value& section, const CompareSettings& said, const Hearing& hearing, Plan& plan);

}
