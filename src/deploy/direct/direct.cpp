#include "base/credentials.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/url.h"
#include "deploy/direct/keeper.h"
#include "deploy/direct/router_group.h"
#include "deploy/direct/shelf.h"
#include "deploy/direct/surroundings.h"
#include "deploy/direct/user.h"
#include "deploy/layout.h"
#include "deploy/release/places.h"
#include "ledger/files.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

using sys::FileType;

constexpr int log_lines = 20;

// Where our sockets are asked as if they were `url`: "http://host:port".
std::string plain_origin(const std::string& url) {
    const auto parts = parse_url(url);
    return "http://" + (parts.ok() ? parts->authority() : url.substr(0, url.find('/')));
}

class DirectTarget : public Target {
  public:
    explicit DirectTarget(const World& world)
        : world_(world), settings_(world.settings),
          host_(world.host), layout_{world.settings.root, !world.settings.user.empty() && sys::is_root()},
          keeper_(uses_systemd() ? systemd_keeper(layout_, world, {unit_name(), "/etc/systemd/system"})
                                 : own_keeper(layout_, world)) {}

    Result<void> check_owner() override;
    Result<void> preflight() override;
    Result<Observed> observe() override;
    Result<bool> same_settings(const std::string& slot, const ReleaseInfo& release) override;
    Result<void> fetch(const Release& release) override;
    Result<void> prepare(const ReleaseInfo& release) override;
    Result<void> start(const std::string& slot, const ReleaseInfo& release) override;
    Result<void> restart(const std::string& slot) override;
    Result<ProcessSeen> process(const std::string& slot) override { return keeper_->seen(slot); }
    Result<sys::HttpResponse> ask(const std::string& slot, Milliseconds limit) override;
    Result<sys::HttpResponse> ask_router() override;
    Result<sys::SocketUse> use(const std::string& slot) override { return host_.socket_use(socket_of(slot).string()); }
    Result<void> route(const std::string& slot) override;
    Result<void> end(const std::string& slot) override { return keeper_->end(slot); }
    Result<void> kill(const std::string& slot) override { return keeper_->kill(slot); }
    Result<void> clear(const std::string& slot) override;
    Result<void> commit(const std::string& slot, const std::string& release) override;
    Result<std::vector<std::string>> present() override;
    Result<void> prune(const std::vector<std::string>& kept) override;
    std::string last_lines(const std::string& slot) override;
    Result<void> check(const std::string& release) override { return shelf_.check({.id = release}); }
    Result<std::string> drift(const std::string& release) override { return shelf_.drift(release); }

  private:
    bool uses_systemd() const { return wants_systemd(settings_.supervise, sys::is_root(), systemd_runs()); }
    // Two lines: whose root it is, and where its lock and its history are.
    std::string owner() const { return settings_.app + "/" + settings_.environment + "\n" + settings_.state + "\n"; }
    std::string unit_name() const {
        return fmt::format("fairlead-{}-{}@.service", settings_.app, settings_.environment);
    }
    std::string filled(std::string word, const std::string& slot, const std::string& release) const;
    Launch launch_of(const std::string& slot, const std::string& release) const;
    std::string env_of(const std::string& slot, const ReleaseInfo& release) const;
    sys::Path socket_of(const std::string& slot) const;
    Result<void> check_program() const;
    Result<void> make_socket_folders(const std::string& slot) const;
    Result<void> prune_slot(const std::string& slot) const;
    Result<void> remove_leftovers(const sys::Path& folder) const;

    const World& world_;
    const Settings& settings_;
    sys::Host& host_;
    const Layout layout_;
    std::unique_ptr<Keeper> keeper_;
    Shelf shelf_{layout_, world_};
};

std::string DirectTarget::filled(std::string word, const std::string& slot, const std::string& release) const {
    const std::pair<std::string_view, std::string> values[] = {{"{socket}", layout_.socket(slot).string()},
                                                               {"{release}", layout_.release(release).string()},
                                                               {"{shared}", layout_.shared().string()},
                                                               {"{slot}", slot}};
    for (const auto& [name, value] : values) word = replace_all(word, name, value);
    return word;
}

Launch DirectTarget::launch_of(const std::string& slot, const std::string& release) const {
    Launch launch{.folder = layout_.release(release).string(),
                  .socket = layout_.socket(slot).string(),
                  .log = layout_.log(slot).string(),
                  .stop_signal = settings_.stop_signal,
                  .stop_timeout = settings_.stop_timeout,
                  .secrets = secret_names(world_.variables),
                  .user = settings_.user};
    for (const auto& word : settings_.command) launch.argv.push_back(filled(word, slot, release));
    return launch;
}

std::string DirectTarget::env_of(const std::string& slot, const ReleaseInfo& release) const {
    auto told = told_of_release(settings_, release);
    told.insert(told.end(), {{"FAIRLEAD_SLOT", slot}, {"FAIRLEAD_SOCKET", layout_.socket(slot).string()}});
    auto text = render_env(world_.variables);
    for (const auto& [name, value] : told) text += fmt::format("{}={}\n", name, quote_env(value));
    return text;
}

