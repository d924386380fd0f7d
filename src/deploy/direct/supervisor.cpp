#include "deploy/direct/supervisor.h"
#include "base/printable.h"
#include "base/secrets/masked_lines.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "deploy/direct/managers.h"
#include "deploy/direct/surroundings.h"
#include "deploy/direct/variables.h"
#include "deploy/release/sealed.h"
#include "deploy/release/store.h"
#include "sys/account.h"
#include "sys/clock.h"
#include "sys/environment.h"
#include "sys/files/owned/owned.h"
#include "sys/http/sockets.h"
#include "sys/process/cgroup.h"
#include "sys/process/process.h"
#include "sys/process/supervise.h"
#include <algorithm>
#include <csignal>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

using sys::Supervised;

constexpr Milliseconds tick{1000};
constexpr Milliseconds first_ticks{50}; // while the socket is awaited
constexpr std::uint64_t log_limit = 10u << 20;

class Supervisor {
  public:
    Supervisor(sys::Path slot, Launch launch, std::vector<std::string> environment, std::optional<sys::User> user)
        : slot_(std::move(slot)), launch_(std::move(launch)), environment_(std::move(environment)),
          user_(std::move(user)) {
        state_.supervisor = sys::identify(sys::own_pid()).value_or(sys::ProcessId{});
    }

    Result<void> run() {
        TRY_VOID(sys::remove_tree(slot_ / "ending")); // of its last life, before a reboot
        TRY_VOID(write_state());                      // the deployer waits for it
        while (true) {
            const auto started = sys::real_clock().steady();
            if (run_once() == Supervised::Event::stop) break;
            const auto ran = std::chrono::duration_cast<Milliseconds>(sys::real_clock().steady() - started);
            const auto delay = backoff_.next(ran);
            note(fmt::format("ended with status {} after {}; starts again in {}", state_.last_status,
                             format_duration(ran), format_duration(delay)));
            ++state_.restarts;
            tell({});
            if (Supervised::wait_without(delay) == Supervised::Event::stop) break;
        }
        tell({}); // how it ended
        if (const auto left = group(); left.ok() && !left->empty()) sys::remove_group(left.value());
        return remove_socket();
    }

  private:
    // One life of the process: exited, or stop when we were asked to end (then it is gone too).
    Supervised::Event run_once() {
        // Of the life before; most programs refuse to bind over it.
        if (const auto removed = remove_socket(); !removed.ok()) note(removed.error().message);
        auto program = start();
        if (!program.ok()) {
            note(program.error().message);
            state_.last_status = 127;
            return Supervised::Event::exited;
        }
        tell(program->id());
        bool open = launch_.socket.empty();
        auto event = Supervised::Event::quiet;
        while ((event = program->wait(open ? tick : first_ticks)) == Supervised::Event::quiet) {
            open = open || sys::open_socket(launch_.socket);
            if (cooled()) event = Supervised::Event::stop;
            if (event == Supervised::Event::stop) break;
        }
        if (event == Supervised::Event::stop) {
            // Whoever told us may have said so already.
            [[maybe_unused]] const auto marked = sys::write_file(slot_ / "ending", "", 0640, sys::Sync::no);
            end(program.value());
        }
        state_.last_status = program->status();
        program->end_rest();
        return event;
    }

    // It was kept for a rollback, and that time is over.
    bool cooled() const {
        const auto until = sys::read_file(slot_ / "warm");
        const auto time = until.ok() ? parse_integer(trim(until.value())) : Result<std::int64_t>(until.error());
        return time.ok() && sys::boot_time().count() >= time.value();
    }

    Result<void> remove_socket() const {
        return launch_.socket.empty() ? Result<void>() : sys::remove_tree(launch_.socket);
    }

    // Found as systemd would find it, not in the PATH that we were started with.
    Result<Supervised> start() const {
        auto argv = launch_.argv;
        argv[0] = TRY(require_program("target.command", argv[0], path_in(environment_), launch_.folder));
        const auto& limits = launch_.limits;
        const auto files = std::min<std::uint64_t>(static_cast<unsigned>(limits.open_files), sys::most_open_files());
        const auto in = TRY(group());
        return Supervised::start({.argv = argv,
                                  .environment = environment_,
                                  .folder = launch_.folder,
                                  .user = user_ ? &*user_ : nullptr,
                                  .output = log_writer(),
                                  .umask = launch_.umask,
                                  .open_files = files,
                                  .group = in});
    }

