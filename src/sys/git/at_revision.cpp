#include "base/text.h"
#include "sys/git/state.h"
#include <fmt/format.h>

namespace fairlead::sys {
namespace {

// libgit2 believes the names of stored objects; here each is hashed. Who can write into .git, on a runner that keeps
// its files, forges no base.
struct Verified {
    Verified() { git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1); }
    ~Verified() { git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0); }
    Verified(const Verified&) = delete;
};

Error not_a_file(std::string_view commit, std::string_view path, git_filemode_t mode) {
    const auto what = mode == GIT_FILEMODE_LINK ? "a symbolic link" : "no file";
    return usage(fmt::format("{} is {} in commit {}; commit a file there", path, what, commit.substr(0, 12)));
}

}

Result<std::optional<std::string>> Repository::file_at(std::string_view commit, std::string_view path) const {
    const Verified verified;
    GitTree tree = TRY(state_->tree_of(commit));
    const auto wanted = TRY(state_->id_of(commit));
    const auto names = split(path, '/');
    for (std::size_t i = 0; i < names.size(); ++i) {
        const git_tree_entry* entry = git_tree_entry_byname(tree.get(), names[i].c_str());
        if (!entry) return std::optional<std::string>();
        const auto mode = git_tree_entry_filemode(entry);
        if (i + 1 == names.size()) {
            if (mode != GIT_FILEMODE_BLOB && mode != GIT_FILEMODE_BLOB_EXECUTABLE)
                return not_a_file(commit, path, mode);
            const auto blob = TRY(state_->blob(*git_tree_entry_id(entry)));
            return std::optional(std::string(static_cast<const char*>(git_blob_rawcontent(blob.get())),
                                             static_cast<std::size_t>(git_blob_rawsize(blob.get()))));
        }
        if (mode != GIT_FILEMODE_TREE) return std::optional<std::string>();
        tree = TRY(state_->tree(*git_tree_entry_id(entry), wanted));
    }
    return std::optional<std::string>();
}

Result<std::optional<std::vector<Repository::FolderEntry>>> Repository::folder_at(std::string_view commit,
                                                                                  std::string_view path) const {
    const Verified verified;
    GitTree tree = TRY(state_->tree_of(commit));
    const auto wanted = TRY(state_->id_of(commit));
    for (const auto& name : split(path, '/')) {
        if (name.empty()) continue;
        const git_tree_entry* entry = git_tree_entry_byname(tree.get(), name.c_str());
        if (!entry || git_tree_entry_filemode(entry) != GIT_FILEMODE_TREE)
            return std::optional<std::vector<FolderEntry>>();
        tree = TRY(state_->tree(*git_tree_entry_id(entry), wanted));
    }
    std::vector<FolderEntry> found;
    for (std::size_t i = 0; i < git_tree_entrycount(tree.get()); ++i) {
        const auto* entry = git_tree_entry_byindex(tree.get(), i);
        const auto mode = git_tree_entry_filemode(entry);
        if (mode == GIT_FILEMODE_TREE || mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE)
            found.push_back({git_tree_entry_name(entry), mode == GIT_FILEMODE_TREE});
    }
    return std::optional(std::move(found));
}

}
