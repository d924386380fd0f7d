#pragma once
#include "backup/commands.h"
#include "backup/engines/engine.h"
#include "backup/sets/manifest.h"
#include <string>
#include <vector>

// Changes restored data before anybody gets it (scrubbing), and runs the user's checks on it.
namespace fairlead::backup {

// Refuses scrubbed data in production, and unscrubbed data in an environment with a lower profile than its own
// (production, staging, development). Error (usage): the restore would do one of these.
Result<void> check_profiles(const Place& place, const Manifest& manifest, const Request& request);

// Runs the SQL in one transaction; afterwards the overwritten data is gone from the files, too. Error (no): the
// database refused the SQL.
Result<void> scrub(Restore& restore, const Part& part, const std::string& sql, const std::string& file);

// Runs each query, a statement that changes nothing. Its first row's first column has to be neither NULL, false, 0 nor
// empty. Error (no): a query has another answer.
Result<void> ask_queries(Restore& restore, const Part& part, const std::vector<std::string>& queries);
enum class Dialect { postgres, sqlite };
Result<void> ask_queries(sys::Session& session, Dialect dialect, const std::vector<std::string>& queries);

}
