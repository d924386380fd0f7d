#include "init/look.h"
#include "base/text.h"
#include "init/recognise/recogniser.h"
#include "sys/files/beneath.h"
#include "sys/git/repository.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace fairlead::init {

namespace {

constexpr std::size_t most_files = 500'000;
constexpr std::size_t deepest = 20;

// What tools put into a folder that no git says is ignored.
bool is_put_there(std::string_view name) {
    constexpr std::string_view names[] = {"node_modules", "target",      "build",   "dist",     "vendor",
                                          "venv",         "__pycache__", "reports", "coverage", "out"};
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

Result<void> walk(const sys::Root& root, const std::string& folder, std::size_t depth,
                  std::vector<std::string>& paths) {
    if (depth > deepest) return {};
    const auto entries = TRY(root.list(folder.empty() ? "." : folder));
    for (const auto& entry : entries) {
        const auto path = folder.empty() ? entry.name : folder + "/" + entry.name;
        const bool hidden = entry.name.starts_with('.') && entry.name != ".github";
        if (entry.type == sys::FileType::file && paths.size() < most_files) paths.push_back(path);
        if (entry.type == sys::FileType::folder && !hidden && !is_put_there(entry.name))
            TRY_VOID(walk(root, path, depth + 1, paths));
    }
    return {};
}

// 1.2.3 with what may follow; "v" is taken off before.
bool is_version(std::string_view text) {
    const auto end = text.find_first_not_of("0123456789.");
    const auto numbers = text.substr(0, end);
    return numbers.find('.') != numbers.npos && numbers.front() != '.' && numbers.back() != '.';
}

struct Forms {
    std::size_t v = 0, bare = 0, component = 0;
    std::set<std::string> globs;
};

void count(Forms& forms, const std::string& tag) {
    if (tag.starts_with('v') && is_version(std::string_view(tag).substr(1))) {
        ++forms.v;
    } else if (is_version(tag)) {
        ++forms.bare;
    } else {
        const auto at = tag.rfind('@');
        const auto dash = tag.rfind("-v");
        const auto slash = tag.rfind("/v"); // of a Go module below the root
        if (at != tag.npos && at > 0 && is_version(std::string_view(tag).substr(at + 1)))
            forms.globs.insert("*@[0-9]+.*");
        else if (dash != tag.npos && dash > 0 && is_version(std::string_view(tag).substr(dash + 2)))
            forms.globs.insert("*-v[0-9]+.*");
        else if (slash != tag.npos && slash > 0 && is_version(std::string_view(tag).substr(slash + 2)))
            forms.globs.insert("*/v[0-9]+.*");
        else
            return;
        ++forms.component;
    }
}

std::string branch_of(const sys::Repository& repository) {
    const auto heads = repository.references("refs/remotes/" + repository.remote() + "/");
    const auto has = [&](const std::string& name) {
        return heads.ok() && std::any_of(heads->begin(), heads->end(),
                                         [&](const auto& reference) { return reference.name.ends_with("/" + name); });
    };
    for (const auto* name : {"main", "master", "develop", "trunk"})
        if (has(name)) return name;
    const auto head = repository.head_branch().value_or("");
    return head.starts_with("refs/heads/") ? head.substr(11) : head.empty() ? "main" : head;
}

}

TagForm form_of(const std::vector<std::string>& tags, std::vector<std::string>& globs) {
    Forms forms;
    for (const auto& tag : tags) count(forms, tag);
    globs.clear();
    const auto most = std::max({forms.v, forms.bare, forms.component});
    if (most == 0) return TagForm::none;
    if (forms.component == most) {
        globs.assign(forms.globs.begin(), forms.globs.end());
        return TagForm::component;
    }
    globs = {forms.v == most ? "v[0-9]+.*" : "[0-9]+.*"};
    return forms.v == most ? TagForm::v : TagForm::bare;
}

Result<Project> look_at(const std::string& given) {
    const auto folder = std::filesystem::weakly_canonical(std::filesystem::absolute(given)).string();
    const auto root = TRY(sys::Root::open(folder));
    Files files;
    const auto repository = sys::Repository::open(folder);
    if (repository.ok() && repository->work_tree().empty())
        return usage(fmt::format("'{}' is a bare repository or part of one, which has no work tree; start init in a "
                                 "clone",
                                 folder));
    const bool in_git = repository.ok() && !repository->work_tree().empty();
    std::string place;
    if (in_git) {
        place = sys::Path(folder)
                    .lexically_relative(std::filesystem::weakly_canonical(repository->work_tree()))
                    .generic_string();
        if (place == "." || place.starts_with("..")) place.clear();
        if (place.find("${{") != place.npos) // GitHub evaluates it within quotes, too
            return usage(
                fmt::format("the folder '{}' has an expression of GitHub Actions in its name, which the workflows "
                            "would evaluate; rename it",
                            place));
        const auto names = TRY(repository->work_tree_files());
        const auto prefix = place.empty() ? std::string() : place + "/";
        for (const auto& name : names)
            if (name.starts_with(prefix)) files.paths.push_back(name.substr(prefix.size()));
    } else {
        TRY_VOID(walk(root, "", 0, files.paths));
    }
    std::sort(files.paths.begin(), files.paths.end());
    files.read = [&](const std::string& path) -> std::optional<std::string> {
        const auto info = root.look(path);
        if (!info.ok() || info->type != sys::FileType::file || info->size > largest_manifest) return std::nullopt;
        auto text = root.read(path, largest_manifest);
        if (!text.ok()) return std::nullopt;
        return std::move(text).value();
    };
    auto project = recognise(sys::Path(folder).filename().string(), files);
    project.folder = place;
    if (!in_git) return project;
    project.default_branch = branch_of(repository.value());
    std::vector<std::string> tags;
    const auto references = TRY(repository->references("refs/tags/"));
    for (const auto& reference : references) tags.push_back(reference.name.substr(10));
    project.tags = form_of(tags, project.tag_globs);
    return project;
}

}
