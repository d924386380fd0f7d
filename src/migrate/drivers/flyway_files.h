#pragma once
#include "migrate/drivers/driver.h"
#include <cstdint>
#include <string>
#include <vector>

// Flyway's project, read without Flyway: its configuration files and the SQL of its locations.
namespace fairlead::migrate::drivers {

// Of equal keys the last one's counts.
constexpr const char* flyway_files[] = {"conf/flyway.conf", "conf/flyway.toml", "flyway.conf", "flyway.toml"};

struct FlywayPlaces {
    std::vector<std::string> folders; // from the project's folder
    std::string prefix = "V", separator = "__", repeatable = "R";
    std::vector<std::string> suffixes{".sql"};
    bool out_of_order = false;
    bool is_by_dir = false; // no configuration says the locations, migrate.dir does
    std::vector<Unread> unread;
};
FlywayPlaces flyway_places(const Project& project);

// What flyway_schema_history keeps of a file: CRC-32 of its lines without their ends.
std::int32_t flyway_checksum(std::string_view text);

Result<Standing> read_flyway(const Project& project, const Records& records);

}
