#pragma once
#include "base/result.h"
#include "sys/database/postgres.h"
#include "sys/environment.h"
#include <map>
#include <string>

namespace fairlead::sys {

// libpq's connection options (PostgreSQL's documentation, "Parameter Key Words") by name.
using Options = std::map<std::string, std::string>;

// All that libpq needs to be told, so that it guesses neither user nor host nor database; what it may still find for
// itself are passwords and certificates. Error (usage): as open_postgres().
Result<Options> postgres_options(const Target& target, const Environment& environment);

Asked asked_of(const Options& options);

}
