#pragma once
#include "migrate/drivers/driver.h"
#include <cstdint>
#include <string>
#include <vector>

// Reads a Flyway project without Flyway: its configuration files and the SQL in its locations.
namespace fairlead::migrate::drivers {

// If a key occurs more than once, the last file's value counts.
constexpr const char* flyway_files[] = {"conf/flyway.conf", "conf/flyway.toml", "flyway.conf", "flyway.toml"};

struct FlywayPlaces {
    std::vector<std::string> folders; // relative to the project's folder
    std::string prefix = "V", separator = "__", repeatable = "R";
    std::vector<std::string> suffixes{".sql"};
    bool out_of_order = false;
    bool is_by_dir = false; // migrate.dir names the locations, because no configuration file does
    std::vector<Unread> unread;
};
FlywayPlaces flyway_places(const Project& project);

// Returns the checksum of flyway_schema_history for a file: CRC-32 of its lines without line ends.
std::int32_t flyway_checksum(std::string_view text);

Result<Standing> read_flyway(const Project& project, const Records& records);

}
