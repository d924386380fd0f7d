#pragma once
#include "base/result.h"
#include "preflight/project.h"
#include "sys/files/beneath.h"
#include <map>
#include <string>
#include <vector>

namespace fairlead::preflight {

// What a run is asked to look at.
struct Wanted {
    std::vector<std::string> paths;         // files and folders; empty: the working folder
    std::vector<std::string> env_files;     // --env-file; empty: fairlead.yml's, else what is found
    std::vector<std::string> compose_files; // -f; likewise
    std::string dialect;                    // --dialect; empty: by who uses the file
    std::string stage;                      // --stage
    bool env_of_process = false;            // --env-from process
    std::string stdin_name;                 // what "-" of `paths` is called; its text is
    std::string stdin_text;
    std::string environment;  // --env
    std::string own_env_file; // of `settings.env_files` the one that environments.ENV.env.file names; empty: none
    Profile profile = Profile::production;
    Settings settings;
    std::map<std::string, std::string> variables; // of the process
    std::vector<Site> sites;                      // --url, asked already
    std::shared_ptr<const Machine> machine;       // --group host, likewise
    decltype(Project::django) django = {};        // --run-django, likewise
    SystemTime now;
};

// The project around the working folder: git's work tree, else the folder itself. Nothing is started, nothing outside
// of it is read. Error: usage for a path that isn't there, could_not for a repository that can't be read.
struct Looked {
    sys::Root root;
    std::string folder; // the working folder from the root; empty: the root itself
    Project project;
};
Result<Looked> look(const Wanted& wanted);

}
