#include "deploy/direct/direct.h"
#include "base/credentials.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/url.h"
#include "deploy/address.h"
#include "deploy/direct/keeper.h"
#include "deploy/direct/router_group.h"
#include "deploy/direct/shared.h"
#include "deploy/direct/shelf.h"
#include "deploy/direct/surroundings.h"
#include "deploy/direct/usage.h"
#include "deploy/direct/user.h"
#include "deploy/last_lines.h"
#include "deploy/layout.h"
#include "deploy/release/places.h"
#include "ledger/files.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

using sys::FileType;

// By it a keeper finds what an instance without a socket left.
constexpr const char* instance_mark = "FAIRLEAD_INSTANCE";

// Where our sockets are asked as if they were `url`: "http://host:port", with the path below which all of it lies.
std::string plain_origin(const std::string& url) {
    const auto parts = parse_url(url);
    return parts.ok() ? "http://" + parts->authority() + parts->path : "http://" + url.substr(0, url.find('/'));
}

class DirectPlace : public Place {
  public:
    explicit DirectPlace(const World& world)
        : world_(world), settings_(world.settings),
          host_(world.host), layout_{world.settings.root, !world.settings.user.empty() && sys::is_root()},
          managers_(managers_here(host_, world.process)), keeping_(keeping(settings_.supervise, managers_)),
          keeper_(make_keeper()) {}

    Result<void> check_owner() override;
    Result<void> preflight() override;
    std::vector<std::string> notes() override;
    std::vector<std::string> warnings() override;
    Result<Release> read(const std::string& version, const std::string& commit) override {
        return read_release(settings_, version, commit);
    }
    std::vector<Instance> instances(const std::string& slot) override;
    bool by_tcp() const override { return settings_.port != 0; }
    Result<void> can_start() override;
    Result<Seen> observe() override;
    Assignments given(const std::string& slot) override;
    Result<bool> same_settings(const std::string& slot, const ReleaseInfo& release) override;
    Result<void> fetch(const Release& release) override;
    Result<void> prepare(const ReleaseInfo& release) override;
    Result<void> start(const std::vector<Instance>& instances, const ReleaseInfo& release) override;
    Result<void> restart(const Instance& instance) override;
    Result<ProcessSeen> process(const Instance& instance) override { return keeper_->seen(name_of(instance)); }
    std::vector<sys::ProcessId> processes(const std::vector<Instance>& instances) override;
    Result<std::vector<Usage>> resources() override;
    Result<void> keep_warm(const std::vector<Instance>& drained, Milliseconds time) override {
        for (const auto& instance : drained) TRY_VOID(keeper_->keep_warm(name_of(instance), time));
        return {};
    }
    Result<void> wake(const std::vector<Instance>& warm) override {
        for (const auto& instance : warm) TRY_VOID(keeper_->wake(name_of(instance)));
        return {};
    }
    Result<std::string> address(const Instance& instance) override;
    Result<bool> listens(const Instance& instance) override;
    Result<bool> is_open(const Instance& instance) override;
    Result<sys::HttpResponse> ask(const Instance& instance, Milliseconds limit) override;
    Result<void> outlast(const std::vector<Instance>& instances) override {
        for (const auto& instance : instances) TRY_VOID(keeper_->outlast(name_of(instance)));
        return {};
    }
    Result<void> end(const Instance& instance) override { return keeper_->end(name_of(instance)); }
    Result<void> kill(const Instance& instance) override { return keeper_->kill(name_of(instance)); }
    Result<void> clear(const Instance& instance) override;
    Result<void> commit(const std::string& slot, const std::string& release) override;
    Result<std::vector<std::string>> present() override;
    Result<void> record_again() override { return shelf_.record_again(); }
    Result<void> prune(const std::vector<std::string>& kept) override;
    std::string last_lines(const Instance& instance) override { return log(instance, 20); }
    std::string log(const Instance& instance, std::size_t lines) override {
        return last_lines_of(host_.read_file(layout_.log(kept_as(host_, layout_, name_of(instance)))).value_or(""),
                             lines);
    }
    std::string prepare_lines() override { return last_lines_of(shelf_.output()); }
    Result<void> check(const std::string& release) override { return shelf_.check({.id = release}); }
    Result<std::string> drift(const std::string& release) override { return shelf_.drift(release); }

