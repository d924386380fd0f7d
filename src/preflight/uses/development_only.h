#pragma once
#include "preflight/project.h"
#include "read/compose/compose.h"
#include "read/dockerfile/dockerfile.h"
#include <string>

// Finds files that only development builds or starts, though their names don't say so.
namespace fairlead::preflight {

// Returns whether all of this holds: the image starts nothing by itself; all services that build it are for
// development, have a command, and mount their source over it; no workflow builds an image. The compose files must be
// known before.
bool is_built_to_develop(const Project& project, const std::string& path, const read::Dockerfile& file);

// Returns whether all of this holds: all services that build the image mount their source over it; they keep npm's
// packages in a separate volume, or start a development server (npm start of react-scripts); none replaces its command;
// no workflow builds an image.
bool is_mounted_to_develop(const Project& project, const std::string& path);

// Returns whether the image contains nothing of the program, only files from its own folder (docker/php/Dockerfile),
// and is built only by compose files with marks of development, which mount the program.
bool is_frame_to_develop(const Project& project, const std::string& path, const read::Dockerfile& file);

// Returns whether the Dockerfile begins with a comment that calls it a testing image, and no compose file that is named
// for production builds it. `users`: the Dockerfile as each compose file builds it.
bool is_testing_image(const Dockerfile& plain, const std::vector<Dockerfile>& users);

// Returns whether no script, page, workflow or compose file names this Dockerfile, which isn't called Dockerfile,
// although the project names its other Dockerfiles. `dockerfiles`: all Dockerfiles.
bool is_named_by_nobody(const Project& project, const std::string& path, const std::vector<std::string>& dockerfiles);

// Returns whether an image starts a development server: npm run dev.
bool starts_to_develop(const read::Dockerfile& file);
// Returns whether an image is set to develop and starts a development server: ENV NODE_ENV=development, npm run dev.
bool is_image_of_development(const read::Dockerfile& file);
// Returns whether the service runs an image for which is_image_of_development() holds, without its own settings or
// command.
bool builds_image_of_development(const Project& project, const read::ComposeService& service);

// Returns whether the service mounts its source and uses an env file named for development: .env.dev.web.
bool is_given_to_develop(const read::ComposeService& service);

// Returns whether all applications of the compose file run tests (npm test, pytest), or it is started only for tests:
// by docker compose up --abort-on-container-exit, or by the target `test` of a Makefile.
bool runs_tests_only(const Project& project, const std::string& path, const read::ComposeProject& alone);

// Returns whether only test jobs of workflows name the compose file, and send requests to localhost afterwards. Also, a
// workflow must push an image, or a page must name another compose file for installation.
bool is_started_by_tests_only(const Project& project, const std::string& path);

// Returns whether a workflow builds an image.
bool builds_in_workflow(const Project& project);

// Returns whether only disabled workflows (deploy.yml.disabled) name the Dockerfile, and no active workflow builds an
// image.
bool is_left_to_disabled_workflows(const Project& project, const std::string& path);

// Adds Django's settings to project.doubtful if only development starts the project (by its compose files and images)
// and no production server is among its packages. Everything except the env files must be known before.
void note_settings_of_development(Project& project);

}
