#pragma once
#include "backup/commands.h"
#include "backup/engines/engine.h"
#include "backup/manifest.h"
#include <string>
#include <vector>

// What is done to restored data before anybody gets it, and what is asked of it.
namespace fairlead::backup {

// What scrubs goes with a lower profile and never into production. Error (usage): production's data would go where
// fairlead.yml says staging or development, as it is; or scrubbed ones would replace production's.
Result<void> check_profiles(const Place& place, const Manifest& manifest, const Request& request);

// The SQL in one transaction, and what it overwrote is gone from the files. Error (no): it was refused.
Result<void> scrub(Restore& restore, const Part& part, const std::string& sql, const std::string& file);

// Each, a statement that changes nothing, has to answer with a row whose first column is neither NULL, false, 0 nor
// empty. Error (no): one doesn't.
Result<void> ask_queries(Restore& restore, const Part& part, const std::vector<std::string>& queries);
enum class Dialect { postgres, sqlite };
Result<void> ask_queries(sys::Session& session, Dialect dialect, const std::vector<std::string>& queries);

}
