#pragma once
#include <string>

namespace fairlead::read {

// A mistake in a file; the rest of the file is still read.
struct Problem {
    int line = 0, column = 0; // from 1, code points; 0: unknown
    std::string message;      // "a quote opened here is never closed; add \" at the end"
};

}
