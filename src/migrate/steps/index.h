#pragma once
#include "base/result.h"
#include "migrate/steps/database.h"
#include "migrate/steps/pieces.h"
#include <string>

// Indexes that are there and invalid: CREATE INDEX CONCURRENTLY leaves one behind where it fails.
namespace fairlead::migrate {

// The one that this CREATE INDEX IF NOT EXISTS would pass over, "app.i"; empty: none.
Result<std::string> passed_over(Database& database, const Piece& piece);

Result<void> drop_invalid_index(Database& database, const std::string& index); // outside of a transaction

}
