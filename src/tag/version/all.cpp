#include "tag/version/all.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace fairlead::tag {

namespace {

std::size_t number_of(const std::string& name, const std::vector<Component>& components) {
    const auto found =
        std::find_if(components.begin(), components.end(), [&](const auto& one) { return one.name == name; });
    return static_cast<std::size_t>(found - components.begin()); // names were checked when they were read
}

// Depth first; `path` is the way to where it stands.
Result<void> visit(std::size_t number, const std::vector<Component>& components, std::vector<std::string>& path,
                   std::vector<std::size_t>& order) {
    const auto& component = components[number];
    if (std::find(order.begin(), order.end(), number) != order.end()) return {};
    const auto at = std::find(path.begin(), path.end(), component.name) - path.begin();
    path.push_back(component.name);
    if (static_cast<std::size_t>(at) + 1 < path.size())
        return usage(fmt::format("components depend on each other: {}; remove an entry in depends",
                                 join(std::vector(path.begin() + at, path.end()), " -> ")));
    for (const auto& name : component.depends) TRY_VOID(visit(number_of(name, components), components, path, order));
    path.pop_back();
    order.push_back(number);
    return {};
}

// Whatever it depends on, directly or through others.
std::set<std::size_t> behind(std::size_t number, const std::vector<Component>& components) {
    std::set<std::size_t> found;
    std::vector<std::size_t> open = {number};
    while (!open.empty()) {
        const auto& depends = components[open.back()].depends;
        open.pop_back();
        for (const auto& name : depends)
            if (const auto other = number_of(name, components); found.insert(other).second) open.push_back(other);
    }
    return found;
}

struct Asked { // where in the list of ranges the answers for one component are
    std::size_t release = 0;
    std::optional<std::size_t> latest;
    std::vector<std::pair<std::size_t, std::size_t>> depends; // component, range
};

Error named(Error error, const std::string& name) {
    error.message = fmt::format("component '{}': {}", name, error.message);
    return error;
}

// Because of the first dependency whose commits would release it.
Result<std::optional<Override>> because(const Asked& asked, const std::vector<Component>& components,
                                        const std::vector<CommitRange>& ranges, const CommitTypes& types) {
    for (const auto& [component, range] : asked.depends)
        if (const auto by = TRY(release_worthy(ranges[range].commits, types)))
            return std::optional(
                Override{Level::patch, fmt::format("because of {}: {}", components[component].name, *by)});
    return std::optional<Override>();
}

}

Result<std::vector<std::size_t>> in_order(const std::vector<Component>& components) {
    std::vector<std::size_t> order;
    std::vector<std::string> path;
    for (std::size_t i = 0; i < components.size(); ++i) TRY_VOID(visit(i, components, path, order));
    return order;
}

Result<std::vector<NamedVersion>> next_versions(const NextWanted& wanted, const std::vector<Component>& components,
                                                Checkout& checkout) {
    TRY_VOID(check_channel(wanted.channel));
    const auto order = TRY(in_order(components));
    const auto* git = TRY(checkout.repository());
    const auto head = TRY(git->resolve(wanted.head));
    const auto names = TRY(all_tags(checkout, Tags::all));
    std::vector<VersionTags> tags;
    for (const auto& component : components) {
        auto its = version_tags(component, names);
        if (!its.ok()) return named(its.error(), component.name);
        tags.push_back(std::move(its).value());
    }
    std::vector<RangeWanted> ranges;
    std::vector<Asked> asked(components.size());
    const auto ask = [&](std::size_t component, std::size_t of, Base base) {
        ranges.push_back({&components[component], &tags[of].tags, base});
        return ranges.size() - 1;
    };
    const auto base = wanted.channel.empty() ? Base::release : Base::prerelease;
    for (std::size_t i = 0; i < components.size(); ++i) {
        asked[i].release = ask(i, i, Base::release);
        if (asks_for_latest(wanted, tags[i].tags)) asked[i].latest = ask(i, i, Base::prerelease);
        for (const auto other : behind(i, components)) asked[i].depends.emplace_back(other, ask(other, i, base));
    }
    auto walked = commits_since_versions(ranges, head, checkout);
    if (!walked.ok()) return checkout.cut_short(walked.error());
    auto found = std::move(walked).value();
    std::vector<NamedVersion> versions;
    for (const auto i : order) {
        auto its = wanted;
        its.component = components[i];
        its.at_least = TRY(because(asked[i], components, found, wanted.types));
        Since since{std::move(tags[i]), std::move(found[asked[i].release]), {}};
        if (asked[i].latest) since.latest = std::move(found[*asked[i].latest]);
        auto next = decide_next(its, since, checkout);
        if (!next.ok()) return named(next.error(), components[i].name);
        versions.emplace_back(components[i].name, std::move(next).value());
    }
    return versions;
}

}
