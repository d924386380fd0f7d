#include "tag/config.h"
#include "base/text.h"
#include "config/rows.h"
#include "sys/files/beneath.h"
#include "tag/version/all.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace fairlead::tag {

namespace {

struct WrittenTag {
    std::string name;
    std::optional<std::string> prefix;
    std::vector<std::string> include, exclude, depends;
    Place prefix_place, include_place, exclude_place, depends_place;
};

struct Section {
    std::vector<WrittenTag> components;
    std::vector<WrittenType> types;
    std::vector<std::pair<std::string, Level>> release_labels;
};

const config::Rows<WrittenTag> component_rows = {
    {"prefix",
     &WrittenTag::prefix,
     "Prefix of its tags, up to the number; default: <name>/v.",
     {.place = &WrittenTag::prefix_place}},
    {"include",
     &WrittenTag::include,
     "Globs of the paths that belong to it; the longest match wins between components.",
     {.place = &WrittenTag::include_place}},
    {"exclude",
     &WrittenTag::exclude,
     "Globs of the paths that do not belong to it.",
     {.place = &WrittenTag::exclude_place}},
    {"depends",
     &WrittenTag::depends,
     "Other components: a release of any of them gives this component at least a patch.",
     {.place = &WrittenTag::depends_place}},
};

// How many folders below the root of its work tree; of one in none it isn't known, and nothing leads out.
std::size_t depth_of(const std::string& folder) {
    const auto tree = sys::root_around(folder);
    if (!tree.ok() || tree->is_everything()) return std::string::npos;
    const auto way = std::filesystem::path(folder).lexically_normal().lexically_relative(tree->path());
    return static_cast<std::size_t>(
        std::count_if(way.begin(), way.end(), [](const auto& part) { return !part.empty() && part != "."; }));
}

// Each has tags of its own, that git can make, and paths that can be there.
Result<void> check_components(const std::vector<WrittenTag>& written, const config::Value& section, std::size_t depth) {
    std::map<std::string, std::string> names; // by prefix
    for (const auto& one : written) {
        for (const auto& [globs, place] :
             {std::pair(&one.include, one.include_place), std::pair(&one.exclude, one.exclude_place)})
            if (const auto good = check_paths(*globs, depth); !good.ok()) return usage(good.error().message, place);
        const auto prefix = one.prefix.value_or(one.name + "/v");
        auto stands = check_prefix(prefix);
        const auto [other, is_new] = names.emplace(prefix, one.name);
        if (stands.ok() && !is_new)
            stands = usage(fmt::format(
                "the tags of components '{}' and '{}' both begin with '{}'; give each component a different prefix",
                other->second, one.name, prefix));
        if (stands.ok()) continue;
        const auto& message = stands.error().message;
        return one.prefix ? usage(message, one.prefix_place) : section[one.name].error(message);
    }
    return {};
}

const config::Rows<WrittenType> type_rows = {
    {"type",
     &WrittenType::type,
     "Type of a Conventional Commit (feat); '*': any commit, checked after all other rows if no scope is given.",
     {.place = &WrittenType::place, .needed = Needed::required}},
    {"scope", &WrittenType::scope, "Glob of the commit's scope; default: any."},
    {"level",
     {&WrittenType::level, Type::text, parse_level},
     "Level of the version that it asks for; default: the level without this row.",
     {.allowed = {"none", "patch", "minor", "major"}}},
    {"breaking",
     {&WrittenType::breaking, Type::text, parse_level},
     "Level that a breaking commit asks for, if that is higher; default: the level of the row '*', else major.",
     {.allowed = {"none", "patch", "minor", "major"}}},
    {"section", &WrittenType::section,
     "Heading in the changelog; '' leaves it out; default: the heading without this row."},
};

const Field a_level[] = {{"", Type::text, "Level that the label asks for.", {"none", "patch", "minor", "major"}}};

Result<void> fill_labels(const config::Value& map, Section& section) {
    for (const auto& [name, value] : map.entries()) {
        const auto level = parse_level(value.text());
        if (!level.ok()) return value.error(level.error().message);
        if (trim(std::string_view(name)).empty())
            return value.error("a label has no name; write the label of the pull request, such as release:major");
        section.release_labels.emplace_back(name, level.value());
    }
    return {};
}

const config::Rows<Section> section_rows = {
    {"components",
     {&Section::components, &WrittenTag::name, component_rows},
     "Parts of the repository with separate versions, by name."},
    {"release_labels",
     {Type::open_map, fill_labels, a_level},
     "Labels of a pull request that set the level of next-version in its events: none, patch, minor or major."},
    {"types", {&Section::types, type_rows}, "Levels that types of commits ask for; the first row that fits counts."},
};

}

std::span<const Field> fields() { return section_rows.fields(); }

bool is_of_peer(std::string_view input) {
    constexpr std::string_view all[] = {"context",     "images",   "tags",       "flavor",          "labels",
                                        "annotations", "sep-tags", "sep-labels", "sep-annotations", "bake-target"};
    return std::find(std::begin(all), std::end(all), input) != std::end(all);
}

std::span<const config::Milder> milder() {
    using When = config::Milder::When;
    static constexpr config::Milder rows[] = {{"strict", When::unset}};
    return rows;
}

