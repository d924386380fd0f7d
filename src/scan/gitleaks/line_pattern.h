#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace fairlead::scan::gitleaks {

// An expression (RE2 syntax) with which a whole text is searched instead of its pieces: it matches wherever the given
// expression matches in a piece of whole lines. The beginning and the end of a piece become those of a line.
struct LinePattern {
    std::string expression;
    bool has_begin = false, has_end = false; // the given expression depends on the beginning or the end of its text
    std::size_t most_newlines = 0;           // in a match; many_newlines: this number or more
};
constexpr std::size_t many_newlines = 64;

// The expression must be valid. `closed`: each piece ends with a newline.
LinePattern line_pattern(std::string_view expression, bool closed);

}
