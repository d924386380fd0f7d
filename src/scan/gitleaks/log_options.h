#pragma once
#include "base/result.h"
#include "sys/git/repository.h"
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::scan::gitleaks {

// Which commits and files a scan of a history looks at: what gitleaks passes to git-log(1) by --log-opts. No git is
// started, so only these words are known: revisions and ranges (A, A..B, A...B, ^A), --all, --branches, --tags, -N, -n
// N, --max-count=N, --no-merges, --first-parent, --full-history, and paths after --.
struct LogOptions {
    std::vector<std::string> with, without; // revisions
    bool all = false, branches = false, tags = false;
    bool merges = true, first_parent = false;
    std::size_t most = 0;           // 0: no limit
    std::vector<std::string> paths; // files and folders; none: all

    // Words are separated by single blanks, as gitleaks does. Error (usage) names the word that isn't known.
    static Result<LogOptions> parse(std::string_view text);
    bool takes(std::string_view path) const;
};

// Returns the ids, newest first. Error (could_not): a revision is unknown, or objects are missing.
Result<std::vector<std::string>> commits_of(const sys::Repository& repository, const LogOptions& options);

}
