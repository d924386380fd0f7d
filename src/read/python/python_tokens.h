#pragma once
#include "read/problem.h"
#include <string>
#include <string_view>
#include <vector>

// Splits Python into tokens (docs.python.org/3/reference/lexical_analysis.html), as far as a reader of plain values
// needs it.
namespace fairlead::read {

struct PythonToken {
    enum class Kind {
        name,    // identifiers and keywords
        number,  // as written
        text,    // a decoded string; adjacent strings are separate tokens
        dynamic, // a string that isn't plain: bytes, or with {…} in it
        sign,    // operators and brackets
    };
    Kind kind = Kind::sign;
    std::string text;
    int line = 0, column = 0; // from 1
};

// A logical line: brackets, triple quotes and backslashes join lines.
struct PythonLine {
    int indent = 0; // columns; a tab reaches the next multiple of 8
    std::vector<PythonToken> tokens;
};

// `problems`: syntax errors, if this reader notices them.
std::vector<PythonLine> python_lines(std::string_view text, std::vector<Problem>& problems);

}
