#include "init/write/left.h"
#include "base/path.h"
#include "base/text.h"
#include "init/write/jobs.h"
#include "init/write/text.h"
#include <algorithm>

namespace fairlead::init {

bool is_held(const Project& project, const std::string& folder) {
    return std::binary_search(project.folders.begin(), project.folders.end(), folder);
}

namespace {

bool is_held_anywhere(const Project& project, const std::string& name) {
    return std::any_of(project.folders.begin(), project.folders.end(),
                       [&](const std::string& folder) { return folder == name || folder.ends_with("/" + name); });
}

// The files that the steps write into a folder of the project's own.
std::vector<std::string> written_below(const Project& project, const std::string& folder) {
    std::vector<std::string> files;
    const auto add = [&](const std::string& file) {
        if (file.starts_with(folder + "/") && std::find(files.begin(), files.end(), file) == files.end())
            files.push_back(file);
    };
    for (const auto& component : project.components) {
        for (const auto& one : component.evidence) add(one.path);
        if (component.evidence.empty()) continue;
        if (component.language == Language::go) add(below(component.folder, "reports/coverage.out"));
        if (component.language == Language::node) add(below(component.folder, "reports/coverage"));
    }
    return files;
}

// Tools make these in any folder, and nobody gives a folder of sources such a name.
bool is_made_anywhere(const std::string& name) {
    return name.starts_with('.') || name.starts_with('_') || name == "node_modules";
}

}

std::vector<std::string> ignore_lines_of(const Project& project, const Component* component, const std::string& line) {
    if (!line.ends_with('/')) return {line};
    const auto pattern = line.substr(0, line.size() - 1);
    const auto folder = replace_all(pattern, "\\", "");
    if (const auto name = std::string(file_name(folder)); is_made_anywhere(name)) {
        const bool held = name == folder ? is_held_anywhere(project, name) : is_held(project, folder);
        return held ? std::vector<std::string>() : std::vector<std::string>{line};
    }
    if (is_held(project, folder)) {
        auto files = written_below(project, folder);
        for (auto& file : files) file = "/" + pattern + file.substr(folder.size());
        return files;
    }
    // A line without a slash before its end would hold at any depth, and hide src/reports/, too.
    const bool anchored = pattern.find('/') != pattern.npos;
    if (!anchored && component != nullptr && component->language == Language::java) // each module has its own
        return {line, "!**/src/**/" + line}; // a package may be called com.example.build
    return {(anchored ? "" : "/") + line};
}

std::string_view what_of(What what) {
    return what == What::database ? "a SQLite database" : what == What::uploads ? "uploads" : "made by the program";
}

std::vector<std::string> left_out(const Project& project, const Component& component) {
    std::vector<std::string> globs;
    const auto add = [&](const std::string& folder, bool with_folder = true) {
        const auto path = below(component.folder, folder);
        if (!is_held(project, path)) {
            globs.push_back(folder);
            if (with_folder) globs.push_back(folder + "/**");
            return;
        }
        for (const auto& file : written_below(project, path)) globs.push_back(within(component, file));
    };
    for (const auto* folder : {"reports", "coverage"}) add(folder);
    if (component.language == Language::python) add(".venv");
    if (component.language == Language::node) add("node_modules");
    // Beside the program itself: some hundred MB, in each release.
    if (component.language == Language::rust)
        for (const auto* folder : {"target/debug", "target/release/.fingerprint", "target/release/build",
                                   "target/release/deps", "target/release/examples", "target/release/incremental"})
            add(folder, false);
    if (component.manager == "maven") {
        for (const auto* name : {"classes", "test-classes", "surefire-reports", "maven-status"})
            add(std::string("target/") + name, false);
        globs.emplace_back("target/*.original");
    }
    return globs;
}

}
