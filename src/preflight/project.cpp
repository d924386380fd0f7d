#include "preflight/project.h"
#include "base/path.h"
#include "read/ignore.h"
#include <algorithm>

namespace fairlead::preflight {

bool Project::is_for_development(const Compose& one) const {
    return one.profile == Profile::development || doubtful.contains(one.files.front());
}

bool Project::is_for_development(const Dockerfile& one) const {
    return one.profile == Profile::development || doubtful.contains(one.file);
}

std::vector<std::reference_wrapper<const Compose>> Project::composes_for(Profile asked) const {
    std::vector<std::reference_wrapper<const Compose>> found;
    for (const Compose& one : composes)
        if (one.profile != Profile::development || asked == Profile::development) found.emplace_back(one);
    return found;
}

bool Project::has(std::string_view path) const { return std::binary_search(paths.begin(), paths.end(), path); }

bool Project::is_there(const std::string& path) const {
    if (has(path)) return true;
    const auto below = std::lower_bound(paths.begin(), paths.end(), path + "/");
    return below != paths.end() && below->starts_with(path + "/");
}

bool Project::is_git_ignored(const std::string& path) const {
    const std::string name(file_name(path)), folder = folder_of(path);
    const auto leaves_out = [&](const std::string& ignore_file, const std::string& inside) {
        const auto text = read(ignore_file);
        if (!text) return false;
        const auto ignore = read::read_ignore(*text);
        return !ignore.sent(inside) || !ignore.sent(name); // a pattern without a slash matches at any depth
    };
    if (leaves_out(".gitignore", path)) return true;
    for (auto above = folder; !above.empty(); above = folder_of(above))
        if (leaves_out(above + "/.gitignore", path.substr(above.size() + 1))) return true;
    return false;
}

}
