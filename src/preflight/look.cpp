#include "preflight/look.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/subjects.h"
#include "sys/git/project_files.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace fairlead::preflight {

namespace {

constexpr std::uint64_t largest_file = 16u << 20; // what is larger is no configuration

// Each file is opened once.
std::function<std::optional<std::string>(const std::string&)> reader(const sys::Root& root, const Wanted& wanted) {
    const auto cache = std::make_shared<std::map<std::string, std::optional<std::string>>>();
    if (!wanted.stdin_name.empty()) (*cache)[wanted.stdin_name] = wanted.stdin_text;
    return [root, cache](const std::string& path) -> std::optional<std::string> {
        const auto [found, fresh] = cache->try_emplace(path);
        if (!fresh) return found->second;
        const auto info = root.look(path);
        if (!info.ok() || info->type != sys::FileType::file || info->size > largest_file) return std::nullopt;
        auto text = root.read(path, largest_file);
        if (text.ok()) found->second = std::move(text).value();
        return found->second;
    };
}

std::string folder_of(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == path.npos ? std::string() : std::string(path.substr(0, slash));
}

// What is judged: below one of the folders, or one of the files.
class Scope {
  public:
    static Result<Scope> of(const Wanted& wanted, const sys::Root& root, const std::string& folder) {
        Scope scope;
        for (const auto& path : wanted.paths) {
            if (path == "-") {
                scope.files_.push_back(wanted.stdin_name);
                continue;
            }
            const auto whole = std::filesystem::absolute(path).lexically_normal();
            const auto from_root = root.relative(whole);
            if (!from_root)
                return usage(fmt::format("'{}' lies outside of the project {}; start fairlead-preflight there", path,
                                         root.path().string()));
            const auto info = root.look(*from_root);
            if (!info.ok()) return usage(info.error().message);
            if (info->type == sys::FileType::absent)
                return usage(fmt::format("'{}' is not there; name a file or a folder of the project", path));
            if (info->type == sys::FileType::folder)
                scope.folders_.push_back(*from_root == "." ? "" : *from_root + "/");
            else
                scope.files_.push_back(*from_root);
        }
        if (wanted.paths.empty()) scope.folders_.push_back(folder.empty() ? "" : folder + "/");
        scope.exclude_ = wanted.settings.exclude;
        return scope;
    }

    bool has(std::string_view path) const {
        if (names(path)) return true;
        for (const auto& glob : exclude_)
            if (glob_match(glob, path)) return false;
        constexpr std::string_view foreign[] = {"node_modules/", "vendor/", "third_party/"};
        for (const auto folder : foreign)
            if (path.starts_with(folder) || path.find("/" + std::string(folder)) != path.npos) return false;
        return std::any_of(folders_.begin(), folders_.end(),
                           [&](const std::string& folder) { return path.starts_with(folder); });
    }
    bool names(std::string_view path) const { return std::find(files_.begin(), files_.end(), path) != files_.end(); }
    const std::vector<std::string>& files() const { return files_; }

