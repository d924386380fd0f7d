#include "base/shell.h"
#include "config/document.h"
#include "sys/account.h"
#include "sys/files/beneath.h"
#include "sys/files/files.h"
#include "sys/files/log.h"
#include "sys/files/owned/owned.h"
#include "sys/git/repository.h"
#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace fairlead::config {
namespace {

Error not_in_clone(const Change& change, const sys::Repository& repository) {
    return could_not(fmt::format("{}{}: the settings of its base commit {} count, but it is not in this clone; run: "
                                 "git fetch --no-tags --depth=1 {} {}, or check out with fetch-depth: 0",
                                 change.about, change.why.empty() ? "" : " " + change.why, change.base,
                                 shell_word(repository.remote()), change.base));
}

// From the root of the work tree, '/'-separated; nothing when it lies outside. Links below the root are the change's:
// they aren't followed.
std::optional<std::string> below(const sys::Path& root, const sys::Path& path) {
    const auto relative = path.lexically_normal().lexically_relative(root);
    if (relative.empty() || *relative.begin() == "..") return std::nullopt;
    return relative == "." ? std::string() : relative.generic_string();
}

struct Candidate {
    std::string path;  // from the root
    std::string shown; // as it is named
};

// Where the file may be, the nearest first.
std::vector<Candidate> candidates(const sys::Path& root, const std::string& path, const sys::Path& folder) {
    std::vector<Candidate> all;
    if (!path.empty()) {
        std::error_code ignored; // a link outside may lead back into the tree
        auto named = below(root, folder / path);
        if (!named) named = below(root, std::filesystem::weakly_canonical(folder / path, ignored));
        if (named) all.push_back({*named, path});
        return all;
    }
    for (sys::Path here = folder; below(root, here); here = here.parent_path()) {
        all.push_back({*below(root, here / file_name), (here / file_name).lexically_relative(folder).string()});
        if (here == here.parent_path()) break;
    }
    return all;
}

// A fairlead.yml names commands: in a folder that all may write, root would run those of whoever put it there.
Result<void> check_owner(const sys::Path& file, const std::string& shown, const sys::Environment* environment) {
    if (sys::own_user() != 0) return {};
    std::optional<unsigned> caller;
    if (environment) {
        if (sys::detect_platform(*environment) != sys::Platform::terminal) return {};
        unsigned uid = 0;
        const auto text = environment->get_or("SUDO_UID", "");
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), uid);
        if (error == std::errc() && end == text.data() + text.size()) caller = uid;
    }
    const auto folder = file.parent_path();
    const auto top = sys::tree_around(folder);
    const auto end = top ? sys::Path(*top) : folder;
    if (const auto open = sys::find_open_to_all(file, end))
        return usage(fmt::format("'{0}' can be written by every user, and root does not follow settings of other "
                                 "users; check its content, then run: chmod o-w {1}",
                                 open->string(), shell_word(open->string())),
                     Place{shown, 0, 0, ""});
    const auto stranger = sys::find_stranger(file, end, caller);
    if (!stranger) return {};
    const auto& [path, user] = *stranger;
    const auto what = path == file.lexically_normal() ? std::string("belongs")
                                                      : fmt::format("is reached by '{}', which belongs", path.string());
    return usage(fmt::format("{} to user {}, and root does not follow settings of other users; run this as {}, or "
                             "check its content, then run: chown root {}",
                             what, user, user, shell_word(path.string())),
                 Place{shown, 0, 0, ""});
}

Result<Source> of_work_tree(const std::string& path, const std::string& folder, const sys::Environment* environment) {
    const std::string found = path.empty() ? nearest_file(folder) : path;
    if (found.empty()) return Source{};
    const sys::Path absolute = sys::Path(folder) / found;
    Source source{.file = path.empty() ? absolute.lexically_relative(folder).string() : path};
    TRY_VOID(check_owner(absolute, source.file, environment));
    source.text = TRY(read_document(path.empty() ? absolute.parent_path() : sys::Path(folder), absolute, source.file));
    return source;
}

