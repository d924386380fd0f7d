#include "preflight/look.h"
#include "base/path.h"
#include "base/shell.h"
#include "base/text.h"
#include "preflight/file_reader.h"
#include "preflight/kinds.h"
#include "preflight/parts/code_lines.h"
#include "preflight/subjects.h"
#include "preflight/uses/compose_uses.h"
#include "sys/data/json.h"
#include "sys/git/project_files.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <set>

namespace fairlead::preflight {

namespace {

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
                return usage(fmt::format(
                    "'{}' is outside of the project {}; start fairlead-preflight in the folder of that file", path,
                    root.path().string()));
            const auto info = root.look(*from_root);
            if (!info.ok()) return usage(info.error().message);
            if (info->type == sys::FileType::absent)
                return usage(fmt::format("'{}' does not exist; name a file or a folder of the project", path));
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
        return names(path) || (is_wanted(path) && foreign_part(path) == path.npos);
    }
    // Left out as somebody else's only.
    bool leaves_out(std::string_view path) const {
        return !names(path) && is_wanted(path) && foreign_part(path) != path.npos;
    }
    // Where a folder begins in which dependencies lie; npos: it lies in none.
    static std::size_t foreign_part(std::string_view path) {
        std::size_t first = path.npos;
        for (const std::string_view folder : {"node_modules/", ".pnpm-store/", "vendor/", "third_party/"})
            if (path.starts_with(folder))
                return 0;
            else if (const auto at = path.find("/" + std::string(folder)); at != path.npos)
                first = std::min(first, at + 1);
        return first;
    }
    bool names(std::string_view path) const { return std::find(files_.begin(), files_.end(), path) != files_.end(); }
    const std::vector<std::string>& files() const { return files_; }

  private:
    bool is_wanted(std::string_view path) const {
        return !matches_any_glob(exclude_, path) &&
               std::any_of(folders_.begin(), folders_.end(),
                           [&](const std::string& folder) { return path.starts_with(folder); });
    }

    std::vector<std::string> folders_, files_, exclude_;
};

// Whether a text names the file itself, or the folder of the Dockerfile that it builds.
bool mentions_file(std::string_view text, std::string_view path) {
    if (text.find(path) != text.npos) return true;
    const auto slash = path.rfind('/');
    if (kind_of(path) != FileKind::dockerfile || slash == path.npos) return false;
    const auto folder = path.substr(0, slash);
    for (auto at = text.find(folder); at != text.npos; at = text.find(folder, at + 1)) {
        const auto line = text.substr(0, at).rfind('\n') + 1; // of the first one npos + 1, which is 0
        const auto before = text.substr(line, at - line);
        if (before.find("build:") != before.npos || before.find("context:") != before.npos) return true;
    }
    return false;
}

// Of what lies among dependencies: the files that a judged one names, and those that these name.
std::set<std::string> find_mentioned(const Project& project, const Scope& scope) {
    std::vector<std::string> asked, left;
    for (const auto* paths : {&project.paths, &project.ignored})
        for (const auto& path : *paths) {
            if (const auto kind = kind_of(path); !kind || file_name(path).find(sys::written_mark) != path.npos)
                continue;
            if (scope.has(path)) asked.push_back(path);
            if (scope.leaves_out(path)) left.push_back(path);
        }
    std::set<std::string> found;
    for (std::size_t i = 0; i < asked.size() && !left.empty(); ++i) {
        const auto text = project.read(asked[i]);
        if (!text) continue;
        std::erase_if(left, [&](const std::string& path) {
            if (!mentions_file(*text, std::string_view(path).substr(Scope::foreign_part(path)))) return false;
            found.insert(path);
            asked.push_back(path);
            return true;
        });
    }
    return found;
}

// What git lists no longer though it is tracked: it may be gone, or in a folder that can't be opened, or no file now.
void note_hidden(const sys::Root& root, Project& project) {
    for (const auto& path : project.tracked) {
        if (project.has(path) || !kind_of(path)) continue;
        const auto info = root.inspect(path);
        if (!info.ok())
            (*project.unread)[path] = {info.error().message};
        else if (info->type != sys::FileType::absent && info->type != sys::FileType::link)
            (*project.unread)[path] = {"git tracks a file there, but it is not a regular file"};
    }
}

// A folder that can't be opened holds what nobody looked at: a no where git lists files of it, else a warning, as
// programs keep data in folders of their own.
void note_closed(const sys::Root& root, const std::string& folder, bool is_error, Project& project) {
    const auto info = root.inspect(folder.empty() ? "." : folder);
    if (info.ok() && info->type == sys::FileType::absent) return; // of a sparse work tree, or removed
    const auto listed = root.list(folder.empty() ? "." : folder);
    if (!listed.ok())
        (*project.unread)[folder] = {
            "this folder can't be opened, so its files were not checked: " + listed.error().message, 0, 0, is_error};
}