  private:
    std::vector<std::string> folders_, files_, exclude_;
};

// Env files are mostly ignored by git; they lie where an application does.
Result<void> find_ignored(const sys::Root& root, Project& project) {
    constexpr std::string_view signs[] = {"package.json", "pyproject.toml", "requirements.txt", "manage.py", "go.mod",
                                          "Gemfile",      "composer.json",  "pom.xml",          "Cargo.toml"};
    std::set<std::string> folders = {""};
    for (const auto& path : project.paths) {
        const auto kind = kind_of(path);
        const auto name = std::string_view(path).substr(path.rfind('/') + 1);
        const bool is_sign = std::find(std::begin(signs), std::end(signs), name) != std::end(signs);
        if (is_sign || kind == FileKind::env || kind == FileKind::dockerfile || kind == FileKind::compose)
            folders.insert(folder_of(path));
    }
    for (const auto& folder : folders) {
        const auto entries = root.list(folder.empty() ? "." : folder);
        if (!entries.ok()) continue; // of a sparse work tree, or removed
        for (const auto& entry : entries.value()) {
            const auto path = folder.empty() ? entry.name : folder + "/" + entry.name;
            const bool is_file = entry.type == sys::FileType::file || entry.type == sys::FileType::link;
            if (is_file && kind_of(path) == FileKind::env && !project.has(path)) project.ignored.push_back(path);
        }
    }
    return {};
}

// By its name, else by what stands in it: it was named by somebody.
FileKind kind_of_named(const std::string& path, const std::optional<std::string>& text) {
    if (const auto kind = kind_of(path); kind && *kind != FileKind::yaml) return *kind;
    const std::string_view content = text ? std::string_view(*text) : std::string_view();
    if (path.ends_with(".yml") || path.ends_with(".yaml"))
        return content.starts_with("services:") || content.find("\nservices:") != content.npos ? FileKind::compose
                                                                                               : FileKind::yaml;
    if (content.starts_with("FROM ") || content.find("\nFROM ") != content.npos) return FileKind::dockerfile;
    if (content.find('{') != content.npos && content.find(';') != content.npos) return FileKind::nginx;
    return FileKind::env;
}

// What a flag or fairlead.yml names has to be there; the name from the root is what comes back.
Result<std::vector<std::string>> named(const Project& project, const sys::Root& root,
                                       const std::vector<std::string>& paths, std::string_view by) {
    std::vector<std::string> found;
    for (const auto& path : paths) {
        const auto from_root = root.relative(std::filesystem::absolute(path).lexically_normal());
        if (!from_root || !project.read(*from_root))
            return usage(fmt::format("{}: '{}' is not a file of the project; name one that is there", by, path));
        found.push_back(*from_root);
    }
    return found;
}

}

Result<Looked> look(const Wanted& asked) {
    Wanted wanted = asked;
    auto files = TRY(sys::project_files("."));
    auto root = TRY(sys::Root::open(files.top));
    Looked looked{.root = std::move(root), .folder = files.folder, .project = {}};
    Project& project = looked.project;
    project.paths = std::move(files.paths);
    project.in_git = files.repository.has_value();
    if (files.repository) {
        auto tracked = TRY(files.repository->tracked_files());
        project.tracked = {std::make_move_iterator(tracked.begin()), std::make_move_iterator(tracked.end())};
    }
    project.read = reader(looked.root, wanted);
    project.mode = [root = looked.root](const std::string& path) -> std::optional<unsigned> {
        const auto info = root.look(path);
        if (!info.ok() || info->type == sys::FileType::absent) return std::nullopt;
        return info->mode & 07777;
    };
    project.variables = wanted.variables;
    project.environment = wanted.environment;
    project.profile = wanted.profile;
    project.settings = wanted.settings;
    project.now = wanted.now;
    project.sites = wanted.sites;
    wanted.env_files = TRY(named(project, looked.root, wanted.env_files, "--env-file"));
    wanted.compose_files = TRY(named(project, looked.root, wanted.compose_files, "--compose-file"));
    auto& settings = project.settings; // where fairlead.yml lies counts for its paths; mostly the root
    settings.env_files = TRY(named(project, looked.root, settings.env_files, "preflight.env_files"));
    settings.compose_files = TRY(named(project, looked.root, settings.compose_files, "preflight.compose_files"));
    const auto scope = TRY(Scope::of(wanted, looked.root, files.folder));
    project.folder = looked.folder;
    project.in_scope = [scope](const std::string& path) { return scope.has(path); };
    TRY_VOID(find_ignored(looked.root, project));

    std::map<FileKind, std::vector<std::string>> found;
    for (const auto* paths : {&project.paths, &project.ignored})
        for (const auto& path : *paths)
            if (const auto kind = kind_of(path); kind && scope.has(path) && !scope.names(path))
                found[*kind].push_back(path);
    for (const auto& path : scope.files()) found[kind_of_named(path, project.read(path))].push_back(path);
    add_subjects(project, wanted, std::move(found));
    return looked;
}

}
