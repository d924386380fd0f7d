#pragma once
#include "base/result.h"
#include "migrate/steps/request.h"
#include "migrate/steps/standing.h"
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// Selects the migrations that a command means.
namespace fairlead::migrate {

// Returns the migrations in the order in which they run. Error (usage): the count is invalid or too high, or --to names
// no migration. Error (no): a migration of another phase has to run first.
Result<std::vector<const Step*>> select_up(const Standing& standing, const Request& request);

// Returns the migration that was applied last first. Error (usage): neither a count nor --to was given. Error (no): a
// migration can't be reverted; the message says why.
Result<std::vector<const Step*>> select_down(const Standing& standing, const Request& request);

// Reads a version that a user typed. Error (usage) names `by`, the input with the version.
Result<std::string> version_of(std::string_view version, std::string_view by);

// "VERSION:N" in an input of repair. Error (usage): the text has another form.
struct NamedStatement {
    std::string version;
    std::int64_t number = 0;
};
Result<NamedStatement> statement_of(std::string_view text);

Result<void> check(const Request& request); // checks only numbers and versions, before the database is asked

}
