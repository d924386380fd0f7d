#pragma once
#include "init/kit.h"
#include "init/write.h"
#include "report/report.h"
#include <functional>
#include <string>
#include <utility>

// Runs `fairlead init`: recognises the project in a folder, and writes its first files.
namespace fairlead::init {

enum class Existing { keep, overwrite };
enum class Mode { write, only_say };
struct Wanted {
    Ci ci = Ci::github;
    Existing existing = Existing::keep;
    Mode mode = Mode::write;
    bool backup = false;  // also writes files that run fairlead-backup regularly
    bool explain = false; // also tells each fact, with its place and the files that say it
    bool check = false;   // runs install, tests and gate once; else no code of the project is run
    int stream = 1;       // descriptor for their output
    Kit kit = {};         // the production kit, instead of the files above
    // Returns what earlier releases say about versions: the section `tag:` of fairlead.yml, and a line for the report;
    // both may be empty.
    std::function<std::pair<std::string, std::string>()> versions = nullptr;
    // Returns the table of variables for README.md, after the other files were written; null: README.md has no table.
    std::function<std::string()> variables = nullptr;
};
// Writes the files, each completely or not at all, after all their places were checked. Existing files are kept, and
// the difference is shown. Verdict fail: a step of `check` failed.
Result<report::Report> start(const std::string& folder, const Wanted& wanted);

}
