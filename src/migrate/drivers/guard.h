#pragma once
#include "migrate/drivers/told.h"
#include "migrate/server/connect.h"
#include <optional>
#include <string>
#include <vector>

// What another tool's migrations take away, told from the SQL that it prints, before it runs.
namespace fairlead::migrate::drivers {

// One for each version, where the driver says where each begins.
std::vector<Printed> parted(const Driver& driver, const std::vector<Printed>& printed);

// Versions that destroy what was there before; each is a Printed::what. What nobody can tell is logged as a warning.
// `own_table`: the tool's, whose rows are its own. `connection` may be null. Error: the server's functions can't be
// read.
Result<std::vector<std::string>> destructive(const Driver& driver, const std::vector<Printed>& printed,
                                             const Settings& settings, const std::string& own_table,
                                             std::optional<server::Connection>& connection);

// Versions that the goal of down takes back, the last one first, as far as the standing tells.
std::vector<std::string> taken_back(const Standing& standing, const Goal& goal);

}
