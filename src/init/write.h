#pragma once
#include "init/project.h"
#include "init/release.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What `fairlead init` writes: one source and one row per file (src/init/write/), from the recognised project alone.
namespace fairlead::init {

enum class Ci { github, gitlab, generic };

struct Environment { // of the fairlead.yml that is there already
    std::string name;
    std::vector<std::string> secrets; // names: env.secrets
    bool promotes = false;            // deploy.promote_from
};

struct Given { // by the user, by this build and by what is there
    Ci ci = Ci::github;
    std::string actions;                 // "fairlead/fairlead"
    std::string pin;                     // full commit of the actions, or a tag when it is not known
    std::string version;                 // "0.1.0"
    std::optional<Release> release = {}; // whose commit `pin` is then; nothing: the actions build from source
    std::optional<std::vector<Environment>> environments = {}; // nothing: there is no fairlead.yml to be kept
    bool backup = false;                                       // what runs fairlead-backup on a timetable, too
    std::vector<std::string> taken = {};                       // names of workflows that init never wrote: release.yml
    std::string versions = {};                                 // section `tag:` of fairlead.yml
};

struct NewFile {
    std::string path; // from the project's folder; in a subfolder the workflows' begin with ../
    std::string content;
    bool executable = false;
};
// Whether init wrote it; else nobody overwrites it, not even --force.
bool is_ours(std::string_view content);
// Whether that workflow of init's is another folder's of the same repository.
bool is_elsewhere(const Project& project, std::string_view workflow);
std::vector<NewFile> files(const Project& project, const Given& given);

std::vector<std::string> ignored(const Project& project);                        // lines of .gitignore
std::string with_lines(std::string text, const std::vector<std::string>& lines); // those it lacks are added

}
