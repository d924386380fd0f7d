#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::scan::gitleaks {

struct Flag {
    std::string name; // without dashes
    char letter = 0;
    bool takes_value = true;
};

// Converts a command line of gitleaks for our reader of flags: puts the command first, separates short flags and values
// (-vrFILE becomes -v -r FILE), turns --redact without a value into 100, and report flags into --output or --format. A
// wrong flag is unchanged, and refused when the flags are read. Empty: there is no command of gitleaks, or an unknown
// flag comes before it.
std::vector<std::string> in_our_words(std::vector<std::string> words, std::span<const std::string> commands,
                                      std::span<const Flag> flags);

}
