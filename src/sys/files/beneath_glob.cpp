#include "base/text.h"
#include "sys/files/beneath.h"
#include <algorithm>

namespace fairlead::sys {
namespace {

// A walk for one glob. Names are collected as the pattern would spell them.
struct Globber {
    const Root& root;
    std::string_view pattern;
    std::ptrdiff_t depth; // folders below the start that can still match; -1: any
    std::vector<std::string> found;

    Result<void> enter(const Path& folder, const std::string& prefix, std::ptrdiff_t left) {
        const auto entries = root.list(folder);
        if (!entries.ok()) {
            const auto now = root.look(folder);
            if (now.ok() && now->type != FileType::folder) return {}; // it went while we looked
            return entries.error();
        }
        for (const auto& [name, type] : entries.value()) {
            if (type == FileType::folder) {
                if (name != ".git" && left != 0) TRY_VOID(enter(folder / name, prefix + name + "/", left - 1));
            } else if (glob_match(pattern, prefix + name) && !leads_to_folder(folder / name, type)) {
                found.push_back(prefix + name);
            }
        }
        return {};
    }

    bool leads_to_folder(const Path& path, FileType type) const {
        if (type != FileType::link) return false;
        const auto target = root.look(path);
        return target.ok() && target->type == FileType::folder;
    }
};

}

Result<std::vector<std::string>> glob(const Root& root, const Path& base, std::string_view pattern) {
    const std::size_t special = pattern.find_first_of("*?{[\\");
    if (special == std::string_view::npos) {
        const auto itself = TRY(root.inspect(base / pattern));
        if (itself.type == FileType::absent || itself.type == FileType::folder) return std::vector<std::string>{};
        const auto target = root.look(base / pattern);
        if (target.ok() && target->type == FileType::folder) return std::vector<std::string>{};
        return std::vector<std::string>{std::string(pattern)};
    }
    const std::size_t slash = pattern.substr(0, special).rfind('/');
    const std::string prefix(pattern.substr(0, slash == std::string_view::npos ? 0 : slash + 1));
    const std::string_view rest = pattern.substr(prefix.size());
    const bool deep = rest.find("**") != std::string_view::npos;
    Globber globber{root, pattern, deep ? -1 : std::count(rest.begin(), rest.end(), '/'), {}};
    const Path start = base.empty() && prefix.empty() ? Path(".") : base / prefix;
    const auto there = TRY(root.look(start));
    if (there.type != FileType::folder) return std::move(globber.found);
    TRY_VOID(globber.enter(start, prefix, globber.depth));
    std::sort(globber.found.begin(), globber.found.end());
    return std::move(globber.found);
}

Result<std::vector<std::string>> glob(const Path& base, std::string_view pattern) {
    std::error_code error;
    return glob(Root::everything(), std::filesystem::absolute(base.empty() ? Path(".") : base, error), pattern);
}

}
