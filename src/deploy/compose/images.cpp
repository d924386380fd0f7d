#include "base/shell.h"
#include "base/text.h"
#include "deploy/compose/compose_place.h"
#include "deploy/release/damaged.h"
#include "deploy/release/release.h"
#include "ledger/checked.h"
#include <fmt/format.h>
#include <set>

namespace fairlead::deploy {

Result<UsedImage> ComposePlace::resolve_local(const std::string& reference) {
    const auto* at = TRY(engine());
    const auto image = TRY(at->image(reference));
    if (!image) return UsedImage{};
    return UsedImage{.image = image->digests.empty() ? image->id : std::string(), .id = image->id, .user = image->user};
}

// What is built here, and what no registry ever had, is its id. All else is asked of its registry, unless the compose
// file names the digest: an old copy that lies here under the same tag is not what was meant.
Result<std::map<std::string, UsedImage>> ComposePlace::resolve(const Model& model,
                                                               const std::vector<std::string>& names) {
    std::map<std::string, UsedImage> images;
    std::vector<std::string> built, asked;
    for (const auto& name : names)
        if (model.find(name)->is_built) built.push_back(name);
    if (!built.empty() && !world_.only_looks) {
        const auto* compose = TRY(cli());
        TRY_VOID(compose->build(files(), built));
    }
    for (const auto& name : names) {
        const auto& service = *model.find(name);
        const auto reference = service.image.empty() ? model.project + "-" + name : service.image;
        auto used = TRY(resolve_local(reference));
        if (service.is_built && used.id.empty())
            return no(
                fmt::format("image '{}' is not built yet, so its release is unknown; run: docker compose build {}",
                            reference, shell_word(name)));
        if (service.is_built) used.image = used.id;
        if (const auto pinned = by_digest(reference); !pinned.empty()) used.image = pinned;
        if (used.image.empty()) asked.push_back(name);
        if (!service.user.empty()) used.user = service.user;
        images[name] = std::move(used);
    }
    if (asked.empty()) return images;
    const auto* compose = TRY(cli());
    auto text = TRY(compose->config(files(), asked, true));
    const auto resolved = TRY(parse_model(std::move(text)));
    for (const auto& name : asked) {
        const auto* service = resolved.find(name);
        const auto pinned = by_digest(service == nullptr ? "" : service->image);
        if (pinned.empty())
            return could_not(
                fmt::format("the registry of image '{}' does not give its digest", model.find(name)->image));
        if (const auto local = TRY(resolve_local(pinned)); local.id != images[name].id) images[name].id = local.id;
        images[name].image = pinned;
    }
    return images;
}

Result<int> ComposePlace::port_of(const ModelService& service, const UsedImage& used) {
    if (settings_.port > 0) return settings_.port;
    if (by_socket()) return 0;
    auto known = service.ports;
    if (known.empty() && !used.id.empty()) {
        const auto* at = TRY(engine());
        if (const auto image = TRY(at->image(used.id))) known = image->exposed;
    }
    if (known.size() == 1) return known.front();
    std::vector<std::string> words;
    for (const auto port : known) words.push_back(std::to_string(port));
    return usage(fmt::format("it is not known at which port service {} listens: {}; write target.port", service.name,
                             words.empty() ? "neither the compose file nor the image names a port"
                                           : "the candidates are " + join(words, ", ")));
}

Result<Release> ComposePlace::read(const std::string& version, const std::string& commit) {
    const auto* model = TRY(today());
    const auto names = TRY(services(*model));
    auto images = TRY(resolve(*model, names));
    Recipe recipe{.project = model->project, .folder = project_folder(), .images = std::move(images), .model = *model};
    recipe.port = TRY(port_of(*model->find(names.front()), recipe.images[names.front()]));
    Release release;
    release.info = TRY(name_release(settings_, settings_.env_folder, version, commit, digest_of(recipe.images)));
    recipe.release = release.info.id;
    read_ = std::move(recipe);
    return release;
}

Result<Recipe> ComposePlace::recipe_of(const std::string& release) {
    if (read_ && read_->release == release) return *read_;
    const auto file = recipe_file(release);
    const auto text = host_.read_file(file);
    if (!text.ok())
        return no(
            fmt::format("the file that says how release {} is run is not here any more: {}; deploy the release again",
                        release, text.error().message));
    return parse_recipe(text.value(), file.string(), world_.store.ledger().of());
}

std::string ComposePlace::keep_name(const std::string& service) const {
    std::string name;
    for (const char c : lower(fmt::format("{}-{}-{}", settings_.app, settings_.environment, service))) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (plain || (!name.empty() && name.back() != '-')) name += plain ? c : '-';
    }
    while (!name.empty() && name.back() == '-') name.pop_back();
    return "fairlead/" + name;
}

