#pragma once
#include "base/result.h"
#include <map>
#include <span>
#include <string>
#include <vector>

namespace fairlead::cli {

struct Flag {
    std::string name; // without the dashes
    char short_name = 0;
    bool takes_value = true;
    bool hidden = false; // accepted, but never proposed for a misspelled flag
};

// A split command line. So far it is only known that its flags exist.
struct Words {
    std::map<std::string, std::vector<std::string>> flags; // in the given order; "true" for a boolean without a value
    std::vector<std::string> words;                        // words without a flag, and all words after `--`
};

// Parses `--flag value`, `--flag=value`, `-f value`, `-fvalue`, `-qv`. Error (usage): an unknown flag, a boolean given
// twice with different values, or a flag without its value.
Result<Words> split_words(std::span<const Flag> flags, std::vector<std::string> arguments);

}
