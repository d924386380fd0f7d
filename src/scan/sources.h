#pragma once
#include "base/result.h"
#include "scan/clean_commits.h"
#include "scan/collector.h"
#include "scan/policy.h"
#include "scan/range.h"
#include "sys/git/repository.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Passes texts to the collector. Each function passes everything or fails: a scan never passes if something could not
// be read.
namespace fairlead::scan {

// Scans paths of a work tree or of any folder; they are absolute or relative to the current folder. In a repository,
// scans only tracked files, except for paths without any tracked file. Never scans .git or follows symbolic links.
// Files above the size limit become warnings. untracked_too: also files that git neither tracks nor ignores;
// with_submodules: also the files that checked-out submodules track.
struct Which {
    bool untracked_too = false, with_submodules = false;
};
Result<void> scan_tree(const std::optional<sys::Repository>& repository, const std::vector<std::string>& paths,
                       Which which, const Collector::Comments& comments, Collector& collector);

// Scans staged changes of any size. In bytes that are not text, looks only for secrets with a known shape.
Result<void> scan_staged(const sys::Repository& repository, const Collector::Comments& comments, Collector& collector);

// Scans text from standard input, an archive, or diffs, of which the added lines count, at their places in the new
// files. In a foreign change a diff is text like any other.
Result<void> scan_input(std::string text, const std::optional<sys::Repository>& repository, const Word& word,
                        Collector& collector);
constexpr std::uint64_t largest_input = 1u << 30; // bytes

// Scans every commit of the range with its message, merges included, oldest first. Of a range with an end, then scans
// the net difference, so that a secret that still exists is reported at its line in the final tree. Warns about
// silencing in the range, unless the base decides. Passes over the commits in `clean`, and adds to it those without a
// finding; null: there is no cache. Error (could_not) says what to fetch.
Result<void> scan_range(const sys::Repository& repository, const Range& range, const Word& word,
                        const Silencers& silencers, CleanCommits* clean, Collector& collector);

}
