#pragma once
#include "base/result.h"
#include "init/init.h"
#include "sys/files/beneath.h"
#include <string>
#include <vector>

// Where init writes.
namespace fairlead::init {

struct Place {
    sys::Root tree;
    sys::Path root; // of the project
    sys::Path of(const std::string& path) const;
};

// Told before the first file is written: half a start is none. Error (could_not): a folder is where a file goes, or the
// other way round.
Result<void> check_place(const sys::Root& tree, const sys::Path& path);

// What an init that was killed left beside the file that it was writing.
Result<void> remove_left(const sys::Root& tree, const sys::Path& path);

// A kept file's values are registered before its difference is shown, where it may hold secrets: env files and
// compose's. Elsewhere a word like `token: write` would hide "write" wherever it is said.
void hide_values(const std::string& path, const Result<std::string>& text);

// .gitignore with these lines; what was done, as a line of the report. What a run leaves behind is committed by nobody:
// a report in git would be judged as if it were today's.
Result<std::string> ignore_lines(const sys::Root& tree, const sys::Path& path, const std::vector<std::string>& lines,
                                 Mode mode);

}
