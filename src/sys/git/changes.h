#pragma once
// Declarations for the files of sys/git only: which files a change alters, and the lines that it adds to them.
#include "sys/git/state.h"
#include <map>

namespace fairlead::sys {

// A file that a change adds, alters or renames: its new content, and the old one unless it is new.
struct FileChange {
    std::string path;
    git_oid now;
    std::optional<git_oid> before;
    bool new_name = false;
    std::optional<std::string> edited = {}; // the content, if it is only in the work tree; `now` is then not an object
    bool same_content() const { return before && git_oid_equal(&*before, &now) != 0; }
};
using FileChanges = std::map<std::string, FileChange>;

git_diff_options diff_options();

// Returns whether a tree's entry with this mode is a file or a link. Only the type is considered, not the permissions;
// an unknown type counts as a file.
inline bool has_content(std::uint32_t mode) {
    constexpr std::uint32_t type = 0170000;
    return (mode & type) != GIT_FILEMODE_COMMIT && (mode & type) != GIT_FILEMODE_TREE;
}

// Returns the files that a commit alters, against each of its parents; for a commit without parents, against nothing.
// Renamed files are found by comparing contents. Errors: as Repository::added_lines().
Result<std::vector<FileChanges>> changes_in(const GitState& state, std::string_view commit);
// Returns the files that differ between two commits.
Result<FileChanges> changes_between(const GitState& state, std::string_view base, std::string_view head);

// Reports the lines that `changes` add. A merge has one entry for each parent; only lines that no parent has are
// reported.
Result<void> report_added(const GitState& state, const std::vector<FileChanges>& changes, std::string_view commit,
                          const Repository::EachAdded& each);

}