    // Empty: nothing is to be held, or nobody can here, which was told when it was deployed.
    Result<sys::Path> group() const {
        const auto controllers = controllers_of(launch_.limits);
        const auto above = controllers.empty() || systemd_runs() ? std::nullopt : sys::group_above(controllers);
        if (!above) return sys::Path();
        return sys::make_group(*above, "fairlead" + replace_all(slot_.string(), "/", "-"), controllers,
                               {launch_.limits.memory, launch_.limits.processes, launch_.limits.cpus});
    }

    void end(Supervised& program) {
        const auto deadline = sys::real_clock().steady() + launch_.stop_timeout;
        // A master that ends its workers is disturbed by those that end by themselves.
        program.signal_main(sys::signal_number(launch_.stop_signal));
        while (sys::real_clock().steady() < deadline) {
            const auto left = std::chrono::duration_cast<Milliseconds>(deadline - sys::real_clock().steady());
            if (program.wait(left) == Supervised::Event::exited) return;
        }
        program.signal_all(SIGKILL);
        program.wait(tick);
    }

    std::function<void(std::string_view)> log_writer() const {
        return [lines = MaskedLines(), log = launch_.log](std::string_view bytes) mutable {
            const auto text = bytes.empty() ? lines.end() : lines.add(bytes);
            if (text.empty()) return;
            // The application goes on when the disk is full, without its log.
            [[maybe_unused]] const auto written = sys::append_file(log, text, 0600, sys::Sync::no);
            [[maybe_unused]] const auto rotated = sys::rotate_log(log, log_limit);
        };
    }

    // Of processes that no power cut outlives: it needs no sync.
    Result<void> write_state() const {
        return sys::write_file(slot_ / "process.json", to_json(state_), 0640, sys::Sync::no);
    }

    // A full disk must not end the supervisor of an application that is well.
    void tell(const sys::ProcessId& process) {
        state_.process = process;
        if (const auto written = write_state(); !written.ok()) note(written.error().message);
    }

    void note(const std::string& message) const {
        const auto line = fmt::format("{} fairlead: {}\n", format_utc(sys::real_clock().now()), message);
        [[maybe_unused]] const auto written = sys::append_file(launch_.log, line, 0600);
    }

    const sys::Path slot_;
    const Launch launch_;
    const std::vector<std::string> environment_;
    const std::optional<sys::User> user_;
    SupervisorState state_;
    Backoff backoff_;
};

// What the process gets. The values of `secrets` are masked from here on.
Result<std::vector<std::string>> environment_of(const sys::Path& file, const std::vector<std::string>& secrets,
                                                const std::optional<sys::User>& user) {
    const auto text = TRY(sys::read_own_file(file));
    std::vector<std::pair<std::string, std::string>> own;
    for (auto& [name, value] : TRY(parse_env(text, file.string()))) {
        if (std::find(secrets.begin(), secrets.end(), name) != secrets.end()) const Secret masked(value);
        own.emplace_back(name, std::move(value));
    }
    return application_environment(sys::Environment::of_process(), user ? &*user : nullptr, own);
}

// Nothing: whoever we are.
Result<std::optional<sys::User>> user_of(const Launch& launch) {
    if (launch.user.empty()) return std::optional<sys::User>();
    auto user = TRY(sys::find_user(launch.user));
    return std::optional(std::move(user));
}

}

Milliseconds Backoff::next(Milliseconds ran) {
    constexpr Milliseconds shortest{100}, longest{30000}, settled{10000};
    if (ran >= settled) quick_ends = 0;
    const int doublings = std::min(quick_ends++, 16);
    return std::min(shortest * (1 << doublings), longest);
}

namespace {

sys::Path whole(const sys::Path& path) {
    const auto plain = std::filesystem::absolute(path).lexically_normal();
    return plain.has_filename() ? plain : plain.parent_path();
}

// What a slot starts has to be what was sealed. Nothing to compare with: it was deployed before lists were kept.
struct Recorded {
    Store store;
    std::string release;
};

// The release of a slot, and the records of this root; nothing: nobody knows.
Result<std::optional<Recorded>> recorded(const Layout& layout, const std::string& slot) {
    const auto owner = TRY(sys::read_own_file(layout.owner()));
    const auto lines = split(owner, '\n');
    const auto link = sys::read_link(layout.slot_release(slot));
    if (lines.size() < 2 || lines[1].empty() || !link.ok()) return std::optional<Recorded>();
    TRY_VOID(sys::check_way(lines[1], lines[1]));
    return std::optional(Recorded{Store(lines[1]), sys::Path(link.value()).filename().string()});
}

Result<void> check_sealed(const Layout& layout, const std::string& slot) {
    const auto found = TRY(recorded(layout, slot));
    if (!found) return {};
    const auto& [store, id] = *found;
    const auto known = TRY(store.release(id));
    if (!known) return {};
    const auto sealed = TRY(store.sealed(*known));
    if (!sealed) return {};
    const auto drift = TRY(drift_of(layout.release(id), *sealed));
    if (!drift.harms()) return {};
    return no(fmt::format(
        "release {} in slot {} is not started, because it has changed since it was sealed: {}; deploy it again", id,
        slot, describe(drift)));
}

}