  private:
    std::unique_ptr<Keeper> make_keeper() const;
    std::unique_ptr<Keeper> plain_keeper() const; // without target.reload
    // Two lines: whose root it is, and where its lock and its history are.
    std::string owner() const { return settings_.app + "/" + settings_.environment + "\n" + settings_.state + "\n"; }
    std::string unit_name() const {
        return fmt::format("fairlead-{}-{}@.service", settings_.app, settings_.environment);
    }
    std::string filled(std::string word, const Instance& instance, const std::string& release) const;
    bool binds_socket(const Instance& instance) const { return instance.serves() && settings_.port == 0; }
    int port_of(const Instance& instance) const; // by today's settings
    Launch launch_of(const Instance& instance, const std::string& release) const;
    std::string env_of(const Instance& instance, const ReleaseInfo& release) const;
    // Where it listens, as it was started; a name is that of an instance.
    Result<Launch> started_as(const std::string& name) const;
    sys::Path socket_in_use(const Result<Launch>& launch, const std::string& name) const;
    struct Reached {
        std::string at;   // as Upstream's
        sys::Path socket; // empty: `at` is host:port
    };
    Result<Reached> reached(const Instance& instance);
    Result<void> start_one(const Instance& instance, const ReleaseInfo& release);
    Result<std::vector<Instance>> all() const; // that are, or were
    Result<void> check_program() const;
    Result<void> make_socket_folders(const std::string& slot) const;
    Result<void> prune_slot(const std::string& slot) const;
    Result<void> remove_leftovers(const sys::Path& folder) const;

    const World& world_;
    const Settings& settings_;
    sys::Host& host_;
    const Layout layout_;
    const Managers managers_;
    const Keeping keeping_;
    const std::unique_ptr<Keeper> keeper_;
    Shelf shelf_{layout_, world_};
};

// Ours first. Another one may keep what an earlier deployment started: before lingering was enabled, say.
std::unique_ptr<Keeper> DirectPlace::plain_keeper() const {
    std::vector<std::unique_ptr<Keeper>> keepers;
    const auto add = [&](Keeping kind) {
        const auto home = world_.process.get_or("HOME", "");
        const auto config = world_.process.get_or("XDG_CONFIG_HOME", home + "/.config");
        if (kind == Keeping::own) keepers.push_back(own_keeper(layout_, world_));
        if (kind == Keeping::systemd)
            keepers.push_back(systemd_keeper(layout_, world_, {unit_name(), "/etc/systemd/system"}));
        if (kind == Keeping::user_units && config.starts_with('/'))
            keepers.push_back(systemd_keeper(layout_, world_,
                                             {unit_name(), config + "/systemd/user", runtime_folder(world_.process)}));
    };
    add(keeping_);
    if (keeping_ != Keeping::own || keepers.empty()) add(Keeping::own);
    if (keeping_ == Keeping::own && managers_.systemd && managers_.root) add(Keeping::systemd);
    if (keeping_ == Keeping::own && managers_.of_user) add(Keeping::user_units);
    return keepers.size() == 1 ? std::move(keepers.front()) : keeper_of_each(std::move(keepers));
}

// What was reloaded once stays with who did that, until it ends.
std::unique_ptr<Keeper> DirectPlace::make_keeper() const {
    if (!settings_.reload.empty()) return reload_keeper(layout_, world_, plain_keeper());
    const auto there = [&](const char* home) { return host_.inspect(layout_.slot(home)).type != FileType::absent; };
    if (!there("x") && !there("y")) return plain_keeper();
    std::vector<std::unique_ptr<Keeper>> keepers;
    keepers.push_back(plain_keeper());
    keepers.push_back(reload_keeper(layout_, world_, plain_keeper()));
    return keeper_of_each(std::move(keepers));
}

