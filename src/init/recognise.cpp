#include "base/path.h"
#include "base/text.h"
#include "base/words.h"
#include "init/recognise/others/others.h"
#include "init/recognise/recogniser.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <set>

namespace fairlead::init {

namespace {

constexpr std::size_t most_components = 20;

constexpr std::string_view python[] = {"pyproject.toml", "setup.py",  "setup.cfg", "requirements.txt",
                                       "Pipfile",        "manage.py", "app.py",    "main.py"};
constexpr std::string_view node[] = {"package.json"}, go[] = {"go.mod"}, rust[] = {"Cargo.toml"},
                           java[] = {"pom.xml", "build.gradle", "build.gradle.kts", "settings.gradle",
                                     "settings.gradle.kts"},
                           cpp[] = {"CMakeLists.txt", "meson.build"}, make[] = {"Makefile", "makefile", "GNUmakefile"},
                           container[] = {"Dockerfile", "Containerfile"}, ruby[] = {"Gemfile"},
                           php[] = {"composer.json"}, dotnet[] = {"*.sln", "*.slnx", "*.csproj", "*.fsproj"},
                           elixir[] = {"mix.exs"}, bazel[] = {"MODULE.bazel", "WORKSPACE", "WORKSPACE.bazel"},
                           just[] = {"justfile", "Justfile", ".justfile"},
                           task[] = {"Taskfile.yml", "Taskfile.yaml", "taskfile.yml"};

constexpr Recogniser recogniser_rows[] = {
    {Language::python, "python", python, Below::own, false, describe_python},
    {Language::node, "node", node, Below::own, false, describe_node},
    {Language::go, "go", go, Below::own, false, describe_go},
    {Language::java, "java", java, Below::part, false, describe_java},
    {Language::rust, "rust", rust, Below::part, false, describe_rust},
    {Language::cpp, "cpp", cpp, Below::part, false, describe_cpp},
    {Language::other, "ruby", ruby, Below::part, false, describe_ruby},
    {Language::other, "php", php, Below::part, false, describe_php},
    {Language::other, "dotnet", dotnet, Below::part, false, describe_dotnet},
    {Language::other, "elixir", elixir, Below::part, false, describe_elixir},
    {Language::other, "bazel", bazel, Below::part, true, describe_bazel},
    {Language::other, "just", just, Below::part, true, describe_just},
    {Language::other, "task", task, Below::part, true, describe_task},
    {Language::other, "make", make, Below::part, true, describe_make},
    {Language::other, "container", container, Below::part, true, describe_container},
};

// What init has no recogniser for: it is told, so that nobody takes its absence from the workflows for a test.
struct Unknown {
    std::string_view language, manifest; // the manifest's name, or its ending: "*.csproj"
};
constexpr Unknown unknown_rows[] = {{"Swift", "Package.swift"}, {"Dart", "pubspec.yaml"},  {"Scala", "build.sbt"},
                                    {"Clojure", "project.clj"}, {"Haskell", "stack.yaml"}, {"Deno", "deno.json"}};

bool is_below(std::string_view folder, std::string_view outer) {
    return outer.empty() || folder == outer ||
           (folder.starts_with(outer) && folder.substr(outer.size()).starts_with('/'));
}

// The folders that hold a manifest of the row's, nearest to the root first.
std::vector<std::string> folders_of(const Recogniser& row, const Files& files) {
    std::vector<std::string> folders;
    for (const std::string_view path : files.paths) {
        const auto is_its = [&](std::string_view manifest) {
            const auto name = file_name(path);
            return manifest.starts_with('*') ? name.ends_with(manifest.substr(1)) : name == manifest;
        };
        if (std::none_of(row.manifests.begin(), row.manifests.end(), is_its)) continue;
        auto folder = folder_of(path);
        if (is_own(folder) && !contains(folders, folder)) folders.push_back(std::move(folder));
    }
    std::stable_sort(folders.begin(), folders.end(), [](const auto& a, const auto& b) {
        return std::count(a.begin(), a.end(), '/') < std::count(b.begin(), b.end(), '/') || a.empty() > b.empty();
    });
    return folders;
}

// As gitignore(5) reads it.
std::string ignore_pattern(std::string_view path) {
    std::string pattern;
    for (const char c : path) {
        if (c == '*' || c == '?' || c == '[' || c == '\\' || ((c == '!' || c == '#') && pattern.empty()))
            pattern += '\\';
        pattern += c;
    }
    return pattern;
}

// What GitHub would evaluate in a workflow, and what no line of one can hold.
bool is_nameable_path(std::string_view path) {
    return path.find("${{") == path.npos &&
           std::all_of(path.begin(), path.end(), [](unsigned char c) { return c >= 0x20 && c != 0x7f; });
}

class Search {
  public:
    Search(const std::string& name, const Files& files, Project& project)
        : name_(name), files_(files), project_(project) {}

