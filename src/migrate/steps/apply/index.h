#pragma once
#include "base/result.h"
#include "migrate/steps/database.h"
#include "migrate/steps/pieces.h"
#include <string>
#include <vector>

// Finds and drops invalid indexes, which a failed CREATE INDEX CONCURRENTLY leaves.
namespace fairlead::migrate {

// Returns the invalid index ("app.i") that this CREATE INDEX IF NOT EXISTS would wrongly accept as existing; empty:
// there is none.
Result<std::string> passed_over(Database& database, const Piece& piece);

// Returns the invalid indexes ("app.i") on tables whose indexes the script creates or rebuilds concurrently.
Result<std::vector<std::string>> invalid_indexes(Database& database, const files::Script& script);

// Drops the index, outside of a transaction. First takes a lock that excludes anybody who builds it, and checks again.
// False: the index is valid now, or gone. Error (could_not): another session works on its table.
Result<bool> drop_invalid_index(Database& database, const std::string& index);
Result<bool> drop_to_make_again(Database& database, const std::string& index); // like drop_invalid_index(), and logs it

}
