#include "tag/version/component.h"
#include "base/text.h"
#include <algorithm>

namespace fairlead::tag {

bool belongs(const Component& component, const std::string& path) {
    const auto longest = [&](const std::vector<std::string>& globs) {
        std::size_t size = 0;
        for (const auto& glob : globs)
            if (glob.size() > size && glob_match(glob, path)) size = glob.size();
        return size;
    };
    const auto own = component.include.empty() ? 1 : longest(component.include);
    return own > 0 && longest(component.exclude) == 0 && own >= longest(component.others);
}

std::vector<std::string> beginnings(const Component& component, const std::string& folder) {
    std::vector<std::string> all;
    for (const auto& glob : component.include) {
        const auto fixed = std::find_if(glob.begin(), glob.end(), [](char c) {
            return std::string_view("*?[{").find(c) != std::string_view::npos || static_cast<unsigned char>(c) >= 0x80;
        });
        const std::string text(glob.begin(), fixed);
        const bool leads_out = text.empty() || text == "." || text.starts_with("..");
        all.push_back(folder.empty() ? text : leads_out ? "" : folder + "/" + text);
    }
    return all;
}

}
