#pragma once
#include "migrate/drivers/driver.h"
#include <map>
#include <string>
#include <utility>
#include <vector>

// Django's project, read without Python: its settings as far as they are plain values, and the migrations of its own
// apps.
namespace fairlead::migrate::drivers {

struct DjangoApp {
    std::string label;
    std::string folder; // of its migrations, from the project's folder
};
struct DjangoProject {
    std::vector<DjangoApp> apps;        // of this tree
    std::vector<std::string> elsewhere; // installed ones that are not in it: "django.contrib.auth"
    std::pair<std::string, std::string> user{"auth", "__first__"}; // what a swappable dependency stands for
    bool knows_apps = false;                                       // INSTALLED_APPS could be read
    std::vector<Unread> unread;
};
DjangoProject django_project(const Project& project);

using DjangoKey = std::pair<std::string, std::string>; // app, name

struct DjangoMigration {
    std::vector<DjangoKey> dependencies, replaces, run_before;
    std::string file; // from the project's folder
};
// What one file says; `user` stands for swappable dependencies. `unread` grows by what it doesn't say.
std::optional<DjangoMigration> django_migration(const std::string& file, std::string_view text, const DjangoKey& user,
                                                std::vector<Unread>& unread);

// The graph and the plan of django.db.migrations, of the apps of this tree.
struct DjangoPlan {
    struct Node {
        DjangoKey key;
        std::vector<DjangoKey> parents; // sorted; also of apps that aren't here
        bool is_applied = false;
    };
    std::vector<Node> nodes; // in the order in which they are applied
    std::optional<Error> trouble;
};
DjangoPlan django_plan(const std::map<DjangoKey, DjangoMigration>& all, const std::vector<DjangoApp>& apps,
                       const std::vector<DjangoKey>& applied);

Result<Standing> read_django(const Project& project, const Records& records);

// What both ways have in common: InconsistentMigrationHistory, and apps with two ends.
std::optional<Error> django_trouble(const std::vector<Migration>& all);

}
