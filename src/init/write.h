#pragma once
#include "init/project.h"
#include <string>
#include <vector>

// What `fairlead init` writes: one source and one row per file (src/init/write/), from the recognised project alone.
namespace fairlead::init {

enum class Ci { github, gitlab, generic };

struct Given { // by the user and by this build
    Ci ci = Ci::github;
    std::string actions; // "fairlead/fairlead"
    std::string pin;     // full commit of the actions, or a tag when it is not known
    std::string version; // "0.1.0"
};

struct NewFile {
    std::string path; // from the project's folder; in a subfolder the workflows' begin with ../
    std::string content;
    bool executable = false;
};
std::vector<NewFile> files(const Project& project, const Given& given);
std::vector<std::string> ignored(const Project& project); // lines of .gitignore

}
