#include "sys/git/state.h"
#include "base/shell.h"
#include "sys/git/damage.h"
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>

namespace fairlead::sys {

std::string without_slash(const char* path) {
    std::string text = path ? path : "";
    while (text.size() > 1 && text.ends_with('/')) text.pop_back();
    return text;
}

std::string git_id_text(const git_oid& id) {
    char text[GIT_OID_HEXSZ + 1];
    return git_oid_tostr(text, sizeof text, &id);
}

std::string git_reason() {
    const git_error* error = git_error_last();
    return error && error->message ? error->message : "unknown reason";
}

std::string GitState::shown() const {
    const char* folder = git_repository_workdir(handle.get());
    return without_slash(folder ? folder : git_repository_path(handle.get()));
}

std::optional<std::string> GitState::setting(const std::string& key) const {
    Freed<git_config, git_config_free> config;
    const char* value = nullptr;
    if (git_make(config, git_repository_config_snapshot, handle.get()) != 0 ||
        git_config_get_string(&value, config.get(), key.c_str()) != 0)
        return std::nullopt;
    return value;
}

std::vector<std::string> GitState::settings(const std::string& key) const {
    std::vector<std::string> values;
    Freed<git_config, git_config_free> config;
    Freed<git_config_iterator, git_config_iterator_free> iterator;
    git_config_entry* entry = nullptr;
    if (git_make(config, git_repository_config_snapshot, handle.get()) != 0 ||
        git_make(iterator, git_config_multivar_iterator_new, config.get(), key.c_str(), nullptr) != 0)
        return values;
    while (git_config_next(&entry, iterator.get()) == 0)
        if (entry->value) values.emplace_back(entry->value);
    return values;
}

std::map<std::string, std::string, std::less<>> GitState::remote_urls() const {
    std::map<std::string, std::string, std::less<>> result;
    Freed<git_config, git_config_free> config;
    Freed<git_config_iterator, git_config_iterator_free> iterator;
    if (git_make(config, git_repository_config_snapshot, handle.get()) != 0 ||
        git_make(iterator, git_config_iterator_new, config.get()) != 0)
        return result;
    git_config_entry* entry = nullptr;
    while (git_config_next(&entry, iterator.get()) == 0) {
        std::string_view key = entry->name;
        if (!key.starts_with("remote.") || !key.ends_with(".url") || key.size() <= 11 || !entry->value) continue;
        key.remove_prefix(7);
        key.remove_suffix(4);
        result.emplace(key, entry->value); // the first of several is the one to fetch from
    }
    return result;
}

std::string GitState::remote() const {
    const auto urls = remote_urls();
    return urls.empty() || urls.contains("origin") ? "origin" : urls.begin()->first;
}

// Git asks for no object of a history whose newest commit is here, unless all of it is fetched again.
std::string GitState::fetch_command() const {
    const auto fetch =
        fmt::format("git fetch {} {}", boundary.empty() ? "--refetch" : "--unshallow", shell_word(remote()));
    return remote_urls().empty() ? "git remote add origin URL && " + fetch : fetch;
}

std::string GitState::damage(const std::string& id) const {
    return damage_of(git_repository_commondir(handle.get()), id);
}

Error GitState::missing_tree(std::string_view what, const git_oid& id) const {
    if (!damage(git_id_text(id)).empty()) return missing(what, id);
    if (!setting("remote." + remote() + ".promisor")) return missing(what, id);
    return could_not(fmt::format("{} {} is not in this partial clone ({}); run: git fetch --refetch --no-filter {}",
                                 what, git_id_text(id), shown(), shell_word(remote())));
}

Error GitState::missing(std::string_view what, const git_oid& id) const {
    if (const auto broken = damage(git_id_text(id)); !broken.empty())
        return could_not(fmt::format("{} {} can't be read ({}): {}, and git fetch does not replace it; clone again",
                                     what, git_id_text(id), shown(), broken));
    return could_not(fmt::format("{} {} is not in this {}clone ({}); run: {}", what, git_id_text(id),
                                 boundary.empty() ? "" : "shallow ", shown(), fetch_command()));
}

Result<git_oid> GitState::id_of(std::string_view text) const {
    git_oid id;
    if (text.size() != GIT_OID_HEXSZ || git_oid_fromstrn(&id, text.data(), text.size()) != 0)
        return could_not(fmt::format("'{}' is not a commit id of 40 hex digits", text));
    return id;
}

std::uint64_t GitState::size_of(const git_oid& id, git_odb* objects) const {
    Freed<git_odb, git_odb_free> own;
    std::size_t size = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    if (!objects && git_make(own, git_repository_odb, handle.get()) != 0) return 0;
    return git_odb_read_header(&size, &type, objects ? objects : own.get(), &id) == 0 ? size : 0;
}

Result<void> GitState::refuse_large(std::string_view what, const git_oid& id, std::uint64_t limit,
                                    git_odb* objects) const {
    const std::uint64_t size = size_of(id, objects);
    if (size <= limit) return {};
    return could_not(fmt::format("{} {} has {} bytes, but the limit is {} MiB; remove it from the history", what,
                                 git_id_text(id), size, limit >> 20));
}

Result<GitCommit> GitState::commit(const git_oid& id) const {
    TRY_VOID(refuse_large("commit", id, largest_object));
    GitCommit result;
    const int status = git_make(result, git_commit_lookup, handle.get(), &id);
    if (status == GIT_ENOTFOUND) return missing("commit", id);
    if (status != 0) return could_not(fmt::format("commit {} can't be read: {}", git_id_text(id), git_reason()));
    return result;
}

Result<std::string> GitState::bytes_of_commit(const git_oid& id) const {
    Freed<git_odb, git_odb_free> objects;
    Freed<git_odb_object, git_odb_object_free> object;
    if (git_make(objects, git_repository_odb, handle.get()) != 0 ||
        git_make(object, git_odb_read, objects.get(), &id) != 0)
        return could_not(fmt::format("commit {} can't be read: {}", git_id_text(id), git_reason()));
    return std::string(static_cast<const char*>(git_odb_object_data(object.get())), git_odb_object_size(object.get()));
}

Result<GitTree> GitState::tree_of(std::string_view commit_id) const {
    const git_oid id = TRY(id_of(commit_id));
    const GitCommit owner = TRY(commit(id));
    TRY_VOID(refuse_large("tree", *git_commit_tree_id(owner.get()), largest_object));
    GitTree tree;
    if (git_make(tree, git_commit_tree, owner.get()) != 0) return missing_tree("the tree of commit", id);
    return tree;
}

Result<GitTree> GitState::tree(const git_oid& id, const git_oid& commit) const {
    TRY_VOID(refuse_large("tree", id, largest_object));
    GitTree result;
    const int status = git_make(result, git_tree_lookup, handle.get(), &id);
    if (status == GIT_ENOTFOUND) return missing_tree("a folder of commit", commit);
    if (status != 0)
        return could_not(fmt::format("a folder of commit {} can't be read: {}", git_id_text(commit), git_reason()));
    return result;
}

Result<GitBlob> GitState::blob(const git_oid& id) const {
    TRY_VOID(refuse_large("file content", id, largest_content));
    GitBlob result;
    const int status = git_make(result, git_blob_lookup, handle.get(), &id);
    if (status == GIT_ENOTFOUND) return missing_tree("file content", id); // as in partial clones
    if (status != 0) return could_not(fmt::format("file content {} can't be read: {}", git_id_text(id), git_reason()));
    return result;
}

namespace {

// The kinds of index that git reads and libgit2 doesn't, with the way out.
Error unreadable_index(const std::string& folder) {
    const std::string reason = git_reason();
    std::string_view way_out;
    if (reason.find("'sdir'") != reason.npos)
        way_out = " (a sparse index); run: git sparse-checkout reapply --no-sparse-index";
    if (reason.find("'link'") != reason.npos) way_out = " (a split index); run: git update-index --no-split-index";
    if (reason.find("no longer exists") != reason.npos) // libgit2's word for both
        return could_not(fmt::format("the index of {} is empty or may not be opened; give the right to read it, or "
                                     "remove .git/index and run: git reset",
                                     folder));
    return could_not(fmt::format("the index of {} can't be read: {}{}", folder, reason, way_out));
}

}

Result<GitIndex> GitState::index() const {
    GitIndex result;
    const char* other = std::getenv("GIT_INDEX_FILE"); // git gives its hooks the index that will be committed
    const std::string folder = shown();
    const std::string path = !other || *other == '\0' ? "" : *other == '/' ? other : folder + "/" + other;
    const int status = path.empty() ? git_make(result, git_repository_index, handle.get())
                                    : git_make(result, git_index_open, path.c_str());
    if (status != 0 || git_index_read(result.get(), 0) != 0) return unreadable_index(folder);
    return result;
}

Result<void> GitState::require_index(const std::optional<std::string>& head) const {
    const GitIndex index = TRY(this->index());
    const char* const path = git_index_path(index.get());
    std::error_code ignored;
    if (!head || !path || std::filesystem::exists(path, ignored)) return {};
    const GitTree tree = TRY(tree_of(*head));
    if (git_tree_entrycount(tree.get()) == 0) return {};
    return could_not(
        fmt::format("the index of {} is missing, so it is not known which files git tracks; run: git reset", shown()));
}

Result<std::vector<std::string>> GitState::paths_in_index(bool (*wanted)(const git_index_entry&)) const {
    const GitIndex index = TRY(this->index());
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < git_index_entrycount(index.get()); ++i) {
        const auto* entry = git_index_get_byindex(index.get(), i);
        if (wanted(*entry)) paths.emplace_back(entry->path);
    }
    std::sort(paths.begin(), paths.end());
    paths.erase(std::unique(paths.begin(), paths.end()), paths.end()); // a conflict has up to three entries
    return paths;
}

}
