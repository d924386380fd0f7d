#include "sys/git/changes_of_files.h"
#include <algorithm>
#include <set>
#include <string_view>

namespace fairlead::sys {

git_oid to_git(const ObjectId& id) {
    git_oid result;
    git_oid_fromraw(&result, id.data());
    return result;
}

bool may_be_renamed(const std::vector<CommitFile>& files) {
    return std::any_of(files.begin(), files.end(), [](const CommitFile& file) {
        return std::any_of(file.before.begin(), file.before.end(), is_none);
    });
}

std::vector<FileChanges> only_of_files(std::vector<FileChanges> changes, const std::vector<CommitFile>& files) {
    std::set<std::string_view> wanted;
    for (const CommitFile& file : files) wanted.insert(file.path);
    for (FileChanges& one : changes)
        std::erase_if(one, [&](const auto& change) { return !wanted.contains(change.first); });
    return changes;
}

std::vector<FileChanges> changes_of_files(const std::vector<CommitFile>& files) {
    std::vector<FileChanges> changes(files.empty() ? 1 : std::max<std::size_t>(files[0].before.size(), 1));
    for (const CommitFile& file : files)
        for (std::size_t i = 0; i < changes.size(); ++i) {
            FileChange change{file.path, to_git(file.content), std::nullopt, file.new_name};
            if (i < file.before.size() && !is_none(file.before[i])) change.before = to_git(file.before[i]);
            changes[i].emplace(file.path, std::move(change));
        }
    return changes;
}

}
