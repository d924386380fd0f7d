#pragma once
#include "preflight/project.h"
#include "read/compose/compose.h"
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// Finds marks of development in a compose file and in what the project says about it.
namespace fairlead::preflight {

// Returns whether the service is an application, not its infrastructure (such as a database) or a developers' tool.
bool is_application(const read::ComposeService& service);

// Adds all files to project.doubtful if the project's page says that it is not for production.
void note_denial(Project& project);

// Returns whether production is deployed without compose: by railway.json, render.yaml, or a workflow that deploys
// another artefact to a platform.
bool has_other_way(const Project& project);

// Returns whether a workflow deploys the project, or its pages, to a platform that uses neither images nor compose
// files.
bool hands_to_platform(std::string_view workflow);

// Returns whether no page, script or active workflow starts the file. Makefiles are ignored, because they are for
// developers.
bool is_started_by_nobody(const Project& project, const std::string& path);

// The ways by which the project goes to production.
struct Ways {
    std::set<std::string> deployed;   // compose files that fairlead.yml, a script or a workflow deploys
    std::set<std::string> stacks;     // files that a script or workflow deploys by docker stack deploy
    std::vector<std::string> missing; // commands in pages and scripts for a missing production compose file
    bool has_other = false;           // another artefact is deployed to a platform: railway.json
    bool has_platform = false;        // a workflow deploys to a platform without containers: wrangler deploy
};
// `composes`: each file by itself, by its path
Ways ways_of(const Project& project, const std::map<std::string, read::ComposeProject>& composes);

// Adds the file to project.doubtful if it has marks of development. It is still examined, because it may be deployed
// anyway, but proves nothing. `alone`: the file, not merged with others.
void note_doubt(Project& project, const std::string& path, const read::ComposeProject& alone, const Ways& ways);

}
