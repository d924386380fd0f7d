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
    bool hidden = false; // known, but never proposed for another word
};

// A command line taken apart; nothing in it has been judged yet but that its flags exist.
struct Words {
    std::map<std::string, std::vector<std::string>> flags; // in the order given; "true" for a bare boolean
    std::vector<std::string> words;                        // those without a flag, and all after `--`
};

// `--flag value`, `--flag=value`, `-f value`, `-fvalue`, `-qv`. Error (usage): a flag that is unknown, given twice as
// a boolean with different values, or without the value that it needs.
Result<Words> split_words(std::span<const Flag> flags, std::vector<std::string> arguments);

}
