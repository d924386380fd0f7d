#pragma once
#include "init/kit.h"
#include "init/write.h"
#include "report/report.h"
#include <functional>
#include <string>
#include <utility>

// `fairlead init`: recognises the project in a folder and writes what it needs to begin with.
namespace fairlead::init {

enum class Existing { keep, overwrite };
enum class Mode { write, only_say };
struct Wanted {
    Ci ci = Ci::github;
    Existing existing = Existing::keep;
    Mode mode = Mode::write;
    bool backup = false; // what runs fairlead-backup on a timetable is written, too
    bool check = false;  // runs install, tests and gate once; else nothing of the project's is executed
    int stream = 1;      // what those print goes there
    Kit kit = {};        // the production kit, in place of all that
    // What the releases so far say of versions: the section `tag:` of fairlead.yml, and a line of the report; both may
    // be empty.
    std::function<std::pair<std::string, std::string>()> versions = nullptr;
    // The table of variables for README.md, once the other files are there; nothing: README.md has none.
    std::function<std::string()> variables = nullptr;
};
// All places are looked at before the first file is written, each whole or not at all. What exists is kept, with the
// difference shown. Verdict fail: a step that `check` ran failed.
Result<report::Report> start(const std::string& folder, const Wanted& wanted);

}