    void take(const Recogniser& row) {
        std::vector<std::string> own; // folders of this row's components
        for (const auto& path : folders_of(row, files_)) {
            const auto covers = [&](const std::string& outer) { return is_below(path, outer); };
            if (row.below == Below::part && std::any_of(own.begin(), own.end(), covers)) continue;
            if (row.alone && std::any_of(taken_.begin(), taken_.end(), covers)) continue;
            if (project_.components.size() >= most_components || !is_nameable_path(path)) {
                ++left_out_;
                continue;
            }
            if (describe(row, path)) own.push_back(path);
        }
        taken_.insert(taken_.end(), own.begin(), own.end());
    }

    void finish() {
        auto& components = project_.components;
        if (components.empty()) {
            auto& unknown = components.emplace_back();
            Folder folder(files_, "");
            add_hints(folder, unknown);
            folder.doubt("init found no manifest here that it knows (pyproject.toml, package.json, go.mod, pom.xml, "
                         "Cargo.toml, CMakeLists.txt, Makefile); write the commands into fairlead.yml under run:");
            unknown.doubts = folder.doubts;
            unknown.doubts.insert(unknown.doubts.begin(), unread_.begin(), unread_.end());
            leave_out_secrets(unknown);
        }
        std::stable_sort(components.begin(), components.end(),
                         [](const Component& a, const Component& b) { return a.folder < b.folder; });
        if (left_out_ > 0)
            components.front().doubts.push_back(
                fmt::format("{} more folder{} with a manifest {} left out (at most {} parts, with names that a "
                            "workflow can hold); to include such a folder, run init there",
                            left_out_, left_out_ == 1 ? "" : "s", left_out_ == 1 ? "was" : "were", most_components));
        tell_unknown();
        share_out();
        name_components();
    }

  private:
    void tell_unknown() {
        std::vector<std::string_view> told;
        for (const auto& row : unknown_rows) {
            const auto found = std::find_if(files_.paths.begin(), files_.paths.end(), [&](const std::string& path) {
                const auto name = file_name(path);
                const bool named =
                    row.manifest.starts_with('*') ? name.ends_with(row.manifest.substr(1)) : name == row.manifest;
                return named && is_nameable_path(path) && is_own(folder_of(path));
            });
            if (found == files_.paths.end() || is_one_of(told, row.language)) continue;
            told.push_back(row.language);
            project_.components.front().doubts.push_back(
                fmt::format("{} is here, but init does not know {}, so no command of that part is run; write its "
                            "commands into fairlead.yml under run:",
                            *found, row.language));
        }
    }

    // By another part of that folder.
    bool is_told(const std::string& folder, const std::string& doubt) const {
        return std::any_of(project_.components.begin(), project_.components.end(), [&](const Component& other) {
            return other.folder == folder && contains(other.doubts, doubt);
        });
    }

    bool describe(const Recogniser& row, const std::string& path) {
        Component component;
        component.folder = path;
        component.language = row.language;
        Folder folder(files_, path);
        const bool is_one = row.describe(folder, component);
        for (const auto& [name, problem] : folder.unread)
            if (is_one_of(row.manifests, name))
                project_.unread.push_back(path.empty() ? problem : path + "/" + problem);
        if (!is_one) { // a manifest that can't be read is told all the same
            unread_.insert(unread_.end(), folder.doubts.begin(), folder.doubts.end());
            return false;
        }
        add_hints(folder, component);
        for (const auto& doubt : folder.doubts)
            if (!is_told(path, doubt)) component.doubts.push_back(doubt);
        leave_out_secrets(component);
        find_written(folder, component);
        decide_shared(files_, component);
        place(component);
        project_.components.push_back(std::move(component));
        return true;
    }

    // Recognisers speak of their folder, the project of its own.
    static void place(Component& component) {
        const auto put = [](const std::string& folder, std::string& path) {
            if (!path.empty() && !folder.empty())
                path = std::filesystem::path(folder + "/" + path).lexically_normal().generic_string();
        };
        const auto& folder = component.folder;
        for (auto& one : component.evidence) put(folder, one.path);
        for (auto* path : {&component.dist, &component.dockerfile, &component.runtime.version_file}) put(folder, *path);
        for (auto& line : component.ignored) put(ignore_pattern(folder), line);
    }

