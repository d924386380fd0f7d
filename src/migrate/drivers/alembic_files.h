#pragma once
#include "migrate/drivers/driver.h"
#include <string>
#include <vector>

// Alembic's project, read without Python: alembic.ini or pyproject.toml, and the revisions of its version locations.
namespace fairlead::migrate::drivers {

struct AlembicPlaces {
    std::vector<std::string> folders; // of revisions, from the project's folder
    std::string script;               // the folder of env.py; empty: not known
    bool is_recursive = false;
    std::vector<Unread> unread;
};
AlembicPlaces alembic_places(const Project& project);

struct AlembicRevision {
    std::string id, name;
    std::vector<std::string> down, depends, labels;
    std::string file; // from the project's folder
    int line = 0;     // of its down_revision
};
// What one file says. `unread` grows by what it doesn't.
std::optional<AlembicRevision> alembic_revision(const std::string& file, std::string_view text,
                                                std::vector<Unread>& unread);

// In the order of `alembic history`, the newest first; indices. Empty: they are a circle. `all` is in the order of
// files, `depends` holds ids.
std::vector<std::size_t> alembic_order(const std::vector<AlembicRevision>& all);

Result<Standing> read_alembic(const Project& project, const Records& records);

// What both ways have in common: heads, and revisions that only the database knows.
struct HeadedMigration {
    Migration migration;
    bool is_head = false;
};
Standing alembic_standing(std::vector<HeadedMigration> all, const Records& records);

}
