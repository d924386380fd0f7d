#include "tag/version/component.h"
#include "base/glob.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::tag {

Result<void> check_prefix(std::string_view prefix) {
    const auto path = "/" + std::string(prefix);
    const bool stands = !prefix.starts_with('-') && std::none_of(prefix.begin(), prefix.end(), [](unsigned char c) {
        return c <= ' ' || c == 0x7f ||
               std::string_view("~^:?*[\\").find(static_cast<char>(c)) != std::string_view::npos;
    });
    constexpr std::string_view never[] = {"..", "//", "/.", "@{", ".lock/"};
    if (stands &&
        std::none_of(std::begin(never), std::end(never), [&](auto text) { return path.find(text) != path.npos; }))
        return {};
    return usage(fmt::format("a git tag can't begin with '{}'; write a prefix such as api/v, without blanks, control "
                             "characters, '..', '//', '@{{' and ~^:?*[\\, and without a dash or a dot in front",
                             prefix));
}

Result<void> check_paths(const std::vector<std::string>& globs, std::size_t depth) {
    for (const auto& glob : globs) {
        TRY_VOID(check_glob(glob));
        const auto parts = split(glob, '/');
        const auto below = std::find_if(parts.begin(), parts.end(), [](const auto& part) { return part != ".."; });
        const bool ends_above = std::find(below, parts.end(), "..") != parts.end();
        if (glob.starts_with('/') || ends_above || static_cast<std::size_t>(below - parts.begin()) > depth)
            return usage(fmt::format("glob '{}' leads out of the tree, so it matches nothing; globs start at the "
                                     "folder of fairlead.yml, or without that file at the repository's root",
                                     glob));
    }
    return {};
}

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
