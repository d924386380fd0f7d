#pragma once
#include "config/config.h"
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

// Which of the reports that gate reads a command wrote: one that fails and leaves none has told gate nothing.
namespace fairlead::chain {

struct Stamp {
    std::int64_t modified_ns = 0;
    std::uintmax_t size = 0;
    bool operator==(const Stamp&) const = default;
};
using Stamps = std::map<std::string, Stamp>; // by path

// Of the files that `gate.reports` names, now.
Result<Stamps> report_stamps(const config::Config& config, const std::string& environment);

// Those of `after` that are new or not as they were.
Stamps written_between(const Stamps& before, const Stamps& after);
// At least one of them is still as it was.
bool any_left(const Stamps& written, const Stamps& now);

}