// As the start will look it up. What lies in the release can be looked at only once that is there.
Result<void> DirectTarget::check_program() const {
    const auto& program = settings_.command.front();
    const auto path = path_in(application_environment(world_.process, nullptr, assignments(world_.variables)));
    const auto folders = split(path, ':');
    const bool bare = program.find('/') == program.npos;
    const bool inside =
        program.find('{') != program.npos ||
        (bare ? std::any_of(folders.begin(), folders.end(), [](const auto& one) { return !one.starts_with('/'); })
              : program[0] != '/');
    if (inside) return {};
    TRY_VOID(require_program("target.command", program, path, "/"));
    return {};
}

Result<void> DirectTarget::check_owner() {
    TRY_VOID(check_places(settings_, layout_));
    if (host_.inspect(layout_.owner()).type == FileType::absent) return {};
    const auto written = TRY(host_.read_file(layout_.owner()));
    const auto there = split(written, '\n'), ours = split(owner(), '\n');
    if (there[0] != ours[0]) {
        return usage(fmt::format("'{}' belongs to {}, not to {}; give each environment a target.root of its own",
                                 layout_.root.string(), there[0], ours[0]));
    }
    const bool says_state = there.size() > 1 && !there[1].empty();
    if (!says_state || there[1] == ours[1]) return {};
    return usage(fmt::format("the lock and the history of '{}' are in '{}', not in '{}': another user or HOME deployed "
                             "there; set target.state to the folder above {}, or remove '{}' when they were moved",
                             layout_.root.string(), there[1], ours[1], ours[0], layout_.owner().string()));
}

Result<void> DirectTarget::preflight() {
    TRY_VOID(check_program());
    TRY_VOID(check_owner());
    TRY_VOID(target_user(settings_));
    TRY_VOID(router_group(settings_));
    const auto answer = TRY(ask_router());
    if (answer.status != 0) return {};
    return could_not(
        fmt::format("the router does not answer at {}: {}; start nginx with what `fairlead-deploy router` prints",
                    settings_.url, answer.reason));
}

Result<Observed> DirectTarget::observe() {
    Observed observed;
    for (const std::string slot : slot_names) {
        const auto link = host_.read_link(layout_.slot_release(slot));
        const auto seen = TRY(keeper_->seen(slot));
        observed.slots[slot] = {seen.running, link.ok() ? sys::Path(link.value()).filename().string() : "", seen.alone};
    }
    if (const auto link = host_.read_link(layout_.current_socket()); link.ok())
        observed.routed = sys::Path(*sys::Path(link.value()).begin()).stem().string(); // a.sock or a/app.sock
    return observed;
}

Result<bool> DirectTarget::same_settings(const std::string& slot, const ReleaseInfo& release) {
    if (slot.empty()) return false;
    const auto launch = host_.read_file(layout_.launch(slot));
    const auto env = host_.read_file(layout_.env(slot));
    return launch.ok() && env.ok() && launch.value() == to_json(launch_of(slot, release.id)) &&
           env.value() == env_of(slot, release);
}

Result<void> DirectTarget::fetch(const Release& release) {
    if (host_.read_file(layout_.owner()).value_or("") != owner()) {
        TRY_VOID(host_.make_open_folders(layout_.root));
        TRY_VOID(host_.write_file(layout_.owner(), owner()));
    }
    std::vector<std::string> running;
    for (const auto& [slot, seen] : TRY(observe()).slots)
        if (seen.running) running.push_back(seen.release);
    return shelf_.fetch(release, running);
}

Result<void> DirectTarget::prepare(const ReleaseInfo& release) {
    auto commands = settings_.prepare;
    for (auto& argv : commands)
        for (auto& word : argv) word = filled(word, "", release.id);
    return shelf_.prepare(release, commands);
}

// The one that the slot's process was given: target.user may have come or gone since.
sys::Path DirectTarget::socket_of(const std::string& slot) const {
    const auto text = host_.read_file(layout_.launch(slot));
    const auto launch = text.ok() ? parse_launch(text.value(), "launch.json") : Result<Launch>(text.error());
    const auto other = Layout{layout_.root, !layout_.apart}.socket(slot);
    return launch.ok() && launch->socket == other.string() ? other : layout_.socket(slot);
}

Result<void> DirectTarget::make_socket_folders(const std::string& slot) const {
    const auto user = TRY(target_user(settings_));
    const auto group = TRY(router_group(settings_));
    TRY_VOID(host_.make_socket_folder(layout_.run().string(), {.group = group, .passed_through = layout_.apart}));
    if (!layout_.apart || !user) return {};
    TRY_VOID(host_.make_socket_folder(layout_.socket_folder(slot).string(), {.owner = user->uid, .group = group}));
    return {};
}

