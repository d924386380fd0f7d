#include "deploy/compose/place.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "deploy/compose/compose_place.h"
#include "deploy/compose/where.h"
#include "deploy/direct/router_group.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {
std::string told_place(const fairlead::Place& place) {
    return place.line == 0 ? std::string() : fmt::format("{}:{}: ", place.file, place.line);
}
}

Result<const Engine*> ComposePlace::engine() {
    if (engine_) return &*engine_;
    const auto found = TRY(Engine::find(world_.http, world_.process));
    return &engine_.emplace(found);
}

Result<const ComposeCli*> ComposePlace::cli() {
    if (cli_) return &*cli_;
    const auto* found = TRY(engine());
    ComposeCli made(host_, world_.process, found->socket(), assignments(world_.variables));
    TRY_VOID(made.check());
    return &cli_.emplace(std::move(made));
}

ComposeFiles ComposePlace::files() const {
    return {settings_.env_folder, settings_.files, settings_.profiles, settings_.project};
}

// Today's, else that of what serves: a rollback needs no compose file.
const Model* ComposePlace::known() {
    if (const auto model = today(); model.ok()) return model.value();
    const auto state = world_.store.state();
    if (!served_ && state.ok() && !state->current.empty())
        if (auto recipe = recipe_of(state->current); recipe.ok()) served_ = std::move(recipe).value().model;
    return served_ ? &*served_ : nullptr;
}

Result<const Model*> ComposePlace::today() {
    if (failed_) return *failed_;
    if (today_) return &*today_;
    auto model = read_today();
    if (!model.ok()) return failed_.emplace(model.error());
    return &today_.emplace(std::move(model).value());
}

Result<Model> ComposePlace::read_today() {
    const auto* compose = TRY(cli());
    auto text = TRY(compose->config(files()));
    return parse_model(std::move(text));
}

std::string ComposePlace::project_folder() const {
    if (settings_.files.empty()) return settings_.env_folder;
    return (sys::Path(settings_.env_folder) / settings_.files.front()).lexically_normal().parent_path().string();
}

std::string ComposePlace::own_labels(const std::string& name) const {
    return labelled(label(name), name == "app" ? settings_.app : settings_.environment);
}

// The first one is asked by users, the others are its workers.
Result<std::vector<std::string>> ComposePlace::services(const Model& model) const {
    if (settings_.services.empty() && model.services.size() == 1) return model.names();
    if (settings_.services.empty())
        return usage(fmt::format("the project has several services: {}; write the release's services in "
                                 "target.services, the service that users reach first",
                                 join(model.names(), ", ")));
    for (const auto& name : settings_.services)
        if (model.find(name) == nullptr)
            return usage(fmt::format(
                "service '{}' is not in a compose file, or is in a profile that is not selected; expected {}", name,
                one_of(model.names())));
    return settings_.services;
}

std::string ComposePlace::service_of(const Instance& instance) {
    if (!instance.serves()) return instance.process;
    if (!settings_.services.empty()) return settings_.services.front();
    const auto* model = known();
    return model != nullptr && !model->services.empty() ? model->services.front().name : std::string();
}

std::vector<Instance> ComposePlace::instances(const std::string& slot) {
    const auto* model = known();
    auto names = model != nullptr ? services(*model) : settings_.services;
    if (!names.ok()) names = settings_.services;
    std::vector<Instance> all;
    for (const auto& name : names.value()) {
        const bool first = &name == &names->front();
        const auto* service = model != nullptr ? model->find(name) : nullptr;
        const int wanted = first && settings_.scale > 0 ? settings_.scale : service != nullptr ? service->scale : 1;
        for (int number = 1; number <= std::max(wanted, 1); ++number)
            all.push_back({slot, number, first ? std::string() : name});
    }
    return all;
}

Result<void> ComposePlace::check_owner() {
    const auto ours = settings_.app + "/" + settings_.environment;
    for (const auto& one : TRY(own()))
        if (const auto state = of_label(one.labels, label("state")); !state.empty() && state != settings_.state)
            return usage(fmt::format("container {} of {} has its lock and its history in '{}', not in '{}': another "
                                     "user deployed it, or HOME was different; set target.state to the folder above {}",
                                     one.name, ours, state, settings_.state, ours));
    const auto model = today();
    if (!model.ok()) return {}; // a rollback and down do without
    for (const auto& one : TRY(of_project(model.value()->project))) {
        const auto app = of_label(one.labels, label("app")), environment = of_label(one.labels, label("environment"));
        if (!app.empty() && app + "/" + environment != ours)
            return usage(fmt::format("project '{}' belongs to {}/{}, not to {}; give each environment a target.project "
                                     "of its own",
                                     model.value()->project, app, environment, ours));
    }
    return {};
}

