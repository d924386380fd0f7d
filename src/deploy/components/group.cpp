#include "deploy/components/group.h"
#include "base/printable.h"
#include "base/text.h"
#include "deploy/release/store.h"
#include "sys/clock.h"
#include "sys/files/beneath.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace fairlead::deploy {

namespace {

Result<void> check_needs(const Part& part, const std::vector<Part>& parts) {
    std::vector<std::string> names;
    for (const auto& one : parts) names.push_back(one.name);
    for (const auto& need : part.needs)
        if (std::find(names.begin(), names.end(), need) == names.end())
            return usage(fmt::format("component '{}' needs '{}', which is not a component; expected {}", part.name,
                                     one_line(need), one_of(names)));
    return {};
}

Result<Settings> read_component(const config::Config& config, const Part& part, const std::string& environment,
                                const sys::Environment& variables) {
    const auto at = config.section("deploy", environment)["components"][part.name]["config"];
    const auto tree = TRY(sys::root_around(config.folder()));
    const auto inside = sys::named_by_tree(tree, config.folder(), part.config, "keep it in this repository");
    if (!inside.ok()) return at.error(inside.error().message);
    const auto its = TRY(config::load({.path = part.config,
                                       .folder = config.folder(),
                                       .environment = &variables,
                                       .environment_name = environment,
                                       .tool = "deploy",
                                       .fields = fields()}));
    if (its.section("deploy", environment)["components"].present())
        return at.error(fmt::format("'{}' has components of its own; name them here", part.config));
    if (its.environment(environment).present() && its.profile(environment) != config.profile(environment))
        return at.error(fmt::format(
            "environment '{}' has profile {} in '{}' and {} here; write the same profile in both", environment,
            name_of(its.profile(environment)), part.config, name_of(config.profile(environment))));
    auto settings = read_settings(its, environment, variables);
    if (!settings.ok() && settings.error().place.file.empty())
        return at.error(fmt::format("{}: {}", part.config, settings.error().message));
    if (!settings.ok()) return settings;
    settings->component = part.name;
    settings->profile = name_of(config.profile(environment));
    return settings;
}

}

Result<sys::Lock> lock_of(const Group& group, Milliseconds wait) {
    const Store store(group.state);
    TRY_VOID(store.create());
    ledger::Progress progress(sys::real_clock());
    return store.ledger().take_lock("a deployment of all components", wait, sys::real_clock(), progress);
}

Result<std::vector<Part>> in_order(const std::vector<Part>& parts) {
    for (const auto& part : parts) TRY_VOID(check_needs(part, parts));
    std::vector<Part> ordered, left = parts;
    std::set<std::string> there;
    while (!left.empty()) {
        const auto next = std::find_if(left.begin(), left.end(), [&](const Part& part) {
            return std::all_of(part.needs.begin(), part.needs.end(),
                               [&](const auto& need) { return there.contains(need); });
        });
        if (next == left.end())
            return usage(fmt::format("components '{}' and '{}' need each other; remove one of the two needs",
                                     left.front().name, left.front().needs.front()));
        there.insert(next->name);
        ordered.push_back(*next);
        left.erase(next);
    }
    return ordered;
}

Result<Group> read_group(const config::Config& config, const std::vector<Part>& parts, const std::string& environment,
                         const sys::Environment& variables, const std::string& only) {
    Group group{.app = config.app(), .environment = environment, .state = {}, .components = {}};
    const auto named = config.section("deploy", environment)["components"];
    for (const auto& part : parts) // each where it stands
        if (const auto known = check_needs(part, parts); !known.ok())
            return named[part.name]["needs"].error(known.error().message);
    const auto ordered = in_order(parts);
    if (!ordered.ok()) return named.error(ordered.error().message);
    std::map<std::string, std::string> apps;
    for (const auto& part : ordered.value()) {
        auto read = read_component(config, part, environment, variables);
        if (!read.ok() && !only.empty() && part.name != only) continue; // it isn't asked for
        auto settings = TRY(std::move(read));
        const auto [other, fresh] = apps.try_emplace(settings.app, part.name);
        if (!fresh || settings.app == group.app)
            return named[part.name].error(
                fmt::format("app '{}' of '{}' is also the app of {}; give each component an app: of its own",
                            settings.app, part.config, fresh ? "the main fairlead.yml" : "component " + other->second));
        group.components.push_back({part.name, std::move(settings)});
    }
    std::set<std::string> above; // their apps and environments
    for (const auto& [name, settings] : group.components)
        above.insert(sys::Path(settings.state).parent_path().parent_path().string());
    if (above.size() != 1) {
        const auto common = TRY(default_state(variables, sys::is_root()));
        above = {common};
    }
    group.state = (sys::Path(*above.begin()) / group.app / group.environment).string();
    return group;
}

}
