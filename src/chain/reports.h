#pragma once
#include "config/config.h"
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

// Finds the reports for gate that a command wrote. If a command failed and wrote no report, gate has nothing to judge.
namespace fairlead::chain {

struct Stamp {
    std::int64_t modified_ns = 0;
    std::uintmax_t size = 0;
    bool operator==(const Stamp&) const = default;
};
using Stamps = std::map<std::string, Stamp>; // by path

// Returns the current stamps of the files that `gate.reports` names.
Result<Stamps> report_stamps(const config::Config& config, const std::string& environment);

// Returns the files of `after` that are new or changed.
Stamps written_between(const Stamps& before, const Stamps& after);
// Returns whether at least one of the files is unchanged in `now`.
bool any_left(const Stamps& written, const Stamps& now);

}
