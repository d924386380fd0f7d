#include "tag/version/tags.h"
#include <algorithm>

namespace fairlead::tag {

Result<VersionTags> version_tags(const std::string& prefix, Checkout& checkout) {
    VersionTags found;
    TRY_VOID(checkout.each_tag([&](std::string_view name) -> Result<void> {
        const bool bare = !name.starts_with(prefix);
        if (bare && !found.bare.empty()) return {};
        const auto rest = bare ? name : name.substr(prefix.size());
        if (rest.starts_with('v')) return {}; // the prefix is exact
        auto version = parse_semver(rest);
        if (!version) return {};
        if (bare)
            found.bare = name;
        else
            found.tags.push_back({std::string(name), std::move(*version)});
        return {};
    }));
    std::sort(found.tags.begin(), found.tags.end(), [](const VersionTag& a, const VersionTag& b) {
        const auto order = compare(a.version, b.version);
        return order != 0 ? order > 0 : a.name < b.name; // 1.0.0+a and 1.0.0+b
    });
    return found;
}

}