// Env files are mostly ignored by git; they lie where an application does.
Result<void> find_ignored(const sys::Root& root, Project& project) {
    constexpr std::string_view signs[] = {"package.json", "pyproject.toml", "requirements.txt", "manage.py", "go.mod",
                                          "Gemfile",      "composer.json",  "pom.xml",          "Cargo.toml"};
    std::set<std::string> folders = {""};
    for (const auto& path : project.paths) {
        const auto kind = kind_of(path);
        const auto name = file_name(path);
        const bool is_sign = std::find(std::begin(signs), std::end(signs), name) != std::end(signs);
        const bool is_near = std::count(path.begin(), path.end(), '/') <= 2;
        if (is_near || is_sign || kind == FileKind::env || kind == FileKind::dockerfile || kind == FileKind::compose)
            folders.insert(folder_of(path));
    }
    folders.insert(project.folder);
    for (const auto& folder : folders) {
        const auto entries = root.list(folder.empty() ? "." : folder);
        if (!entries.ok()) {
            note_closed(root, folder, true, project);
            continue;
        }
        for (const auto& entry : entries.value()) {
            const auto path = folder.empty() ? entry.name : folder + "/" + entry.name;
            const auto kind = kind_of(path);
            if (entry.type == sys::FileType::folder && (entry.name == ".env" || entry.name == ".dockerignore"))
                (*project.unread)[path] = {"it is a folder, which Docker makes if the file to mount is missing"};
            if (entry.type == sys::FileType::folder && entry.name != ".git" && !folders.contains(path))
                note_closed(root, path, false, project);
            if (entry.type == sys::FileType::folder || !kind || project.has(path)) continue;
            const bool is_special = entry.type != sys::FileType::file; // no git lists a pipe
            if (kind == FileKind::env || (is_special && kind != FileKind::yaml)) project.ignored.push_back(path);
        }
    }
    return {};
}

// By its name, else by what stands in it: somebody named it. Nothing: neither tells, and a guess would have --fix
// rewrite a program as an env file.
std::optional<FileKind> kind_of_named(const std::string& path, const std::optional<std::string>& text) {
    if (const auto kind = kind_of(path); kind && *kind != FileKind::yaml) return *kind;
    const std::string_view content = text ? std::string_view(*text) : std::string_view();
    if (path.ends_with(".yml") || path.ends_with(".yaml")) {
        if (content.starts_with("services:") || content.find("\nservices:") != content.npos) return FileKind::compose;
        return !text || says_kube(content) ? std::optional(FileKind::yaml) : std::nullopt; // unread is reported as such
    }
    if (path.ends_with(".conf") || path.ends_with(".conf.template")) return FileKind::nginx;
    const auto name = file_name(path);
    const bool has_end = name.find('.') != name.npos;
    if (!has_end && content.starts_with("FROM ")) return FileKind::dockerfile;
    return std::nullopt;
}

// What a flag or fairlead.yml names has to be there; the name from the root is what comes back.
Result<std::vector<std::string>> named(const Project& project, const sys::Root& root,
                                       const std::vector<std::string>& paths, std::string_view by) {
    std::vector<std::string> found;
    for (const auto& path : paths) {
        const auto from_root = root.relative(std::filesystem::absolute(path).lexically_normal());
        if (!from_root || !project.read(*from_root))
            return usage(fmt::format("{}: '{}' is not a file of the project; name a file that exists", by, path));
        found.push_back(*from_root);
    }
    return found;
}

// Each name that ever stood in history.
std::function<Result<std::vector<sys::PastFile>>()> past_env_files(sys::Repository repository) {
    return [shared = std::make_shared<const sys::Repository>(
                std::move(repository))]() -> Result<std::vector<sys::PastFile>> {
        const auto head = shared->head_commit();
        if (!head) return std::vector<sys::PastFile>();
        return sys::past_files(*shared, *head, [](std::string_view name) {
            return kind_of(name) == FileKind::env && !is_env_template(name);
        });
    };
}

// What npm starts is told by package.json: cut off, it would hide what a rule finds there.
void note_broken_manifests(const Project& project) {
    for (const auto& path : project.paths) {
        if (file_name(path) != "package.json" || !project.in_scope(path) || profile_of(path) == Profile::development)
            continue;
        const auto text = project.read(path);
        const auto json = text ? sys::parse_json(*text, path) : Result<sys::Json>(sys::Json());
        if (!json.ok() && trim(std::string_view(*text)).empty()) // npm starts nothing by it
            (*project.unread)[path] = {.why = "it is empty", .is_error = false};
        else if (!json.ok())
            (*project.unread)[path] = {fmt::format("it is not valid JSON from line {} on", json.error().place.line)};
    }
}