std::vector<std::string> DirectPlace::notes() {
    auto told = limits_not_held(settings_.limits, keeping_);
    if (settings_.reload.empty()) return told;
    told.push_back(
        fmt::format("{} reads the code again in the process that serves: nothing is proven beside it, and what "
                    "its old workers don't end in their own time is lost (gunicorn: graceful_timeout)",
                    settings_.reload));
    told.push_back("its variables stay those of its start, FAIRLEAD_VERSION too: let health.version come from a file "
                   "of the release; other variables, command or limits start a new process");
    return told;
}

std::vector<std::string> DirectPlace::warnings() {
    auto told = limits_not_held(settings_.limits, keeping_);
    for (auto& one : not_outlived(layout_, world_, keeping_, managers_)) told.push_back(std::move(one));
    return told;
}

std::vector<Instance> DirectPlace::instances(const std::string& slot) {
    std::vector<Instance> all;
    for (int number = 1; number <= settings_.replicas; ++number) all.push_back({slot, number});
    for (const auto& process : settings_.processes)
        for (int number = 1; number <= process.count; ++number) all.push_back({slot, number, process.name});
    return all;
}

// The same for a replica's slot whatever their number, so that no release takes another one's.
int DirectPlace::port_of(const Instance& instance) const {
    if (settings_.port == 0 || !instance.serves()) return 0;
    return settings_.port + 2 * (instance.number - 1) + (instance.slot == "a" ? 0 : 1);
}

std::string DirectPlace::filled(std::string word, const Instance& instance, const std::string& release) const {
    const std::pair<std::string_view, std::string> values[] = {{"{socket}", layout_.socket(name_of(instance)).string()},
                                                               {"{release}", layout_.release(release).string()},
                                                               {"{shared}", layout_.shared().string()},
                                                               {"{slot}", instance.slot},
                                                               {"{port}", std::to_string(port_of(instance))},
                                                               {"{replica}", std::to_string(instance.number)}};
    for (const auto& [name, value] : values) word = replace_all(word, name, value);
    return word;
}

Launch DirectPlace::launch_of(const Instance& instance, const std::string& release) const {
    const auto name = name_of(instance);
    Launch launch{.folder = layout_.release(release).string(),
                  .socket = binds_socket(instance) ? layout_.socket(name).string() : "",
                  .log = layout_.log(name).string(),
                  .stop_signal = settings_.stop_signal,
                  .stop_timeout = settings_.stop_timeout,
                  .secrets = secret_names(world_.variables),
                  .user = settings_.user,
                  .port = port_of(instance),
                  .limits = settings_.limits,
                  .umask = parse_umask(settings_.umask)};
    const auto process = std::find_if(settings_.processes.begin(), settings_.processes.end(),
                                      [&](const Process& one) { return one.name == instance.process; });
    const auto& command =
        instance.serves() || process == settings_.processes.end() ? settings_.command : process->command;
    for (const auto& word : command) launch.argv.push_back(filled(word, instance, release));
    return launch;
}

std::string DirectPlace::env_of(const Instance& instance, const ReleaseInfo& release) const {
    auto told = told_of_release(settings_, release);
    told.emplace_back("FAIRLEAD_SLOT", instance.slot);
    if (binds_socket(instance)) told.emplace_back("FAIRLEAD_SOCKET", layout_.socket(name_of(instance)).string());
    if (const int port = port_of(instance); port != 0) told.emplace_back("FAIRLEAD_PORT", std::to_string(port));
    if (!instance.serves()) told.emplace_back("FAIRLEAD_PROCESS", instance.process);
    if (settings_.replicas > 1 || !instance.serves())
        told.emplace_back("FAIRLEAD_REPLICA", std::to_string(instance.number));
    if (!binds_socket(instance)) told.emplace_back(instance_mark, layout_.slot(name_of(instance)).string());
    auto text = render_env(world_.variables);
    for (const auto& [name, value] : told) text += fmt::format("{}={}\n", name, quote_env(value));
    return text;
}

