#include "sys/git/state.h"
#include <filesystem>

namespace fairlead::sys {
namespace {

using Config = Freed<git_config, git_config_free>;

constexpr const char* key = "core.hookspath";

// Returns the value as a path, with "~/" expanded; nothing if it isn't set.
std::optional<std::string> path_in(git_config* config) {
    git_buf buffer{};
    if (git_config_get_path(&buffer, config, key) != 0) return std::nullopt;
    std::string path(buffer.ptr, buffer.size);
    git_buf_dispose(&buffer);
    return path;
}

// libgit2 before 1.8 does not read the settings of a single work tree (git-worktree(1), "CONFIGURATION FILE").
std::optional<std::string> path_of_work_tree(git_repository* repository, git_config* config) {
    int used = 0;
    Config own;
    const std::string file = std::string(git_repository_path(repository)) + "config.worktree";
    if (git_config_get_bool(&used, config, "extensions.worktreeconfig") != 0 || used == 0) return std::nullopt;
    if (git_make(own, git_config_open_ondisk, file.c_str()) != 0) return std::nullopt;
    return path_in(own.get());
}

HooksFolder::By set_by(git_config* config) {
    Freed<git_config_entry, git_config_entry_free> entry;
    const bool found = git_make(entry, git_config_get_entry, config, key) == 0;
    return found && entry->level >= GIT_CONFIG_LEVEL_LOCAL ? HooksFolder::By::repository : HooksFolder::By::user;
}

}

HooksFolder Repository::hooks_folder() const {
    git_repository* const repository = state_->handle.get();
    const std::string standard = std::string(git_repository_commondir(repository)) + "hooks";
    Config config;
    if (git_make(config, git_repository_config_snapshot, repository) != 0) return {standard};
    auto path = path_of_work_tree(repository, config.get());
    const auto by = path ? HooksFolder::By::repository : set_by(config.get());
    if (!path) path = path_in(config.get());
    if (!path) return {standard};
    // A relative path starts where hooks run (git-config(1)).
    const std::filesystem::path top = work_tree().empty() ? git_folder() : work_tree();
    return {without_slash((top / *path).lexically_normal().c_str()), by, *path};
}

}
