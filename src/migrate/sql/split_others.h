#pragma once
#include "migrate/sql/split.h"
#include "migrate/sql/tokens.h"

namespace fairlead::migrate::sql {

// Like split(), by the rules of another engine: SQLite's triggers and MySQL's routines stay whole. Error (no), with
// file:line: an unclosed quote, or DELIMITER, which is a command of MySQL's client.
Result<void> split_as(Dialect dialect, std::string_view sql, const std::string& file, const TakePiece& take);

}
