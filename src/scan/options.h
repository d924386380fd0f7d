#pragma once
#include "base/field.h"
#include "config/config.h"
#include "config/milder.h"
#include "scan/rules/rule.h"
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace fairlead::scan {

// As a person gave it: by flags, by the environment or in the `scan:` section.
struct Given {
    std::vector<std::string> only, skip, exclude;
    std::string max_file_size;
    config::Value section;       // the tool's
    std::set<std::string> flags; // keys whose values a flag or a variable gave, and not the section
};

struct Options {
    std::vector<std::string> only, skip; // rule ids
    std::vector<std::string> exclude;    // globs of paths
    std::vector<std::string> allow;      // expressions; a secret that one of them matches is none
    std::uint64_t max_file_size = 0;     // bytes
    bool leaves_nothing_out = false;     // a foreign change's tree: neither size nor bytes hide a file there
    std::string today;                   // YYYY-MM-DD, UTC
};

// Error (usage), with its place where that is a file: a rule, a glob, an expression or a size that is none, and
// settings that leave nothing to look at.
Result<Options> read_options(const Given& given, const std::string& today);

// Those that `options` choose. Error (usage): a rule is unknown, or none is left.
Result<std::vector<const Rule*>> chosen_rules(const Options& options);

// The keys of `scan:` in fairlead.yml that no input covers, or not well enough; and those that let it look less
// closely.
std::span<const Field> fields();
std::span<const config::Milder> milder();

}
