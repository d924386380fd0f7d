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

// Outside of a transaction. Under a lock that keeps out who builds it, and asked again there. False: it is valid by
// now, or gone. Error (could_not): somebody works on its table.
Result<bool> drop_invalid_index(Database& database, const std::string& index);
Result<bool> drop_to_make_again(Database& database, const std::string& index); // the same, and the log says so

}
