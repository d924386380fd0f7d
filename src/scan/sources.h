#pragma once
#include "base/result.h"
#include "scan/collector.h"
#include "scan/range.h"
#include "sys/git.h"
#include <optional>
#include <string>
#include <vector>

// Where texts come from. Each hands everything over or fails: what could not be read is never a pass.
namespace fairlead::scan {

// Paths of a work tree or of any folder, absolute or from the current folder. In a repository tracked files only, but
// for paths that hold none; never .git, symbolic links are not followed.
Result<void> scan_tree(const std::optional<sys::Repository>& repository, const std::vector<std::string>& paths,
                       Collector& collector);

// A file that silences findings (.gitleaksignore, the baseline), by its path from the root; empty when it is absent.
// In a fork's pull request it is what the base commit has, whatever the fork made of it.
Result<std::string> read_policy(const std::optional<sys::Repository>& repository, const Range& range,
                                const std::string& path);

Result<void> scan_staged(const sys::Repository& repository, Collector& collector);

// Every commit of the range, merges included, oldest first, then the net difference, so that a secret is named at its
// line in the final tree where it is still there. Errors (could_not) say what to fetch.
Result<void> scan_range(const sys::Repository& repository, const Range& range, Collector& collector);

}
