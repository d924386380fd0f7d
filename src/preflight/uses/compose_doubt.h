#pragma once
#include "preflight/project.h"
#include "read/compose/compose.h"
#include <set>
#include <string>
#include <string_view>
#include <vector>

// Finds marks of development in a compose file and in what the project says of it.
namespace fairlead::preflight {

// Returns whether the service is an application, and not what one stands on or what those who develop it look at.
bool is_application(const read::ComposeService& service);

// Adds all files to project.doubtful if the project's page says that it is not for production.
void note_denial(Project& project);

// Returns whether production goes another way than by compose: railway.json, render.yaml, or a workflow that hands
// another artefact to a platform.
bool has_other_way(const Project& project);

// Returns whether a workflow hands the project, or its pages, to a platform that takes neither images nor compose
// files.
bool hands_to_platform(std::string_view workflow);

// Returns whether no page, script or workflow that is in force starts the file; a Makefile is for those who work on the
// project.
bool is_started_by_nobody(const Project& project, const std::string& path);

// The ways by which the project goes to production.
struct Ways {
    std::set<std::string> deployed;   // compose files that a script or a workflow starts to deploy them
    std::set<std::string> stacks;     // what a script or a workflow that deploys hands to docker stack deploy
    std::vector<std::string> missing; // commands of pages and scripts for a production's compose file that isn't here
    bool has_other = false;           // a platform gets another artefact: railway.json
    bool has_platform = false;        // a workflow hands something to a platform without containers: wrangler deploy
};
Ways ways_of(const Project& project, const std::vector<std::string>& composes);

// Adds the file to project.doubtful if it has such marks: somebody may start it for users all the same, so it is
// examined, but proves nothing. `alone`: the file without others.
void note_doubt(Project& project, const std::string& path, const read::ComposeProject& alone, const Ways& ways);

}
