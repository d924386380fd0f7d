#pragma once
#include "backup/commands.h"
#include "backup/engines/engine.h"
#include "backup/sets/manifest.h"
#include <string>
#include <vector>

// Changes restored data before anybody gets it (scrubbing), and runs the user's checks on it.
namespace fairlead::backup {

// Error (usage): the restore would put scrubbed data into production, or unscrubbed data into an environment with a
// lower profile than the data's own (order: production, staging, development).
Result<void> check_profiles(const Place& place, const Manifest& manifest, const Request& request);

// Runs the SQL in one transaction, and makes sure that the database's files don't contain the overwritten data any
// more. Error (no): the database refused the SQL.
Result<void> scrub(Restore& restore, const Part& part, const std::string& sql, const std::string& file);

// Runs each query, which can't change anything. Error (no): the first column of a query's first row is NULL, false, 0
// or empty.
Result<void> ask_queries(Restore& restore, const Part& part, const std::vector<std::string>& queries);
enum class Dialect { postgres, sqlite };
Result<void> ask_queries(sys::Session& session, Dialect dialect, const std::vector<std::string>& queries);

}
