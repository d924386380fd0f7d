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
    std::optional<std::string> edited = {}; // its content if only the work tree has it: `now` is no object then
    bool same_content() const { return before && git_oid_equal(&*before, &now) != 0; }
};
using FileChanges = std::map<std::string, FileChange>;

git_diff_options diff_options();

// Whether an entry of a tree is a file or a link, by the type in its mode. Permissions that git never writes don't
// matter, and an unknown type counts as a file.
inline bool has_content(std::uint32_t mode) {
    constexpr std::uint32_t type = 0170000;
    return (mode & type) != GIT_FILEMODE_COMMIT && (mode & type) != GIT_FILEMODE_TREE;
}

// Returns the files that a commit alters, against each of its parents; for a commit without parents, against nothing.
// Renamed files are found by comparing contents. Error as of Repository::added_lines().
Result<std::vector<FileChanges>> changes_in(const GitState& state, std::string_view commit);
// The same from one commit to another one.
Result<FileChanges> changes_between(const GitState& state, std::string_view base, std::string_view head);

// Reports what `changes` add; of several (a merge: one against each parent) only what is new to all.
Result<void> report_added(const GitState& state, const std::vector<FileChanges>& changes, std::string_view commit,
                          const Repository::EachAdded& each);

}