// As the start will look it up. What lies in the release can be looked at only once that is there.
Result<void> DirectPlace::check_program() const {
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

Result<void> DirectPlace::check_owner() {
    TRY_VOID(check_places(settings_, layout_));
    if (host_.inspect(layout_.owner()).type == FileType::absent) return {};
    const auto written = TRY(host_.read_file(layout_.owner()));
    const auto there = split(written, '\n'), ours = split(owner(), '\n');
    if (trim(written).empty()) return {}; // torn: the next deployment writes it again
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

Result<void> DirectPlace::preflight() {
    TRY_VOID(check_owner());
    TRY_VOID(check_shared(settings_, layout_));
    return can_start();
}

Result<void> DirectPlace::can_start() {
    TRY_VOID(check_program());
    TRY_VOID(check_managers(settings_.supervise, managers_));
    std::vector<std::string> names;
    for (const std::string slot : slot_names)
        for (const auto& instance : instances(slot)) names.push_back(name_of(instance));
    TRY_VOID(keeper_->check(names));
    TRY_VOID(target_user(settings_));
    TRY_VOID(router_group(settings_));
    return {};
}

Result<std::vector<Instance>> DirectPlace::all() const {
    std::vector<Instance> found{{.slot = "a"}, {.slot = "b"}};
    const auto folder = layout_.slot("a").parent_path();
    if (host_.inspect(folder).type != FileType::folder) return found;
    for (const auto& name : TRY(host_.list_folder(folder))) {
        const auto instance = instance_of(name);
        if (instance && std::find(found.begin(), found.end(), *instance) == found.end()) found.push_back(*instance);
    }
    return found;
}

Result<Seen> DirectPlace::observe() {
    Seen observed;
    for (const auto& instance : TRY(all())) {
        const auto name = name_of(instance);
        const auto link = host_.read_link(layout_.slot_release(name));
        const auto seen = TRY(keeper_->seen(name));
        observed[instance] = {seen.running, link.ok() ? sys::Path(link.value()).filename().string() : "", seen.alone};
    }
    return observed;
}

Assignments DirectPlace::given(const std::string& slot) {
    const auto file = layout_.env(slot);
    const auto lines = parse_env(host_.read_file(file).value_or(""), file.string());
    return lines.ok() ? lines.value() : Assignments();
}

Result<bool> DirectPlace::same_settings(const std::string& slot, const ReleaseInfo& release) {
    if (slot.empty()) return false;
    for (const auto& instance : instances(slot)) {
        const auto name = name_of(instance);
        const auto launch = host_.read_file(layout_.launch(name));
        const auto env = host_.read_file(layout_.env(name));
        const bool same = launch.ok() && env.ok() && launch.value() == to_json(launch_of(instance, release.id)) &&
                          env.value() == env_of(instance, release);
        if (!same) return false;
    }
    return true;
}

Result<void> DirectPlace::fetch(const Release& release) {
    if (host_.read_file(layout_.owner()).value_or("") != owner()) {
        TRY_VOID(host_.make_open_folders(layout_.root));
        TRY_VOID(host_.write_file(layout_.owner(), owner()));
    }
    std::vector<std::string> running;
    for (const auto& [instance, seen] : TRY(observe()))
        if (seen.running) running.push_back(seen.release);
    return shelf_.fetch(release, running);
}

Result<void> DirectPlace::prepare(const ReleaseInfo& release) {
    auto commands = settings_.prepare;
    for (auto& argv : commands)
        for (auto& word : argv) word = filled(word, {}, release.id);
    return shelf_.prepare(release, commands);
}

std::vector<sys::ProcessId> DirectPlace::processes(const std::vector<Instance>& instances) {
    std::vector<sys::ProcessId> found;
    for (const auto& instance : instances) found.push_back(keeper_->main_process(name_of(instance)));
    std::erase_if(found, [](const sys::ProcessId& one) { return one.pid == 0; });
    return found;
}

Result<std::vector<Usage>> DirectPlace::resources() {
    std::vector<Usage> all;
    for (const auto& [instance, seen] : TRY(observe())) {
        if (seen.release.empty()) continue;
        const auto process = TRY(this->process(instance));
        Usage usage{.instance = instance,
                    .release = seen.release,
                    .state = process.running ? "running" : "ended",
                    .restarts = process.restarts};
        usage.processors = settings_.limits.cpus;
        usage.memory_limit = settings_.limits.memory;
        measure(keeper_->main_process(name_of(instance)), usage);
        all.push_back(std::move(usage));
    }
    return all;
}

Result<Launch> DirectPlace::started_as(const std::string& name) const {
    const auto text = TRY(host_.read_file(layout_.launch(name)));
    return parse_launch(text, layout_.launch(name).string());
}

// The one that the slot's process was given: target.user may have come or gone since.
sys::Path DirectPlace::socket_in_use(const Result<Launch>& launch, const std::string& name) const {
    const auto other = Layout{layout_.root, !layout_.apart}.socket(name);
    return launch.ok() && launch->socket == other.string() ? other : layout_.socket(name);
}

Result<std::string> DirectPlace::address(const Instance& instance) {
    const auto launch = started_as(name_of(instance));
    const int port = launch.ok() ? launch->port : port_of(instance);
    if (port != 0) return fmt::format("127.0.0.1:{}", port);
    return address_at(socket_in_use(launch, name_of(instance)));
}

// Where it is asked: past the alias of one that is reloaded.
Result<DirectPlace::Reached> DirectPlace::reached(const Instance& instance) {
    const auto at = TRY(address(instance));
    return Reached{at, behind_alias(host_, layout_, name_of(instance), socket_in(at))};
}

Result<bool> DirectPlace::listens(const Instance& instance) {
    const auto [at, socket] = TRY(reached(instance));
    return TRY(use_of(host_, socket.empty() ? at : address_at(socket))).listeners > 0;
}

Result<bool> DirectPlace::is_open(const Instance& instance) {
    constexpr unsigned of_group = 060;
    const auto socket = TRY(reached(instance)).socket;
    return socket.empty() || (host_.inspect(socket).mode & of_group) == of_group;
}

Result<void> DirectPlace::make_socket_folders(const std::string& slot) const {
    const auto user = TRY(target_user(settings_));
    const auto group = TRY(router_group(settings_));
    TRY_VOID(host_.make_socket_folder(layout_.run().string(), {.group = group, .passed_through = layout_.apart}));
    if (!layout_.apart || !user) return {};
    TRY_VOID(host_.make_socket_folder(layout_.socket_folder(slot).string(), {.owner = user->uid, .group = group}));
    return {};
}

Result<void> DirectPlace::start(const std::vector<Instance>& instances, const ReleaseInfo& release) {
    TRY_VOID(shelf_.check(release));
    TRY_VOID(world_.store.begin_to_carry(release.id, {settings_, world_.variables}));
    for (const auto& instance : instances) TRY_VOID(start_one(instance, release));
    return {};
}

Result<void> DirectPlace::start_one(const Instance& instance, const ReleaseInfo& release) {
    const auto slot = name_of(instance);
    const auto launch = launch_of(instance, release.id);
    const auto address = fmt::format("127.0.0.1:{}", launch.port);
    if (launch.port != 0 && TRY(host_.tcp_use(address)).listeners > 0) {
        const auto who = sys::tcp_listener(address);
        return no(fmt::format("port {} of {} is taken by {}; end it, or choose another target.port", launch.port, slot,
                              who.empty() ? "another user's program (`sudo ss -ltnp` says by which)" : who));
    }
    TRY_VOID(host_.make_folders(layout_.slot(slot), 0750));
    if (host_.inspect(layout_.log(slot)).type == FileType::file) {
        TRY_VOID(host_.rename_path(layout_.log(slot), layout_.log(slot).string() + ".1"));
    }
    const bool at_home = !settings_.reload.empty(); // of a process that stays (keeper_reload.cpp)
    for (const auto& folder : at_home ? std::vector<std::string>{"x", "y"} : std::vector{slot})
        if (binds_socket(instance)) TRY_VOID(make_socket_folders(folder));
    TRY_VOID(host_.replace_symlink(sys::Path("../../releases") / release.id, layout_.slot_release(slot)));
    TRY_VOID(host_.write_file(layout_.env(slot), env_of(instance, release), 0600));
    TRY_VOID(host_.write_file(layout_.launch(slot), to_json(launch), 0640));
    return keeper_->start(slot, launch);
}

Result<void> DirectPlace::restart(const Instance& instance) {
    const auto slot = name_of(instance);
    const auto launch = TRY(started_as(slot));
    return keeper_->start(slot, launch);
}

Result<sys::HttpResponse> DirectPlace::ask(const Instance& instance, Milliseconds limit) {
    const auto [at, socket] = TRY(reached(instance));
    const auto origin = socket.empty() ? "http://" + at : plain_origin(settings_.url);
    return world_.http.send({.url = origin + settings_.health.path,
                             .socket = socket.string(),
                             .headers = settings_.health.headers,
                             .timeout = std::min(settings_.health.timeout, limit),
                             .rest_of_deadline = limit < settings_.health.timeout,
                             .fresh_connection = true,
                             .through_stop = true});
}

Result<void> DirectPlace::clear(const Instance& instance) {
    const auto slot = name_of(instance);
    const auto socket = socket_in_use(started_as(slot), slot);
    const bool its_own = behind_alias(host_, layout_, slot, socket) == socket; // else a process that stays has it
    if (binds_socket(instance) && its_own) TRY_VOID(host_.remove_tree(socket));
    return keeper_->clear(slot);
}

Result<void> DirectPlace::commit(const std::string& slot, const std::string& release) {
    if (slot.empty())
        TRY_VOID(host_.remove_tree(layout_.current()));
    else
        TRY_VOID(host_.replace_symlink(sys::Path("releases") / release, layout_.current()));
    if (!slot.empty()) TRY_VOID(world_.store.carries(release));
    std::vector<std::string> serving, others;
    for (const auto& instance : TRY(all())) (instance.slot == slot ? serving : others).push_back(name_of(instance));
    return keeper_->commit(serving, others);
}

Result<std::vector<std::string>> DirectPlace::present() {
    std::vector<std::string> ids;
    for (const auto& id : TRY(world_.store.releases())) {
        const auto read = world_.store.release(id);
        const auto info = read.ok() ? read.value() : std::nullopt; // a damaged record is set aside by who acts
        if (info && info->prepared && host_.inspect(layout_.release(id)).type == FileType::folder) ids.push_back(id);
    }
    return ids;
}

Result<void> DirectPlace::prune(const std::vector<std::string>& kept) {
    for (const auto& instance : TRY(all())) TRY_VOID(prune_slot(name_of(instance)));
    TRY_VOID(world_.store.forget_begun());
    const auto observed = TRY(observe());
    const auto needed = [&](const std::string& id) {
        return std::find(kept.begin(), kept.end(), id) != kept.end() ||
               std::any_of(observed.begin(), observed.end(),
                           [&](const auto& seen) { return seen.second.release == id; });
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

Result<void> DirectPlace::remove_leftovers(const sys::Path& folder) const {
    if (host_.inspect(folder).type == FileType::absent) return {};
    for (const auto& name : TRY(host_.list_folder(folder)))
        if (ledger::is_leftover(name)) TRY_VOID(host_.remove_tree(folder / name));
    return {};
}

// A slot where nothing runs keeps only its log: no secrets, no link to a release that may go.
Result<void> DirectPlace::prune_slot(const std::string& slot) const {
    TRY_VOID(remove_leftovers(layout_.slot(slot)));
    if (TRY(keeper_->seen(slot)).running) return {};
    const auto instance = instance_of(slot);
    if (instance && TRY(world_.store.state()).slot == instance->slot) return {};
    TRY_VOID(keeper_->forget(slot));
    for (const auto& path : {layout_.env(slot), layout_.launch(slot), layout_.process(slot), layout_.slot_release(slot),
                             layout_.lock(slot)}) {
        TRY_VOID(host_.remove_tree(path));
    }
    return {};
}

}

std::unique_ptr<Place> make_direct(const World& world) { return std::make_unique<DirectPlace>(world); }

}
