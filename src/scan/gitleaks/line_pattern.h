#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace fairlead::scan::gitleaks {

// An expression (RE2 syntax) for a text of which pieces are searched: it has a match in the text wherever the given
// expression has one in a piece of whole lines. The beginning and the end of a piece become those of a line.
struct LinePattern {
    std::string expression;
    bool has_begin = false, has_end = false; // whether the given one tells the beginning or the end of its text
    std::size_t most_newlines = 0;           // in a match; many_newlines: or more
};
constexpr std::size_t many_newlines = 64;

// The expression must be one that compiles. `closed`: each piece ends with a newline.
LinePattern line_pattern(std::string_view expression, bool closed);

}
