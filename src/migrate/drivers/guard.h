#pragma once
#include "migrate/drivers/told.h"
#include "migrate/server/connect.h"
#include <optional>
#include <string>
#include <vector>

// Finds data losses that another tool's migrations would cause, in the SQL that the tool prints before they run.
namespace fairlead::migrate::drivers {

// Splits the SQL by version, if the driver marks where each version begins.
std::vector<Printed> parted(const Driver& driver, const std::vector<Printed>& printed);

// Returns the versions that destroy existing data; each is a Printed::what. Logs a warning for SQL that can't be
// judged. `own_table` is the tool's table; changes of its rows are normal. `connection` may be null. Error: the
// server's functions can't be read.
Result<std::vector<std::string>> destructive(const Driver& driver, const std::vector<Printed>& printed,
                                             const Settings& settings, const std::string& own_table,
                                             std::optional<server::Connection>& connection);

// Returns the versions that `down` would revert, the last one first, if the standing shows them.
std::vector<std::string> taken_back(const Standing& standing, const Goal& goal);

}