PlaceOf places(const config::Value& section, std::function<Place(const std::string&)> whole) {
    return [section, whole = std::move(whole)](const std::string& input, int line) {
        Place place = whole(input);
        if (place.line == 0 || line == 0) return place;
        const auto written = section[input];
        if (!written.is_list()) { // the lines of a block stand below it
            const bool block = place.column > 0 && place.excerpt.find('|') != std::string::npos;
            return block ? Place{place.file, place.line + line, 0, {}} : place;
        }
        for (const auto& item : written.items()) {
            const auto text = item.text();
            line -= 1 + static_cast<int>(std::count(text.begin(), text.end(), '\n'));
            if (line <= 0) return item.place();
        }
        return place;
    };
}

std::string proposal_in(const config::Change& change) {
    return change.foreign || change.of_two_commits ? trim(change.about + " " + change.why) : std::string();
}

Result<std::string> context_of(const std::string& context, const config::Config& config, const Place& place) {
    if (!context.starts_with("git:") || context.size() == 4) return context;
    const sys::Path path = context.substr(4);
    const auto named = [&]() -> Result<std::string> {
        if (place.line == 0) {
            std::error_code ignored;
            const auto found = TRY(sys::named_by_person(std::filesystem::current_path(ignored), path));
            if (found.root.is_everything()) return found.path;
            const auto real = TRY(found.root.real(found.path));
            return (found.root.path() / real).lexically_normal().string();
        }
        const auto tree = TRY(sys::root_around(config.folder()));
        const auto found = TRY(sys::named_by_tree(
            tree, config.folder(), path, "name a folder of this repository, or use --context for another folder"));
        TRY_VOID(tree.list(found.path, sys::Links::refused));
        return (tree.path() / found.path).lexically_normal().string();
    }();
    if (!named.ok()) return usage(named.error().message, place);
    return "git:" + named.value();
}

Result<std::vector<std::pair<std::string, Level>>> release_labels_of(const config::Value& section) {
    Section said;
    TRY_VOID(section_rows.read(section, said));
    return said.release_labels;
}

Result<CommitTypes> types_of(const config::Value& section) {
    Section said;
    TRY_VOID(section_rows.read(section, said));
    return CommitTypes::of_rows(said.types);
}

Result<std::vector<Component>> components_of(const config::Value& section, const std::string& folder) {
    Section said;
    TRY_VOID(section_rows.read(section, said));
    std::vector<std::string> names;
    for (const WrittenTag& one : said.components) names.push_back(one.name);
    std::vector<Component> components;
    for (const WrittenTag& one : said.components) {
        for (const auto& name : one.depends)
            if (std::find(names.begin(), names.end(), name) == names.end())
                return usage(fmt::format("component '{}' is unknown; expected {}", name, one_of(names)),
                             one.depends_place);
        auto component = TRY(component_of({one.name, {}, {}, {}}, section, folder));
        component.depends = one.depends;
        components.push_back(std::move(component));
    }
    if (const auto order = in_order(components); !order.ok()) return section["components"].error(order.error().message);
    return components;
}

Result<std::vector<Component>> components_for_all(const ComponentWanted& wanted, const config::Value& section,
                                                  const std::string& folder) {
    if (wanted.by_hand() || !wanted.name.empty() || !wanted.include.empty() || !wanted.exclude.empty())
        return usage("--all means every component of fairlead.yml; leave out --component, --tag-prefix, --include and "
                     "--exclude");
    auto components = TRY(components_of(section, folder));
    if (components.empty()) return usage("fairlead.yml has no components; write them below tag.components");
    return components;
}

Result<Component> component_of(const ComponentWanted& wanted, const config::Value& section, const std::string& folder) {
    Component component;
    component.include = wanted.include;
    component.exclude = wanted.exclude;
    component.name = wanted.name;
    component.infers_prefix = true;
    if (!wanted.name.empty()) component.prefix = wanted.name + "/v";
    const auto components = section["components"];
    const auto depth = components.present() ? depth_of(folder) : 0;
    TRY_VOID(check_paths(wanted.include, depth));
    TRY_VOID(check_paths(wanted.exclude, depth));
    Section said;
    TRY_VOID(section_rows.read(section, said));
    std::vector<std::string> names;
    if (components.present()) component.folder = folder;
    TRY_VOID(check_components(said.components, components, depth));
    for (const WrittenTag& one : said.components) {
        names.push_back(one.name);
        if (one.name != wanted.name) {
            component.siblings.push_back(one.prefix.value_or(one.name + "/v"));
            component.others.insert(component.others.end(), one.include.begin(), one.include.end());
            continue;
        }
        component.prefix = one.prefix.value_or(component.prefix);
        component.infers_prefix = !one.prefix;
        if (component.include.empty()) component.include = one.include;
        if (component.exclude.empty()) component.exclude = one.exclude;
    }
    if (!wanted.name.empty() && !names.empty() && std::find(names.begin(), names.end(), wanted.name) == names.end())
        return components.error(fmt::format("component '{}' is unknown; expected {}", wanted.name, one_of(names)));
    if (wanted.name.empty()) component.others.clear();             // the repository as a whole shares with nobody
    const bool is_listed = !wanted.name.empty() && !names.empty(); // then the file's own tag_prefix is the repository's
    if (wanted.by_hand() || (wanted.prefix && !is_listed)) {
        component.prefix = *wanted.prefix;
        component.infers_prefix = false;
        component.was_asked = true;
    }
    component.by_name_only = !wanted.name.empty() && names.empty();
    if (auto stands = check_prefix(component.prefix); !stands.ok())
        return usage(stands.error().message, component.was_asked ? wanted.prefix_place : Place{});
    return component;
}

}
