#pragma once
#include "report/report.h"
#include <string>
#include <string_view>
#include <vector>

// `fairlead init`: the files that a repository needs to begin with, from what is known about it.
namespace fairlead::chain {

enum class Language { python, other };

struct Project {
    std::string app; // name for `app:`: small letters, digits and hyphens
    Language language = Language::other;
    std::string wsgi = "app:app"; // what gunicorn serves
    bool requirements = false;    // requirements.txt is there
    bool installable = false;     // pip can install the folder itself
    std::string folder;           // from the repository's root; empty: it is the root
    std::string actions;          // "fairlead/fairlead"
    std::string pin;              // full commit of the actions, or a tag when it is not known
    std::string version;          // "0.1.0"
};

// What the names in the repository's root tell, and the text of its app.py.
Project recognise(const std::string& app, const std::vector<std::string>& names, std::string_view app_source);

struct NewFile {
    std::string path; // from the project's folder; in a subfolder the workflows' begin with ../
    std::string content;
};
std::vector<NewFile> starter_files(const Project& project); // fairlead.yml and the two workflows

std::vector<std::string> ignored(const Project& project); // lines of .gitignore: what its tests and runs write
std::string with_lines(std::string text, const std::vector<std::string>& lines); // those it lacks are added

enum class Existing { keep, overwrite };
enum class Act { write, only_say };
// Writes them below `folder`, each whole or not at all; the report names what was written and what was kept.
Result<report::Report> write_starter(const std::string& folder, Existing existing, Act act);

}