Result<void> ComposePlace::fetch(const Release& release) {
    auto recipe = TRY(recipe_of(release.info.id));
    const auto* at = TRY(engine());
    const auto* compose = TRY(cli());
    for (auto& [service, used] : recipe.images) {
        constexpr int attempts = 3;
        for (int attempt = 1; used.id.empty(); ++attempt) {
            const auto pulled = compose->pull(used.image);
            if (!pulled.ok() && attempt == attempts) return pulled.error();
            if (!pulled.ok() && !world_.clock.sleep(Milliseconds{1000} * attempt)) return pulled.error();
            if (!pulled.ok()) continue;
            const auto image = TRY(at->image(used.image));
            if (!image) return could_not(fmt::format("image '{}' is not here after it was pulled", used.image));
            used.id = image->id;
            if (used.user.empty()) used.user = image->user;
        }
        // `docker image prune` takes what has no name, and a rollback needs it.
        TRY_VOID(at->tag(used.id, keep_name(service), used.id.substr(used.id.find(':') + 1, 12)));
    }
    if (recipe.port == 0 && !by_socket()) {
        const auto name = service_of({.slot = "a"});
        recipe.port = TRY(port_of(*recipe.model.find(name), recipe.images[name]));
    }
    if (by_socket()) TRY_VOID(host_.make_open_folders(layout_.root));
    TRY_VOID(host_.make_folders(recipe_file(release.info.id).parent_path(), 0750));
    TRY_VOID(host_.write_file(recipe_file(release.info.id), to_json(recipe, world_.store.ledger().of()), 0600));
    read_ = std::move(recipe);
    return {};
}

Result<std::vector<std::string>> ComposePlace::present() {
    std::vector<std::string> ids;
    for (const auto& id : TRY(world_.store.releases())) {
        const auto read = world_.store.release(id);
        const auto info = read.ok() ? read.value() : std::nullopt; // a damaged record is told by who acts
        if (info && info->prepared && check(id).ok()) ids.push_back(id);
    }
    return ids;
}

// One that no recipe tells how to run is no release any more, unless it serves.
Result<std::vector<ledger::Damage>> ComposePlace::damaged() {
    std::vector<ledger::Damage> found;
    const auto state = world_.store.state();
    for (const auto& id : TRY(world_.store.releases())) {
        const auto info = world_.store.release(id);
        if (!info.ok() || !info.value() || !info.value()->prepared) continue;
        const auto file = recipe_file(id);
        const bool there = host_.inspect(file).type != sys::FileType::absent;
        const auto text = host_.read_file(file);
        if (there && !text.ok()) continue; // its secrets are for nobody else to see
        const auto recipe = !there      ? Result<Recipe>(gone(file))
                            : text.ok() ? parse_recipe(text.value(), file.string(), world_.store.ledger().of())
                                        : Result<Recipe>(text.error());
        const bool ours = recipe.ok() && recipe->release == id;
        if (ours) continue;
        const auto what = recipe.ok() ? of_another(file, recipe->release) : recipe.error();
        const bool stays = text.ok() && ledger::is_later(text.value());
        found.push_back({what, file, there && !stays ? ledger::Damage::Cure::aside : ledger::Damage::Cure::none, true});
        const auto record = sys::Path(settings_.state) / "releases" / (id + ".json");
        if (!stays && state.ok() && state->current != id)
            found.push_back(
                {could_not("the record does not say how the release is run", {.file = record.string(), .line = 1}),
                 record, ledger::Damage::Cure::aside, true});
    }
    return found;
}

Result<void> ComposePlace::check(const std::string& release) {
    const auto recipe = TRY(recipe_of(release));
    const auto* at = TRY(engine());
    for (const auto& [service, used] : recipe.images) {
        const auto image = TRY(at->image(used.id));
        if (!image)
            return no(
                fmt::format("image {} of release {} is not here any more; deploy the release again, or pull that image",
                            used.image, release));
    }
    return {};
}

Result<void> ComposePlace::prune(const std::vector<std::string>& kept) {
    TRY_VOID(end_prepares());
    const auto* at = TRY(engine());
    const auto state = TRY(world_.store.state());
    std::set<std::string> needed(kept.begin(), kept.end()), images;
    for (const auto& one : TRY(own())) {
        const bool serves = of_label(one.labels, label("slot")) == state.slot;
        if (one.is_running() || serves)
            needed.insert(of_label(one.labels, label("release")));
        else
            TRY_VOID(at->remove(one.id));
    }
    const auto seen = TRY(observe());
    for (const auto& [instance, one] : seen) {
        if (!one.running && instance.slot != state.slot)
            TRY_VOID(host_.remove_tree(slot_folder(instance)));
        else
            needed.insert(one.release);
    }
    std::vector<std::pair<std::string, std::string>> dropped; // service and id
    for (const auto& id : TRY(world_.store.releases())) {
        const auto recipe = recipe_of(id);
        if (!recipe.ok() && needed.contains(id)) continue;
        for (const auto& [service, used] : recipe.ok() ? recipe->images : std::map<std::string, UsedImage>()) {
            if (needed.contains(id))
                images.insert(used.id);
            else
                dropped.emplace_back(service, used.id);
        }
        if (needed.contains(id)) continue;
        TRY_VOID(world_.store.forget_release(id));
        TRY_VOID(host_.remove_tree(recipe_file(id)));
    }
    for (const auto& [service, id] : dropped)
        if (!id.empty() && !images.contains(id))
            TRY_VOID(at->remove_image(keep_name(service) + ":" + id.substr(id.find(':') + 1, 12)));
    return {};
}

}