Result<void> DirectTarget::start(const std::string& slot, const ReleaseInfo& release) {
    TRY_VOID(shelf_.check(release));
    TRY_VOID(host_.make_folders(layout_.slot(slot), 0750));
    if (host_.inspect(layout_.log(slot)).type == FileType::file) {
        TRY_VOID(host_.rename_path(layout_.log(slot), layout_.log(slot).string() + ".1"));
    }
    TRY_VOID(make_socket_folders(slot));
    TRY_VOID(host_.replace_symlink(sys::Path("../../releases") / release.id, layout_.slot_release(slot)));
    TRY_VOID(host_.write_file(layout_.env(slot), env_of(slot, release), 0600));
    TRY_VOID(host_.write_file(layout_.launch(slot), to_json(launch_of(slot, release.id)), 0640));
    return keeper_->start(slot, launch_of(slot, release.id));
}

Result<void> DirectTarget::restart(const std::string& slot) {
    const auto file = layout_.launch(slot);
    const auto text = TRY(host_.read_file(file));
    const auto launch = TRY(parse_launch(text, file.string()));
    return keeper_->start(slot, launch);
}

Result<sys::HttpResponse> DirectTarget::ask(const std::string& slot, Milliseconds limit) {
    return world_.http.send({.url = plain_origin(settings_.url) + settings_.health.path,
                             .socket = socket_of(slot).string(),
                             .timeout = std::min(settings_.health.timeout, limit),
                             .rest_of_deadline = limit < settings_.health.timeout,
                             .fresh_connection = true});
}

Result<sys::HttpResponse> DirectTarget::ask_router() {
    return world_.http.send(
        {.url = settings_.url + settings_.health.path, .timeout = settings_.health.timeout, .fresh_connection = true});
}

Result<void> DirectTarget::route(const std::string& slot) {
    if (slot.empty()) return host_.remove_tree(layout_.current_socket());
    return host_.replace_symlink(socket_of(slot).lexically_relative(layout_.run()), layout_.current_socket());
}

Result<void> DirectTarget::clear(const std::string& slot) {
    TRY_VOID(host_.remove_tree(socket_of(slot)));
    return keeper_->clear(slot);
}

Result<void> DirectTarget::commit(const std::string& slot, const std::string& release) {
    if (slot.empty())
        TRY_VOID(host_.remove_tree(layout_.current()));
    else
        TRY_VOID(host_.replace_symlink(sys::Path("releases") / release, layout_.current()));
    return keeper_->commit(slot);
}

Result<std::vector<std::string>> DirectTarget::present() {
    std::vector<std::string> ids;
    for (const auto& id : TRY(world_.store.releases())) {
        const auto info = TRY(world_.store.release(id));
        if (info && info->prepared && host_.inspect(layout_.release(id)).type == FileType::folder) ids.push_back(id);
    }
    return ids;
}

Result<void> DirectTarget::prune(const std::vector<std::string>& kept) {
    for (const std::string slot : slot_names) TRY_VOID(prune_slot(slot));
    const auto observed = TRY(observe());
    const auto needed = [&](const std::string& id) {
        return std::find(kept.begin(), kept.end(), id) != kept.end() ||
               std::any_of(observed.slots.begin(), observed.slots.end(),
                           [&](const auto& slot) { return slot.second.release == id; });
    };
    for (const auto& id : TRY(world_.store.releases())) {
        if (!needed(id)) TRY_VOID(world_.store.forget_release(id)); // first: a half removed folder is no release
    }
    if (host_.inspect(layout_.releases()).type == FileType::folder) {
        for (const auto& id : TRY(host_.list_folder(layout_.releases()))) {
            if (!needed(id)) TRY_VOID(host_.remove_tree(layout_.release(id)));
        }
    }
    for (const auto& folder : {layout_.root, layout_.run()}) TRY_VOID(remove_leftovers(folder));
    return {};
}

Result<void> DirectTarget::remove_leftovers(const sys::Path& folder) const {
    if (host_.inspect(folder).type == FileType::absent) return {};
    for (const auto& name : TRY(host_.list_folder(folder)))
        if (ledger::is_leftover(name)) TRY_VOID(host_.remove_tree(folder / name));
    return {};
}

// A slot where nothing runs keeps only its log: no secrets, no link to a release that may go.
Result<void> DirectTarget::prune_slot(const std::string& slot) const {
    TRY_VOID(remove_leftovers(layout_.slot(slot)));
    if (TRY(keeper_->seen(slot)).running) return {};
    if (TRY(world_.store.state()).slot == slot) return {};
    for (const auto& path : {layout_.env(slot), layout_.launch(slot), layout_.process(slot), layout_.slot_release(slot),
                             layout_.lock(slot)}) {
        TRY_VOID(host_.remove_tree(path));
    }
    return {};
}

std::string DirectTarget::last_lines(const std::string& slot) {
    const auto text = slot.empty() ? shelf_.output() : host_.read_file(layout_.log(slot)).value_or("");
    register_urls_in(text); // of what a command or an application says nobody knows what it holds
    auto lines = split(trim(text), '\n');
    if (lines.size() > log_lines) lines.erase(lines.begin(), lines.end() - log_lines);
    return printable(join(lines, "\n")); // to a terminal, and into candidate.log
}

}

std::unique_ptr<Target> make_direct(const World& world) { return std::make_unique<DirectTarget>(world); }

}
