#include "base/text.h"
#include "deploy/compose/compose_place.h"
#include "deploy/compose/user.h"
#include "deploy/release/release.h"
#include "sys/account.h"
#include "sys/files/tree_builder.h"
#include <set>

namespace fairlead::deploy {

Change ComposePlace::base_change(const std::string& service, const ReleaseInfo& release, const Recipe& recipe) const {
    const auto used = recipe.images.find(service);
    Change change{.service = service, .image = used == recipe.images.end() ? std::string() : used->second.image};
    for (const auto& variable : world_.variables) {
        if (variable.secret.empty() || settings_.secrets_as == "env")
            change.environment.emplace_back(variable.name, variable.value());
        else
            change.without.push_back(variable.name);
    }
    const auto told = told_of_release(settings_, release);
    change.environment.insert(change.environment.end(), told.begin(), told.end());
    return change;
}

void ComposePlace::add_secrets(const sys::Path& folder, Change& change) const {
    for (const auto& name : change.without) {
        const auto place = "/run/secrets/" + name;
        change.mounts.push_back({(folder / name).string(), place, true});
        change.environment.emplace_back(name + "_FILE", place);
    }
}

Change ComposePlace::change_of(const Instance& instance, const ReleaseInfo& release, const Recipe& recipe) {
    auto change = base_change(service_of(instance), release, recipe);
    add_secrets(slot_folder(instance) / "secrets", change);
    change.environment.emplace_back("FAIRLEAD_SLOT", instance.slot);
    if (by_socket() && instance.serves()) {
        const auto folder = layout_.socket_folder(name_of(instance)).string();
        change.socket = socket_of(instance);
        change.environment.emplace_back("FAIRLEAD_SOCKET", change.socket);
        change.mounts.push_back({folder, folder, false});
    }
    const auto unfinished = world_.store.unfinished();
    const std::pair<std::string_view, std::string> labels[] = {
        {"app", settings_.app},
        {"environment", settings_.environment},
        {"release", release.id},
        {"digest", release.digest},
        {"commit", release.commit},
        {"deployment", unfinished.ok() && unfinished.value() ? unfinished.value()->deployment.id : std::string()},
        {"slot", instance.slot},
        {"instance", name_of(instance)},
        {"role", role_of_release},
        {"state", settings_.state}};
    for (const auto& [name, value] : labels) change.labels[label(name)] = value;
    return change;
}

Result<std::string> ComposePlace::hash_of(const std::string& service, const ReleaseInfo& release,
                                          const Recipe& recipe) const {
    auto change = base_change(service, release, recipe);
    add_secrets("", change);
    change.port = recipe.port;
    return config_hash(recipe.model.text, change);
}

Result<void> ComposePlace::write_secrets(const sys::Path& folder, const std::string& user) const {
    TRY_VOID(host_.remove_tree(folder));
    TRY_VOID(host_.make_folders(folder.parent_path(), 0700));
    TRY_VOID(host_.make_folders(folder, 0700));
    if (settings_.secrets_as == "env") return {};
    const auto [is_root_there, uid] = container_user(user);
    const bool given = !is_root_there && uid && sys::is_root();
    const unsigned mode = is_root_there || given ? 0600 : 0644; // behind a folder that is closed
    for (const auto& variable : world_.variables)
        if (!variable.secret.empty()) TRY_VOID(host_.write_file(folder / variable.name, variable.value(), mode));
    if (given) return sys::give_tree(folder, {.uid = *uid, .gid = *uid});
    return {};
}

// Secrets are files of the slot, or else what the environment of its container has over the model's.
Assignments ComposePlace::given(const std::string& slot) {
    for (const auto& instance : slots().value_or({})) {
        if (instance.slot != slot || !instance.serves()) continue;
        Assignments found;
        const auto folder = slot_folder(instance) / "secrets";
        for (const auto& name : host_.list_folder(folder).value_or({}))
            found.emplace_back(name, host_.read_file(folder / name).value_or(""));
        if (!found.empty()) return found;
        const auto text = host_.read_file(launch_file(instance));
        const auto launch = text.ok() ? parse_recipe(text.value(), "launch.json") : Result<Recipe>(text.error());
        const auto recipe = launch.ok() ? recipe_of(launch->release) : Result<Recipe>(launch.error());
        if (!recipe.ok() || recipe->images.empty()) return {};
        // Today's model is read with these variables: it can't be asked yet.
        const auto& only = recipe->images.begin()->first;
        return added_variables(recipe->model.text, launch->model.text,
                               settings_.services.empty() ? only : settings_.services.front());
    }
    return {};
}

Result<bool> ComposePlace::same_settings(const std::string& slot, const ReleaseInfo& release) {
    if (slot.empty()) return false;
    const auto recipe = recipe_of(release.id);
    if (!recipe.ok()) return false;
    std::set<std::string> there;
    for (const auto& one : TRY(own())) {
        if (of_label(one.labels, label("slot")) != slot) continue;
        const auto service = of_label(one.labels, service_label);
        const auto hash = TRY(hash_of(service, release, recipe.value()));
        if (of_label(one.labels, label("config-hash")) != hash) return false;
        there.insert(of_label(one.labels, label("instance")));
    }
    for (const auto& instance : instances(slot)) {
        if (there.erase(name_of(instance)) == 0) return false;
        if (settings_.secrets_as == "env") continue;
        for (const auto& variable : world_.variables)
            if (!variable.secret.empty() &&
                host_.read_file(slot_folder(instance) / "secrets" / variable.name).value_or("") != variable.value())
                return false;
    }
    return there.empty();
}

}
