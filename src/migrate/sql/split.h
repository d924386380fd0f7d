#pragma once
#include "base/result.h"
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::migrate::sql {

// One statement of a file. What stands between two is white, a comment, ';' or "\." behind a COPY's data.
struct Piece {
    std::string_view text;  // of the file's: from its first word, without the ';' and the blanks behind it
    int line = 1;           // of its first word
    bool copy_data = false; // the lines behind COPY … FROM stdin, without "\.": data for the statement before
};

// The statements as psql would send them one by one; lives as long as `sql`. Error (no), with file:line: psql's own
// commands and variables, a quote or comment that nothing closes, a NUL byte.
Result<std::vector<Piece>> split(std::string_view sql, const std::string& file);

}
