#pragma once
#include "base/result.h"
#include "scan/collector.h"
#include "scan/policy.h"
#include "scan/range.h"
#include "sys/git/repository.h"
#include <optional>
#include <string>
#include <vector>

// Where texts come from. Each hands everything over or fails: what could not be read is never a pass.
namespace fairlead::scan {

// Paths of a work tree or of any folder, absolute or from the current folder. In a repository tracked files only, but
// for paths that hold none; never .git, symbolic links are not followed. Files above the size limit become warnings.
Result<void> scan_tree(const std::optional<sys::Repository>& repository, const std::vector<std::string>& paths,
                       const Collector::Comments& comments, Collector& collector);

// What a change brings is looked at whatever its size, and bytes that are no text for secrets whose shape is known.
Result<void> scan_staged(const sys::Repository& repository, const Collector::Comments& comments, Collector& collector);

// Every commit of the range, merges included, oldest first, with its message; then the net difference, so that a secret
// is named at its line in the final tree where it is still there. Tells what that silences, unless the base decides.
// Errors (could_not) say what to fetch.
Result<void> scan_range(const sys::Repository& repository, const Range& range, const Word& word,
                        const Silencers& silencers, Collector& collector);

}
