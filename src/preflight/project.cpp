#include "preflight/project.h"
#include <algorithm>

namespace fairlead::preflight {

bool Project::has(std::string_view path) const { return std::binary_search(paths.begin(), paths.end(), path); }

bool Project::is_there(const std::string& path) const {
    if (has(path)) return true;
    const auto below = std::lower_bound(paths.begin(), paths.end(), path + "/");
    return below != paths.end() && below->starts_with(path + "/");
}

}
