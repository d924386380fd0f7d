#pragma once
#include "migrate/sql/split.h"
#include "migrate/sql/tokens.h"

namespace fairlead::migrate::sql {

// As split(), by the lexical rules of another engine: of SQLite a trigger's body belongs to it, of MySQL a routine's.
// Error (no), with file:line: a quote that nothing closes, MySQL's DELIMITER, which is its client's.
Result<void> split_as(Dialect dialect, std::string_view sql, const std::string& file, const TakePiece& take);

}