// That containers of this engine can be reached as the settings want it.
Result<void> ComposePlace::check_reach() {
    const auto* at = TRY(engine());
    const auto about = TRY(at->about());
    if (about.rootless && !by_socket() && settings_.reach == "container")
        return usage("target.reach is container, but this host can't reach the addresses of a rootless engine's "
                     "containers; write reach: host");
    if (by_socket() && about.system == "Docker Desktop")
        return usage("Docker Desktop's containers can't share a socket with this host; write target.port and router: "
                     "{kind: nginx, mode: include} or {kind: haproxy}");
    return {};
}

Result<void> ComposePlace::preflight() {
    TRY_VOID(cli());
    TRY_VOID(check_reach());
    TRY_VOID(check_owner());
    if (by_socket()) TRY_VOID(router_group(settings_));
    if (settings_.keep_warm.count() > 0)
        return usage(
            "keep_warm works only with target kind direct; remove it, since containers of compose are not kept warm");
    const auto model = today();
    if (!model.ok() && read_) return model.error();
    if (!model.ok()) return {}; // a rollback does without
    const auto names = TRY(services(*model.value()));
    if (const auto scale = model.value()->find(names.front())->scale; scale > 1 && settings_.scale == 0)
        return usage(fmt::format("the compose file gives service {} {} containers; write target.scale: {}, so that the "
                                 "router has a place for each",
                                 names.front(), scale, scale));
    for (const auto& name : names) {
        if (settings_.strategy == "recreate") break;
        for (const auto& one : hindrances(*model.value()->find(name), nullptr, 1))
            if (one.blocks)
                return usage(fmt::format("service {} can't run twice because of its {}: {}; write strategy: recreate, "
                                         "or change the compose file",
                                         one.service, one.key, one.text),
                             where_in_compose(files(), one.service, one.key));
    }
    const auto goes = TRY(strays()); // somebody made them since; this deployment ends them
    for (const auto& one : TRY(of_project(model.value()->project))) {
        const auto service = of_label(one.labels, service_label);
        const bool ours =
            one.labels.contains(label("app")) ||
            std::any_of(goes.begin(), goes.end(), [&](const auto& stray) { return stray.name == one.name; });
        if (!ours && !one.is_running() && std::find(names.begin(), names.end(), service) != names.end())
            return usage(fmt::format("container {} of service {} is stopped and was not started by fairlead-deploy: "
                                     "docker compose would start it again; run: docker rm {}",
                                     one.name, service, one.name));
    }
    return {};
}

std::vector<std::string> ComposePlace::notes_of_variables(const Model& model,
                                                          const std::vector<std::string>& names) const {
    std::vector<std::string> notes;
    const auto secrets = secret_names(world_.variables);
    if (settings_.secrets_as == "files")
        for (const auto& name : secrets)
            notes.push_back(fmt::format("{} is passed as the file /run/secrets/{}, whose path is in {}_FILE, and not "
                                        "as a variable; write target.secrets_as: env to pass it as a variable",
                                        name, name, name));
    for (const auto& name : names)
        for (const auto& variable : model.find(name)->variables)
            if (sounds_secret(variable) && std::find(secrets.begin(), secrets.end(), variable) == secrets.end())
                notes.push_back(
                    fmt::format("service {}, environment: {} sounds like a secret, and docker inspect shows "
                                "it; name it in env.secrets and leave it out of the compose file",
                                name, variable));
    return notes;
}

std::vector<std::string> ComposePlace::notes() {
    std::vector<std::string> notes;
    const auto model = today();
    if (!model.ok()) return notes;
    const auto names = services(*model.value());
    if (!names.ok()) return notes;
    if (!settings_.found_target.empty())
        notes.push_back(fmt::format("fairlead.yml has no target; {} makes it kind compose; to say so, write target: "
                                    "{{kind: compose, services: [{}]}}",
                                    settings_.found_target, join(names.value(), ", ")));
    for (const auto& name : names.value()) {
        const auto& service = *model.value()->find(name);
        const auto image = engine_->image(service.image.empty() ? model.value()->project + "-" + name : service.image);
        const auto scale = name == names->front() && settings_.scale > 0 ? settings_.scale : service.scale;
        for (const auto& one : hindrances(service, image.ok() && image.value() ? &*image.value() : nullptr, scale))
            notes.push_back(fmt::format("{}service {}, {}: {}",
                                        told_place(where_in_compose(files(), one.service, one.key)), one.service,
                                        one.key, one.text));
    }
    for (auto& note : notes_of_variables(*model.value(), names.value())) notes.push_back(std::move(note));
    const auto containers = of_project(model.value()->project);
    for (const auto& one : containers.ok() ? containers.value() : std::vector<ListedContainer>()) {
        const auto service = of_label(one.labels, service_label);
        if (!one.labels.contains(label("app")) && std::find(names->begin(), names->end(), service) != names->end())
            notes.push_back(
                fmt::format("container {} of service {} was started by somebody else; it stays", one.name, service));
    }
    return notes;
}

std::unique_ptr<Place> make_compose(const World& world) { return std::make_unique<ComposePlace>(world); }

}