// No commit can be asked: then no file that lies there counts either.
Result<Source> outside_of_git(const std::string& path, const std::string& folder, const Change& change) {
    const std::string found = path.empty() ? nearest_file(folder) : path;
    if (found.empty()) return Source{};
    return could_not(fmt::format("{} {}: the {} of its base commit counts, but {} is not in a git repository; check "
                                 "out with git, or remove the file",
                                 change.about, change.why, found, folder));
}

}

Result<std::string> base_in_clone(const Change& change, const sys::Repository& repository) {
    if (repository.commit(change.base).ok()) return change.base;
    const auto merged = change.merged.empty() ? Result<sys::Commit>(could_not("")) : repository.commit(change.merged);
    const bool is_merge = merged.ok() && merged.value().parents.size() == 2 &&
                          merged.value().parents[1] == change.head && merged.value().id != change.head;
    if (is_merge && repository.commit(merged.value().parents[0]).ok()) return merged.value().parents[0];
    return not_in_clone(change, repository);
}

std::string path_in(const sys::Repository& repository, const Config& config) {
    if (!config.present()) return std::string(file_name);
    std::error_code ignored;
    const sys::Path folder = std::filesystem::weakly_canonical(config.folder(), ignored);
    const sys::Path root = std::filesystem::weakly_canonical(repository.work_tree(), ignored);
    return below(root, folder / sys::Path(config.file()).filename()).value_or("");
}

Result<Config> config_at(const sys::Repository& repository, const std::string& commit, const std::string& path) {
    if (path.empty()) return Config();
    auto text = TRY(repository.file_at(commit, path));
    if (!text) return Config();
    return load_text(std::move(*text), path, {.folder = repository.work_tree()});
}

Result<Config> nearest_at(const sys::Repository& repository, const std::string& commit, const std::string& folder) {
    std::error_code ignored;
    const sys::Path root = std::filesystem::weakly_canonical(repository.work_tree(), ignored);
    for (const auto& place : candidates(root, "", std::filesystem::weakly_canonical(folder, ignored)))
        if (auto text = TRY(repository.file_at(commit, place.path)))
            return load_text(std::move(*text), place.shown, {.folder = folder});
    return Config();
}

Result<Source> find_source(const std::string& path, const std::string& folder, const Change& change,
                           const sys::Environment* environment) {
    if (!change.foreign) return of_work_tree(path, folder, environment);
    std::error_code ignored;
    const sys::Path here = std::filesystem::weakly_canonical(folder, ignored);
    auto repository = sys::Repository::open(here.string());
    if (!repository.ok() && !path.empty()) // a folder of clones, such as the base's beside the change's
        repository = sys::Repository::open((here / path).lexically_normal().parent_path().string());
    if (!repository.ok() && sys::Repository::is_missing(repository.error()))
        return outside_of_git(path, folder, change);
    if (!repository.ok()) return repository.error();
    const bool bare = repository->work_tree().empty();
    const sys::Path root = std::filesystem::weakly_canonical(bare ? here.string() : repository->work_tree(), ignored);
    const auto places = candidates(root, path, bare ? root : here);
    const bool outside = places.empty() && !path.empty();
    Source source;
    if (outside) source = TRY(of_work_tree(path, folder, environment)); // no part of the change: the workflow's own
    source.commit = TRY(base_in_clone(change, repository.value()));
    if (outside) return source;
    for (const auto& place : places) {
        auto text = TRY(repository->file_at(source.commit, place.path));
        if (!text) continue;
        source.file = place.shown;
        source.tree = root.string();
        source.folder = sys::Path(place.path).parent_path().string();
        source.text = TRY(checked_text(std::move(*text), Place{place.shown, 0, 0, ""}));
        return source;
    }
    if (path.empty()) return source;
    return usage(
        fmt::format(
            "there is no such file in commit {}, the base of {}, which counts; name the configuration with --config",
            source.commit.substr(0, 12), change.about),
        Place{path, 0, 0, ""});
}

}