    // One image, and one list of secrets, of a folder with several parts: the one that serves has them, else the first.
    void share_out() {
        for (auto& component : project_.components) {
            const auto rank = [](const Component& one) { return one.serve.empty() ? one.kind == Kind::service : 2; };
            const auto better = [&](const Component& other) {
                const bool same = &other != &component && other.folder == component.folder;
                return same && (rank(component) != rank(other) ? rank(component) < rank(other) : &other < &component);
            };
            if (std::none_of(project_.components.begin(), project_.components.end(), better)) {
                if (component.kind == Kind::service && component.serve.empty())
                    component.doubts.emplace_back(
                        "the command that starts the server is not known, so no deployment is written; docs/deploy.md "
                        "shows the section deploy: that fairlead.yml needs");
                continue;
            }
            if (!component.serve.empty())
                component.doubts.emplace_back("another part of this folder is deployed; to deploy this part too, write "
                                              "a separate fairlead.yml for it");
            component.dockerfile.clear();
            component.secrets.clear();
            component.services.clear();
        }
    }

    // The folder's own name where that is unambiguous, then the whole path, then with the language.
    void name_components() {
        std::map<std::string, int> count;
        for (auto& component : project_.components) {
            component.name = plain_name(component.folder.empty() ? name_ : std::string(file_name(component.folder)));
            ++count[component.name];
        }
        std::map<std::string, int> used;
        for (auto& component : project_.components) {
            if (count[component.name] > 1 && !component.folder.empty()) component.name = plain_name(component.folder);
            if (const int number = ++used[component.name]; number > 1) {
                component.name += "-" + language_name(component);
                if (++used[component.name] > 1) component.name += fmt::format("-{}", number);
            }
        }
    }

    static std::string language_name(const Component& component) {
        for (const auto& row : recogniser_rows)
            if (row.language == component.language) return std::string(row.suffix);
        return "other";
    }

    const std::string& name_;
    const Files& files_;
    Project& project_;
    std::vector<std::string> taken_;  // folders of all rows before
    std::vector<std::string> unread_; // doubts about folders that are no component
    std::size_t left_out_ = 0;
};

// A report of our own steps, or a compiler's output, that nobody ignored yet is no source; a program's text is.
bool is_source_among_reports(std::string_view path) {
    constexpr std::string_view endings[] = {".py", ".go", ".rs", ".java", ".kt", ".rb", ".ts", ".tsx"};
    const auto folders = split(folder_of(path), '/');
    return (contains(folders, "reports") || contains(folders, "coverage")) && is_one_of(endings, extension_of(path));
}

bool is_evidence(const Project& project, const std::string& path) {
    for (const auto& component : project.components)
        for (const auto& one : component.evidence)
            if (glob_match(one.path, path)) return true;
    return false;
}

// What git tracks; before the first commit, what can only be a source.
std::vector<std::string> own_folders(const Files& files, const Project& project) {
    std::set<std::string> folders;
    const auto add = [&](const std::string& path) {
        for (auto folder = folder_of(path); !folder.empty() && folders.insert(folder).second;)
            folder = folder_of(folder);
    };
    for (const auto& path : files.tracked)
        if (!is_evidence(project, path)) add(path);
    for (const auto& path : files.paths)
        if (is_source_among_reports(path)) add(path);
    return {folders.begin(), folders.end()};
}

bool is_workflow(std::string_view path) {
    constexpr std::string_view folder = ".github/workflows/";
    return path.starts_with(folder) && (path.ends_with(".yml") || path.ends_with(".yaml")) && is_nameable_path(path);
}

}

const std::span<const Recogniser> recognisers = recogniser_rows;

Project recognise(const std::string& name, const Files& files) {
    Project project;
    project.name = plain_name(name);
    project.default_branch = "main";
    const Folder root(files, "");
    project.compose = root.first({"compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"});
    std::copy_if(files.paths.begin(), files.paths.end(), std::back_inserter(project.workflows), is_workflow);
    Search search(name, files, project);
    for (const auto& row : recognisers) search.take(row);
    search.finish();
    project.folders = own_folders(files, project);
    std::copy_if(files.tracked.begin(), files.tracked.end(), std::back_inserter(project.env_files),
                 [](const std::string& path) { return file_name(path).starts_with(".env"); });
    return project;
}

}
