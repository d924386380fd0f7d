#pragma once
#include "init/project.h"
#include "init/release.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Writes the files of `fairlead init`, only from the recognised project: one source file and one row per file
// (src/init/write/).
namespace fairlead::init {

enum class Ci { github, gitlab, generic };

struct Environment { // an environment of the existing fairlead.yml
    std::string name;
    std::vector<std::string> secrets; // names: env.secrets
    bool promotes = false;            // deploy.promote_from
};

struct Given { // facts from the user, this build and existing files
    Ci ci = Ci::github;
    std::string actions;                 // "fairlead/fairlead"
    std::string pin;                     // full commit of the actions, or a tag if the commit is unknown
    std::string version;                 // "0.1.0"
    std::optional<Release> release = {}; // the release of commit `pin`; nothing: the actions build from source
    std::optional<std::vector<Environment>> environments = {}; // nothing: there is no fairlead.yml to keep
    bool backup = false;                                       // also writes files that run fairlead-backup regularly
    std::vector<std::string> taken = {}; // names of workflows that init did not write: release.yml
    std::string versions = {};           // section `tag:` of fairlead.yml
};

struct NewFile {
    std::string path; // from the project's folder; in a subfolder, workflows begin with ../
    std::string content;
    bool executable = false;
};
// Returns whether init wrote the file; other files are never overwritten, not even with --force.
bool is_ours(std::string_view content);
// Returns whether a workflow of init belongs to another folder of the same repository.
bool is_elsewhere(const Project& project, std::string_view workflow);
std::vector<NewFile> files(const Project& project, const Given& given);

std::string_view what_of(What what);                                             // "a SQLite database"
std::vector<std::string> ignored(const Project& project);                        // lines of .gitignore
std::string with_lines(std::string text, const std::vector<std::string>& lines); // adds missing lines

}
