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

// Returns a line of gitleaks' as our reader of flags takes it: the command first, each short flag and each value as a
// word of its own (-vrFILE becomes -v -r FILE), --redact alone as 100, and --output or --format for where the report
// goes. A wrong flag is left as it is, and refused when the flags are read. Empty: there is no command of gitleaks', or
// an unknown flag stands before it.
std::vector<std::string> in_our_words(std::vector<std::string> words, std::span<const std::string> commands,
                                      std::span<const Flag> flags);

}
