#pragma once
#include "base/result.h"
#include "sys/database/postgres.h"
#include "sys/environment.h"
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::sys {

// libpq's connection options (PostgreSQL's documentation, "Parameter Key Words") by name.
using Options = std::map<std::string, std::string>;

// Returns all options that libpq needs, so that it doesn't guess user, host or database. libpq may still find passwords
// and certificates itself. Error (usage): as open_postgres().
Result<Options> postgres_options(const Target& target, const Environment& environment);

Asked asked_of(const Options& options);

// Hides the process's own PG… variables while this object lives. Otherwise libpq, when it begins a connection, would
// read them for each option that is missing or empty.
class WithoutVariables {
  public:
    explicit WithoutVariables(bool active);
    WithoutVariables(const WithoutVariables&) = delete;
    WithoutVariables& operator=(const WithoutVariables&) = delete;
    ~WithoutVariables();

  private:
    std::vector<std::pair<std::string, std::string>> taken_;
};

}
