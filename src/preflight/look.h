#pragma once
#include "base/result.h"
#include "preflight/project.h"
#include "sys/files/beneath.h"
#include <map>
#include <string>
#include <vector>

namespace fairlead::preflight {

// What a run must examine.
struct Wanted {
    std::vector<std::string> paths;         // files and folders; empty: the working folder
    std::vector<std::string> env_files;     // --env-file; empty: fairlead.yml's, else what is found
    std::vector<std::string> compose_files; // -f; empty: as above
    std::string dialect;                    // --dialect; empty: that of the file's reader
    std::string stage;                      // --stage
    bool env_of_process = false;            // --env-from process
    std::string stdin_name;                 // name for "-" in `paths`, whose text is stdin_text
    std::string stdin_text;
    std::string environment; // --env
    // the member of `settings.env_files` that comes from environments.ENV.env.file; empty: not set
    std::string own_env_file;
    Profile profile = Profile::production;
    Settings settings;
    std::map<std::string, std::string> variables; // of the process
    std::vector<Site> sites;                      // --url, with the answers
    std::shared_ptr<const Machine> machine;       // --group host, already examined
    decltype(Project::django) django = {};        // --run-django, already run
    SystemTime now;
};

// The project around the working folder: git's work tree, else the folder itself. Starts nothing, and reads nothing
// outside. Error (usage): a path doesn't exist. Error (could_not): the repository can't be read.
struct Looked {
    sys::Root root;
    std::string folder; // the working folder, relative to the root; empty: the root itself
    Project project;
};
Result<Looked> look(const Wanted& wanted);

}
