#pragma once
#include "migrate/drivers/driver.h"
#include <string>
#include <vector>

// Reads an Alembic project without Python: alembic.ini or pyproject.toml, and the revisions in its version locations.
namespace fairlead::migrate::drivers {

struct AlembicPlaces {
    std::vector<std::string> folders; // folders of revisions, relative to the project's folder
    std::string script;               // the folder of env.py; empty: not known
    bool is_recursive = false;
    std::vector<Unread> unread;
};
AlembicPlaces alembic_places(const Project& project);

struct AlembicRevision {
    std::string id, name;
    std::vector<std::string> down, depends, labels;
    std::string file; // relative to the project's folder
    int line = 0;     // of its down_revision
};
// Reads one file. Adds the facts that can't be determined from it to `unread`.
std::optional<AlembicRevision> alembic_revision(const std::string& file, std::string_view text,
                                                std::vector<Unread>& unread);

// Returns indices in the order of `alembic history`, the newest first. Empty: the revisions form a circle. `all` is in
// the order of the files, `depends` holds ids.
std::vector<std::size_t> alembic_order(const std::vector<AlembicRevision>& all);

Result<Standing> read_alembic(const Project& project, const Records& records);

// For both ways to read a project, by its files and by the tool's output. Finds heads, and revisions that only the
// database has.
struct HeadedMigration {
    Migration migration;
    bool is_head = false;
};
Standing alembic_standing(std::vector<HeadedMigration> all, const Records& records);

}
