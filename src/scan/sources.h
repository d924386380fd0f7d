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

// Passes texts to the collector. Each function either passes on everything or returns an error, so a scan never
// succeeds if something could not be read.
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

// Scans standard input: text, an archive, or a diff. Of a diff, only the added lines are scanned, and reported at their
// places in the new files. In a foreign change, a diff is treated as ordinary text.
Result<void> scan_input(std::string text, const std::optional<sys::Repository>& repository, const Word& word,
                        Collector& collector);
constexpr std::uint64_t largest_input = 1u << 30; // bytes

// Scans every commit of the range with its message, merges included, oldest first. If the range has an end, also scans
// the net difference, so that a secret that still exists is reported at its line in the final tree. Warns about
// silencing in the range, unless the base decides. Skips the commits in `clean`, and adds commits without a finding to
// it; null: there is no cache. Error (could_not) says what to fetch.
Result<void> scan_range(const sys::Repository& repository, const Range& range, const Word& word,
                        const Silencers& silencers, CleanCommits* clean, Collector& collector);

}
