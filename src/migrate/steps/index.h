#pragma once
#include "base/result.h"
#include "migrate/steps/database.h"
#include "migrate/steps/pieces.h"
#include <string>
#include <vector>

// Indexes that are there and invalid: CREATE INDEX CONCURRENTLY leaves one behind where it fails.
namespace fairlead::migrate {

// The one that this CREATE INDEX IF NOT EXISTS would pass over, "app.i"; empty: none.
Result<std::string> passed_over(Database& database, const Piece& piece);

// Those on the tables that the script makes or rebuilds indexes of without a lock: "app.i".
Result<std::vector<std::string>> invalid_indexes(Database& database, const files::Script& script);

Result<void> drop_invalid_index(Database& database, const std::string& index); // outside of a transaction

}
