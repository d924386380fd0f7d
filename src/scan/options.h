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

// Values as a user gave them: by flags, by the environment or in the section `scan:`.
struct Given {
    std::vector<std::string> only, skip, exclude;
    std::string max_file_size;
    config::Value section;       // the tool's section
    std::set<std::string> flags; // keys whose values come from a flag or a variable, not from the section
};

struct Options {
    std::vector<std::string> only, skip; // rule ids
    std::vector<std::string> exclude;    // globs of paths
    std::vector<std::string> allow;      // expressions; a value with a match is not a secret
    std::uint64_t max_file_size = 0;     // in bytes
    // for the tree of a foreign change (a fork's): files aren't skipped because of their size or because they are not
    // text
    bool leaves_nothing_out = false;
    std::string today; // YYYY-MM-DD, UTC
};

// Error (usage), with its place if that is a file: a rule, glob, expression or size is invalid, or the settings leave
// nothing to scan.
Result<Options> read_options(const Given& given, const std::string& today);

// Returns the rules that `options` choose. Error (usage): a rule is unknown, or no rule is left.
Result<std::vector<const Rule*>> chosen_rules(const Options& options);

// fields(): the keys of `scan:` in fairlead.yml that no input covers fully. milder(): the keys that can make scans less
// strict.
std::span<const Field> fields();
std::span<const config::Milder> milder();

}
