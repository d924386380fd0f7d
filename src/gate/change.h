#pragma once
#include "base/result.h"
#include "config/change.h"
#include <map>
#include <optional>
#include <string>
#include <vector>

// Finds what a change adds to the commit where it begins, and what was there before.
namespace fairlead::gate {

struct LineRange {
    int first = 1, last = 1; // both included
    bool operator==(const LineRange&) const = default;
};

struct ChangedLines {
    std::string since; // "origin/main", "pull request #7": for messages
    // The added lines of a file, as it is in the work tree.
    struct File {
        std::vector<LineRange> all;
        std::vector<LineRange> lines; // without blank ones
        std::vector<LineRange> code;  // also without those that only hold a comment or brackets
    };
    std::map<std::string, File> files; // by path from the top of the repository
};

// Returns what the work tree around `folder` adds to the commit where it left `base`. `base`: a branch, a tag or a
// commit; empty: the base of the job's change, or without such a change the default branch. If the CI has checked out a
// merge of base and change, the change is what the merge adds to its first parent. Error (usage): there is no
// repository, or nobody says what the base is. Error (could_not): the clone lacks a commit; the message has the command
// that fetches it.
Result<ChangedLines> changed_lines(const std::string& folder, const std::string& base, const config::Change& change);

// A file as the commit has it where the change begins; found as changed_lines() finds it, with the same errors.
struct FileBefore {
    std::string since;               // as in ChangedLines
    std::optional<std::string> text; // nothing: the commit hasn't the file, or has a link or a folder in its place
    std::string damage;              // says so
};
// `path`: from the top of the repository.
Result<FileBefore> file_before(const std::string& folder, const std::string& path, const std::string& base,
                               const config::Change& change);

}
