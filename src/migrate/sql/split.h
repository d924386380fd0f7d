#pragma once
#include "base/result.h"
#include "migrate/sql/tokens.h"
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::migrate::sql {

// One statement of a file. Between two statements are only blanks, comments, ';', or "\." after the data of a COPY.
struct Piece {
    std::string_view text; // part of the file's text: from its first word, without the ';' and the blanks after it
    int line = 1;          // of its first word
    bool copy_data = false; // the data lines after COPY … FROM stdin, without "\."; they belong to the statement before
};

// Splits SQL into statements as psql would send them; each text lives as long as `sql`. Error (no), with file:line:
// psql's own commands and variables, an unclosed quote or comment, a NUL byte. Statements before the error have been
// passed to `take`.
using TakePiece = std::function<void(const Piece& piece)>;
Result<void> split(std::string_view sql, const std::string& file, const TakePiece& take);
// Returns the comments, up to the place where split() would fail. The data of a COPY has no comments.
std::vector<Token> comments_in(std::string_view sql);

}
