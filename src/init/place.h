#pragma once
#include "base/result.h"
#include "init/init.h"
#include "sys/files/beneath.h"
#include <string>
#include <vector>

// Checks and prepares the places where init writes.
namespace fairlead::init {

struct Place {
    sys::Root tree;
    sys::Path root; // the project's folder
    sys::Path of(const std::string& path) const;
};

// Checks a place before the first file is written, so that init doesn't stop halfway. Error (could_not): a folder is in
// a file's place, or the reverse.
Result<void> check_place(const sys::Root& tree, const sys::Path& path);

// Removes files that a killed init left next to this file.
Result<void> remove_left(const sys::Root& tree, const sys::Path& path);

// Registers the values of an existing file with mask() before its difference is shown, if it may have secrets: env
// files and compose's. In other files, a word as in `token: write` would hide every "write".
void hide_values(const std::string& path, const Result<std::string>& text);

// Adds these lines to .gitignore; returns a line for the report. Files that a run leaves must not be committed: a
// report in git would be judged like a report of today.
Result<std::string> ignore_lines(const sys::Root& tree, const sys::Path& path, const std::vector<std::string>& lines,
                                 Mode mode);

}