namespace {

// An application that lost its supervisor serves on; a second one beside it would take its port and its files.
bool runs_alone(const sys::Path& file) {
    const auto text = sys::read_own_file(file);
    const auto state =
        text.ok() ? parse_supervisor_state(text.value(), file.string()) : Result<SupervisorState>(text.error());
    return state.ok() && state->process.pid != 0 && sys::is_running(state->process);
}

// With `recreate` no two releases run at a time: a deployment may be in its gap, or died there.
Result<void> check_alone(const Layout& layout, const std::string& slot) {
    const auto found = TRY(recorded(layout, slot));
    const auto carried = found ? TRY(found->store.carried(found->release)) : std::nullopt;
    if (const auto holder = found ? found->store.ledger().lock_holder() : std::nullopt)
        return no(fmt::format("slot {} is not started during {}", slot,
                              holder->empty() ? "a deployment" : one_line(*holder)));
    const auto own = instance_of(slot);
    if (!own || !carried || carried->settings.strategy != "recreate") return {};
    for (const auto& name : TRY(sys::list_folder(layout.slot("a").parent_path()))) {
        const auto other = instance_of(name);
        if (!other || other->slot == own->slot) continue;
        if (sys::is_locked(layout.lock(name)) || runs_alone(layout.process(name)))
            return no(fmt::format("slot {} is not started, because slot {} runs, and the strategy recreate runs one "
                                  "release at a time; run `fairlead-deploy apply`, or `fairlead-deploy rollback`",
                                  slot, name));
    }
    return {};
}

}

Result<void> start_at_boot(const sys::Path& given) {
    const Layout layout{whole(given)};
    const auto& root = layout.root;
    const auto slots = layout.slot("a").parent_path();
    TRY_VOID(sys::check_way(slots, root));
    bool any = false;
    std::string alone;
    for (const auto& name : TRY(sys::list_folder(slots))) {
        const auto boot = layout.boot(name);
        if (sys::inspect(boot).type == sys::FileType::absent) continue;
        any = true;
        if (sys::is_locked(layout.lock(name))) continue;
        if (sys::detached_as({"supervise", layout.slot(name).string()})) continue;
        TRY_VOID(sys::check_way(layout.slot(name), root));
        if (runs_alone(layout.process(name))) {
            alone = name;
            continue;
        }
        TRY_VOID(check_alone(layout, name));
        TRY_VOID(check_sealed(layout, name));
        const auto text = TRY(sys::read_own_file(boot));
        std::vector<std::string> variables;
        for (const auto& line : split(text, '\n'))
            if (line.find('=') != line.npos) variables.push_back(line);
        TRY_VOID(sys::start_detached({.argv = {sys::own_program(), "supervise", layout.slot(name).string()},
                                      .environment = variables,
                                      .folder = "/",
                                      .lock = layout.lock(name)}));
    }
    if (!alone.empty())
        return no(
            fmt::format("the application of slot {} runs already, but its supervisor was killed: nothing restarts "
                        "it when it ends; deploy again to repair it",
                        alone));
    if (!any && sys::inspect(layout.current()).type != sys::FileType::absent)
        return could_not(fmt::format("a release serves below '{}', but no slot there has the file 'boot', which says "
                                     "how to start it after a reboot; deploy it again",
                                     root.string()));
    return {};
}

Result<void> supervise(const sys::Path& given) {
    const auto slot = whole(given);
    const bool is_of_root = slot.parent_path().filename() == "slots";
    TRY_VOID(sys::check_way(slot, is_of_root ? slot.parent_path().parent_path() : slot));
    const auto self = sys::identify(sys::own_pid());
    if (!self || !sys::keeps_lock(*self, slot / "lock")) // there may be another one, which start_at_boot() looks for
        return usage(fmt::format("the supervisor of one slot is started by a deployment; to start what is missing, run "
                                 "`fairlead-deploy supervise {}`",
                                 slot.parent_path().parent_path().string()));
    Supervised::block_signals();
    const auto file = slot / "launch.json";
    const auto text = TRY(sys::read_own_file(file));
    auto launch = TRY(parse_launch(text, file.string()));
    auto user = TRY(user_of(launch));
    auto environment = TRY(environment_of(slot / "env", launch.secrets, user));
    return Supervisor(slot, std::move(launch), std::move(environment), std::move(user)).run();
}

}
