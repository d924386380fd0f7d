#pragma once
// Declarations for the files of sys/git only.
#include "sys/git/changes.h"
#include "sys/git/commit_files.h"
#include <vector>

namespace fairlead::sys {

git_oid to_git(const ObjectId& id);
inline bool is_none(const ObjectId& id) { return id == ObjectId{}; }

// Whether a file is new to a parent: it may be one that was renamed since, which only the removed ones tell.
bool may_be_renamed(const std::vector<CommitFile>& files);

// The changes of these files against each parent, if none was renamed.
std::vector<FileChanges> changes_of_files(const std::vector<CommitFile>& files);

// Those of `changes` that are of these files.
std::vector<FileChanges> only_of_files(std::vector<FileChanges> changes, const std::vector<CommitFile>& files);

}
