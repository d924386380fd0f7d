#pragma once
// Declarations for the files of sys/git only.
#include "sys/git/changes.h"
#include "sys/git/commit_files.h"
#include <vector>

namespace fairlead::sys {

git_oid to_git(const ObjectId& id);
inline bool is_none(const ObjectId& id) { return id == ObjectId{}; }

// Returns whether a file is missing in a parent. It may be a renamed file; this can only be found out with the removed
// files.
bool may_be_renamed(const std::vector<CommitFile>& files);

// Returns the changes of these files against each parent; correct if no file was renamed.
std::vector<FileChanges> changes_of_files(const std::vector<CommitFile>& files);

// Returns those of `changes` that concern these files.
std::vector<FileChanges> only_of_files(std::vector<FileChanges> changes, const std::vector<CommitFile>& files);

}