// What git knows of the project. History is not asked for where only some files are judged.
Result<void> take_repository(Project& project, std::optional<sys::Repository> repository, const Wanted& wanted) {
    project.in_git = repository.has_value();
    if (!repository) return {};
    auto tracked = TRY(repository->tracked_files());
    project.tracked = {std::make_move_iterator(tracked.begin()), std::make_move_iterator(tracked.end())};
    project.is_shallow = repository->is_shallow();
    project.origin = sys::repository_name(repository->remote_url(repository->remote()).value_or(""));
    if (wanted.paths.empty()) project.past_env_files = past_env_files(std::move(*repository));
    return {};
}

void take_wanted(Project& project, const Wanted& wanted) {
    project.variables = wanted.variables;
    project.environment = wanted.environment;
    project.profile = wanted.profile;
    project.settings = wanted.settings;
    project.now = wanted.now;
    project.sites = wanted.sites;
    project.machine = wanted.machine;
    project.django = wanted.django;
}

// Flags and fairlead.yml name files from where they stand: from here on all are named from the root.
Result<void> name_from_root(Wanted& wanted, Project& project, const sys::Root& root) {
    wanted.env_files = TRY(named(project, root, wanted.env_files, "--env-file"));
    wanted.compose_files = TRY(named(project, root, wanted.compose_files, "--compose-file"));
    auto& settings = project.settings; // where fairlead.yml lies counts for its paths; mostly the root
    if (!wanted.own_env_file.empty())
        TRY(named(project, root, {wanted.own_env_file}, fmt::format("environments.{}.env.file", wanted.environment)));
    settings.env_files = TRY(named(project, root, settings.env_files, "preflight.env_files"));
    settings.compose_files = TRY(named(project, root, settings.compose_files, "preflight.compose_files"));
    for (auto& path : settings.deployed)
        path = root.relative(std::filesystem::absolute(path).lexically_normal()).value_or("");
    return {};
}

using FilesByKind = std::map<FileKind, std::vector<std::string>>;

// By their names; what the user names is judged by its content, too.
Result<FilesByKind> files_by_kind(Project& project, const Scope& scope) {
    FilesByKind found;
    project.stacks = stack_files(project);
    for (const auto* paths : {&project.paths, &project.ignored})
        for (const auto& path : *paths)
            if (auto kind = kind_of(path); kind && project.in_scope(path) && !scope.names(path)) {
                if (kind == FileKind::yaml && project.stacks.contains(path)) kind = FileKind::compose;
                if (file_name(path).find(sys::written_mark) != path.npos)
                    (*project.unread)[path] = {
                        "a --fix that was interrupted left it here, with the whole content of the file; delete it"};
                else
                    found[*kind].push_back(path);
            }
    for (const auto& path : scope.files()) {
        const auto kind = kind_of_named(path, project.read(path));
        if (!kind)
            return usage(fmt::format(
                "the name '{}' doesn't show what kind of file it is; expected an env file (.env, x.env), a Dockerfile, "
                "compose or Kubernetes YAML, x.conf of nginx, x.service of systemd or a workflow",
                path));
        found[*kind].push_back(path);
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
    TRY_VOID(take_repository(project, std::move(files.repository), wanted));
    project.read = file_reader(looked.root, wanted, project);
    project.mode = [root = looked.root](const std::string& path) -> std::optional<unsigned> {
        const auto info = root.look(path);
        if (!info.ok() || info->type == sys::FileType::absent) return std::nullopt;
        return info->mode & 07777;
    };
    take_wanted(project, wanted);
    TRY_VOID(name_from_root(wanted, project, looked.root));
    const auto scope = TRY(Scope::of(wanted, looked.root, files.folder));
    project.folder = looked.folder;
    TRY_VOID(find_ignored(looked.root, project));
    note_hidden(looked.root, project);
    project.in_scope = [scope, mentioned = find_mentioned(project, scope)](const std::string& path) {
        return scope.has(path) || mentioned.contains(path);
    };
    auto found = TRY(files_by_kind(project, scope));
    add_subjects(project, wanted, std::move(found));
    note_broken_manifests(project);
    if (!wanted.stage.empty() && std::none_of(project.dockerfiles.begin(), project.dockerfiles.end(),
                                              [&](const Dockerfile& one) { return has_stage(one, wanted.stage); }))
        return usage(fmt::format("--stage: no Dockerfile here has a stage '{}'", wanted.stage));
    return looked;
}

}
