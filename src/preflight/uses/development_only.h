#pragma once
#include "preflight/project.h"
#include "read/compose/compose.h"
#include "read/dockerfile/dockerfile.h"
#include <string>

// Finds what only development builds or starts, though its name doesn't say so.
namespace fairlead::preflight {

// Returns whether the image starts nothing by itself, and all services that build it are for development, have a
// command, and mount their source over it; and no workflow builds an image. The compose files must be known already.
bool is_built_to_develop(const Project& project, const std::string& path, const read::Dockerfile& file);

// Returns whether all services that build the image mount their source over it, and keep what npm installed in a volume
// of its own or start a server for development: npm start of react-scripts. A command of theirs doesn't replace it, and
// no workflow builds an image.
bool is_mounted_to_develop(const Project& project, const std::string& path);

// Returns whether the image holds nothing of the program, only what its own folder has for it, and compose files with
// marks of development alone build it, which mount the program: docker/php/Dockerfile.
bool is_frame_to_develop(const Project& project, const std::string& path, const read::Dockerfile& file);

// Returns whether the Dockerfile begins with a comment that calls it a testing image, and no compose file that is named
// for production builds it. `users`: the Dockerfile as each compose file builds it.
bool is_testing_image(const Dockerfile& plain, const std::vector<Dockerfile>& users);

// Returns whether the project names its other Dockerfiles, but nothing names this one, which isn't called Dockerfile:
// no script, page, workflow or compose file. `dockerfiles`: all of them.
bool is_named_by_nobody(const Project& project, const std::string& path, const std::vector<std::string>& dockerfiles);

// Returns whether an image starts a development server: npm run dev.
bool starts_to_develop(const read::Dockerfile& file);
// Returns whether an image is set to develop and starts a development server: ENV NODE_ENV=development, npm run dev.
bool is_image_of_development(const read::Dockerfile& file);
// Returns whether the service runs such an image as it is, without settings or a command of its own.
bool builds_image_of_development(const Project& project, const read::ComposeService& service);

// Returns whether the service mounts its source and takes an env file named for development: .env.dev.web.
bool is_given_to_develop(const read::ComposeService& service);

// Returns whether all applications of the compose file run tests (npm test, pytest), or whoever starts it does so to
// test: docker compose up --abort-on-container-exit, of the target `test` of a Makefile.
bool runs_tests_only(const Project& project, const std::string& path, const read::ComposeProject& alone);

// Returns whether all that names the compose file are jobs of workflows named for tests, which ask localhost
// afterwards; and a workflow pushes an image, or a page has another compose file to install.
bool is_started_by_tests_only(const Project& project, const std::string& path);

// Returns whether a workflow builds an image.
bool builds_in_workflow(const Project& project);

// Returns whether workflows that are switched off (deploy.yml.disabled) name the Dockerfile, and nothing else does, and
// no workflow that is in force builds an image.
bool is_left_to_disabled_workflows(const Project& project, const std::string& path);

// Adds Django's settings to project.doubtful if only development starts the project: by its compose files and images,
// without a server for production among its packages. All but the env files must be known already.
void note_settings_of_development(Project& project);

}
