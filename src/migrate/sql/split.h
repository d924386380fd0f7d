#pragma once
#include "base/result.h"
#include "migrate/sql/tokens.h"
#include <functional>
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

// The statements as psql would send them one by one; each lives as long as `sql`. Error (no), with file:line: psql's
// own commands and variables, a quote or comment that nothing closes, a NUL byte; what stands before was given to
// `take`.
using TakePiece = std::function<void(const Piece& piece)>;
Result<void> split(std::string_view sql, const std::string& file, const TakePiece& take);
// Its comments: COPY's data has none, whatever it looks like. Up to where split() would refuse the rest.
std::vector<Token> comments_in(std::string_view sql);

}
