#pragma once
#include "base/field.h"
#include "config/config.h"
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace fairlead::scan {

struct Options {
    std::vector<std::string> only, skip; // rule ids
    std::vector<std::string> exclude;    // globs of paths
    std::vector<std::string> allow;      // expressions; a secret that one of them matches is none
    std::uint64_t max_file_size = 0;     // bytes
    std::string today;                   // YYYY-MM-DD, UTC
};

// The keys of `scan:` in fairlead.yml that no flag has.
std::span<const Field> fields();

}
