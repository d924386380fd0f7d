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

// All that libpq needs to be told, so that it guesses neither user nor host nor database; what it may still find for
// itself are passwords and certificates. Error (usage): as open_postgres().
Result<Options> postgres_options(const Target& target, const Environment& environment);

Asked asked_of(const Options& options);

// libpq reads the process's own variables while it begins a connection, for each option that it isn't given; an empty
// one counts as not given. They are away as long as this is here.
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
