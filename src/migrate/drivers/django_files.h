#pragma once
#include "migrate/drivers/driver.h"
#include <map>
#include <string>
#include <utility>
#include <vector>

// Reads a Django project without Python: its settings if they are plain values, and the migrations of its own apps.
namespace fairlead::migrate::drivers {

struct DjangoApp {
    std::string label;
    std::string folder; // the folder of its migrations, relative to the project's folder
};
struct DjangoProject {
    std::vector<DjangoApp> apps;        // the apps of this tree
    std::vector<std::string> elsewhere; // installed apps outside of this tree: "django.contrib.auth"
    std::pair<std::string, std::string> user{"auth", "__first__"}; // the target of a swappable dependency
    bool knows_apps = false;                                       // INSTALLED_APPS could be read
    std::vector<Unread> unread;
};
DjangoProject django_project(const Project& project);

using DjangoKey = std::pair<std::string, std::string>; // app, name

struct DjangoMigration {
    std::vector<DjangoKey> dependencies, replaces, run_before;
    std::string file; // relative to the project's folder
};
// Reads one file. `user` replaces swappable dependencies. Adds the facts that can't be determined from it to `unread`.
std::optional<DjangoMigration> django_migration(const std::string& file, std::string_view text, const DjangoKey& user,
                                                std::vector<Unread>& unread);

// The graph and the plan of django.db.migrations, for the apps of this tree.
struct DjangoPlan {
    struct Node {
        DjangoKey key;
        std::vector<DjangoKey> parents; // sorted; includes apps that aren't here
        bool is_applied = false;
    };
    std::vector<Node> nodes; // in the order in which they are applied
    std::optional<Error> trouble;
};
DjangoPlan django_plan(const std::map<DjangoKey, DjangoMigration>& all, const std::vector<DjangoApp>& apps,
                       const std::vector<DjangoKey>& applied);

Result<Standing> read_django(const Project& project, const Records& records);

// For both ways to read a project, by its files and by the tool's output. Finds an inconsistent migration history, and
// apps with two leaf migrations.
std::optional<Error> django_trouble(const std::vector<Migration>& all);

}
