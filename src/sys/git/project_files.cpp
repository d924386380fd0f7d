#include "sys/git/project_files.h"
#include "sys/files/beneath.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::sys {

namespace {

constexpr std::size_t most_files = 500'000;
constexpr std::size_t deepest_project = 20;

// What tools put into a folder that no git says is ignored.
bool is_put_there(std::string_view name) {
    constexpr std::string_view names[] = {"node_modules", "target",      "build",   "dist",     "vendor",
                                          "venv",         "__pycache__", "reports", "coverage", "out"};
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

Result<void> walk(const Root& root, const std::string& folder, std::size_t depth, std::vector<std::string>& paths) {
    if (depth > deepest_project) return {};
    const auto entries = TRY(root.list(folder.empty() ? "." : folder));
    for (const auto& entry : entries) {
        const auto path = folder.empty() ? entry.name : folder + "/" + entry.name;
        const bool hidden = entry.name.starts_with('.') && entry.name != ".github";
        if (entry.type == FileType::file && paths.size() < most_files) paths.push_back(path);
        // A package of Python's may have such a name: what a tool makes is none.
        const auto is_package = [&] {
            const auto first = root.look(path + "/__init__.py");
            return first.ok() && first->type == FileType::file;
        };
        if (entry.type == FileType::folder && !hidden && (!is_put_there(entry.name) || is_package()))
            TRY_VOID(walk(root, path, depth + 1, paths));
    }
    return {};
}

}

Result<ProjectFiles> project_files(const std::string& given) {
    const auto folder = std::filesystem::weakly_canonical(std::filesystem::absolute(given)).string();
    ProjectFiles files{.top = folder, .folder = {}, .paths = {}, .repository = {}};
    auto repository = Repository::open(folder);
    if (!repository.ok()) {
        const auto root = TRY(Root::open(folder));
        TRY_VOID(walk(root, "", 0, files.paths));
    } else {
        if (repository->work_tree().empty())
            return usage(
                fmt::format("'{}' is in a bare repository, which has no work tree; run this in a clone", folder));
        files.top = std::filesystem::weakly_canonical(repository->work_tree()).string();
        files.folder = Path(folder).lexically_relative(files.top).generic_string();
        if (files.folder == "." || files.folder.starts_with("..")) files.folder.clear();
        files.paths = TRY(repository->work_tree_files());
        files.repository = std::move(repository).value();
    }
    std::sort(files.paths.begin(), files.paths.end());
    return files;
}

}
