#include "migrate/drivers/tree.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace fairlead::migrate::drivers {

namespace {

constexpr std::size_t most_entries = 100'000;
constexpr int deepest = 12;

bool is_put_there(std::string_view name) {
    constexpr std::string_view names[] = {"node_modules", "site-packages", "dist-packages", "__pycache__", "venv",
                                          "vendor",       "dist",          "build",         "target"};
    return name.starts_with('.') || std::find(std::begin(names), std::end(names), name) != std::end(names);
}

std::string plain(const sys::Path& path) {
    auto text = path.lexically_normal().generic_string();
    if (text.ends_with('/')) text.pop_back();
    return text == "." ? "" : text;
}

bool leads_out(const std::string& path) { return path == ".." || path.starts_with("../") || path.starts_with('/'); }

}

Result<Tree> Tree::of_work_tree(const sys::Path& folder) {
    std::error_code ignored;
    Tree tree;
    tree.folder_ = std::filesystem::weakly_canonical(folder, ignored);
    if (!std::filesystem::is_directory(tree.folder_, ignored)) return tree;
    tree.root_ = TRY(sys::root_around(tree.folder_));
    tree.prefix_ = plain(tree.folder_.lexically_relative(tree.root_->path()));
    return tree;
}

Result<Tree> Tree::of_commit(const sys::Path& folder, const std::string& commit) {
    std::error_code ignored;
    const auto real = std::filesystem::weakly_canonical(folder, ignored);
    auto opened = sys::Repository::open(std::filesystem::current_path().string());
    if (!opened.ok()) opened = sys::Repository::open(real.string());
    if (!opened.ok()) return opened.error();
    auto repository = std::make_shared<const sys::Repository>(std::move(opened).value());
    const sys::Path top = std::filesystem::weakly_canonical(repository->work_tree(), ignored);
    Tree tree;
    tree.folder_ = real;
    tree.prefix_ = plain(real.lexically_relative(top));
    if (leads_out(tree.prefix_) || repository->work_tree().empty()) return of_work_tree(folder);
    tree.repository_ = std::move(repository);
    tree.commit_ = commit;
    return tree;
}

std::string Tree::from_root(const std::string& path) const { return plain(sys::Path(prefix_) / path); }

bool Tree::has_file(const std::string& path) const {
    const auto at = from_root(path);
    if (leads_out(at)) return false;
    if (root_) {
        const auto info = root_->look(at.empty() ? "." : at);
        return info.ok() && info->type == sys::FileType::file;
    }
    if (!repository_) return false;
    const auto text = repository_->file_at(commit_, at);
    return text.ok() && text->has_value();
}

bool Tree::has_folder(const std::string& path) const {
    const auto at = from_root(path);
    if (leads_out(at)) return false;
    if (root_) {
        const auto info = root_->look(at.empty() ? "." : at);
        return info.ok() && info->type == sys::FileType::folder;
    }
    if (!repository_) return false;
    const auto entries = repository_->folder_at(commit_, at);
    return entries.ok() && entries->has_value();
}

Result<std::optional<std::string>> Tree::text(const std::string& path, std::uint64_t limit) const {
    const auto at = from_root(path);
    if (leads_out(at)) return no("it is outside of the repository, and is not read");
    if (root_) {
        const auto info = TRY(root_->look(at));
        if (info.type == sys::FileType::absent) {
            const auto itself = TRY(root_->inspect(at));
            if (itself.type == sys::FileType::link) return no(fmt::format("'{}' is a link that leads nowhere", path));
            return std::optional<std::string>();
        }
        auto text = TRY(root_->read(at, limit));
        return std::optional(std::move(text));
    }
    if (!repository_) return std::optional<std::string>();
    auto text = TRY(repository_->file_at(commit_, at));
    if (text && text->size() > limit) return no("it is too large to be read");
    return text;
}

Result<std::vector<Tree::Entry>> Tree::list(const std::string& folder) const {
    std::vector<Entry> found;
    if (!has_folder(folder)) return found;
    const auto at = from_root(folder);
    if (root_) {
        for (const auto& entry : TRY(root_->list(at.empty() ? "." : at))) {
            auto type = entry.type;
            if (type == sys::FileType::link) { // one that stays in the tree
                const auto info = root_->look(at.empty() ? entry.name : at + "/" + entry.name);
                if (info.ok()) type = info->type;
            }
            found.push_back({entry.name, type == sys::FileType::folder});
        }
    } else {
        const auto entries = TRY(repository_->folder_at(commit_, at));
        for (const auto& entry : entries.value()) found.push_back({entry.name, entry.is_folder});
    }
    std::sort(found.begin(), found.end(), [](const Entry& one, const Entry& other) { return one.name < other.name; });
    return found;
}

Tree::Walk Tree::walk(const std::string& folder) const {
    Walk walk;
    std::size_t seen = 0;
    std::vector<std::pair<std::string, int>> todo{{folder, 0}};
    while (!todo.empty()) {
        const auto [here, depth] = todo.back();
        todo.pop_back();
        const auto entries = list(here);
        if (!entries.ok()) {
            walk.is_whole = false;
            continue;
        }
        const bool is_environment =
            std::any_of(entries->begin(), entries->end(), [](const Entry& one) { return one.name == "pyvenv.cfg"; });
        if (is_environment) continue;
        for (const Entry& entry : entries.value()) {
            if (++seen > most_entries) {
                walk.is_whole = false;
                todo.clear();
                break;
            }
            const auto path = here.empty() ? entry.name : here + "/" + entry.name;
            if (!entry.is_folder)
                walk.files.push_back(path);
            else if (!is_put_there(entry.name) && depth < deepest)
                todo.emplace_back(path, depth + 1);
            else if (!is_put_there(entry.name))
                walk.is_whole = false;
        }
    }
    std::sort(walk.files.begin(), walk.files.end());
    return walk;
}

std::optional<std::string> Tree::within(const sys::Path& path) const {
    const auto from_folder = path.is_absolute() ? path.lexically_normal().lexically_relative(folder_) : path;
    if (path.is_absolute() && from_folder.empty()) return std::nullopt;
    const auto at = plain(sys::Path(prefix_) / from_folder);
    if (leads_out(at)) return std::nullopt;
    return plain(from_folder);
}

}
