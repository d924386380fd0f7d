#include "base/text.h"
#include "deploy/direct/keeper.h"
#include "sys/account.h"
#include "sys/digest.h"
#include "sys/environment.h"
#include "sys/files/owned/owned.h"
#include "sys/process/supervise.h"
#include <algorithm>
#include <csignal>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

constexpr Milliseconds start_patience{20000};
constexpr Milliseconds look_at_own{3};

// The first line of the file boot. It has no '=', so it is no variable, to earlier versions neither.
constexpr std::string_view check_word = "check ";
std::string check_line(std::string_view variables) { return fmt::format("{}{}\n", check_word, sys::sha256(variables)); }

class OwnKeeper : public Keeper {
  public:
    OwnKeeper(const Layout& layout, const World& world) : layout_(layout), world_(world), host_(world.host) {}

    bool knows(const std::string& slot) override {
        return host_.inspect(layout_.process(slot)).type != sys::FileType::absent ||
               host_.inspect(layout_.lock(slot)).type != sys::FileType::absent;
    }

    Result<void> start(const std::string& slot, const Launch&) override {
        TRY_VOID(end_survivors(slot));
        TRY_VOID(host_.remove_tree(layout_.process(slot)));
        TRY_VOID(wake(slot));
        TRY_VOID(host_.remove_tree(layout_.ending(slot)));
        TRY_VOID(host_.start_detached({.argv = {sys::own_program(), "supervise", layout_.slot(slot).string()},
                                       .environment = sys::base_environment(world_.process),
                                       .folder = "/",
                                       .lock = layout_.lock(slot)}));
        const bool on_the_way_back = !world_.clock.sleep(Milliseconds{0}); // a signal came before: that is why we start
        const auto deadline = world_.clock.steady() + start_patience;
        while (host_.inspect(layout_.process(slot)).type == sys::FileType::absent) {
            if (!host_.is_locked(layout_.lock(slot))) {
                return no(
                    fmt::format("the supervisor of slot {} ended at once; see {}", slot, layout_.log(slot).string()));
            }
            if (world_.clock.steady() >= deadline) {
                return could_not(fmt::format("the supervisor of slot {} does not respond; see {}", slot,
                                             layout_.log(slot).string()));
            }
            if (on_the_way_back)
                world_.clock.rest(look_at_own);
            else if (!world_.clock.sleep(look_at_own))
                return no("interrupted");
        }
        return {};
    }

    Result<ProcessSeen> seen(const std::string& slot) override {
        const auto state = TRY(read(slot));
        const bool kept = host_.is_locked(layout_.lock(slot)) || without_lock(slot);
        // An application whose supervisor was killed still serves.
        const bool alone = !kept && is_ours(state.process, slot, {});
        const bool running = kept || alone;
        const bool told = running && host_.inspect(layout_.ending(slot)).type != sys::FileType::absent;
        // Our supervisor never gives up: it ends when somebody tells it to, or kills it with its process.
        const bool by_another = !running && state.supervisor.pid != 0;
        return ProcessSeen{running, alone, state.restarts, state.last_status, told, by_another};
    }

    sys::ProcessId main_process(const std::string& slot) override {
        const auto state = read(slot);
        return state.ok() ? state->process : sys::ProcessId{};
    }

    // The supervisor looks at that file.
    Result<void> keep_warm(const std::string& slot, Milliseconds time) override {
        return host_.write_file(layout_.warm(slot), fmt::format("{}\n", (sys::boot_time() + time).count()), 0640);
    }
    Result<void> wake(const std::string& slot) override { return host_.remove_tree(layout_.warm(slot)); }

    Result<void> end(const std::string& slot) override {
        const auto state = TRY(read_started(slot));
        const auto& told = state.supervisor.pid != 0 ? state.supervisor : state.process;
        if (told.pid == 0) return {};
        // Before the signal: whoever finds it after us must not count it. A full disk keeps nothing running.
        [[maybe_unused]] const auto marked = host_.write_file(layout_.ending(slot), "", 0640);
        return host_.send_signal(told, SIGTERM);
    }

    Result<void> kill(const std::string& slot) override {
        const auto state = TRY(read_started(slot));
        if (state.supervisor.pid != 0) TRY_VOID(host_.send_signal(state.supervisor, SIGKILL));
        return host_.signal_group(state.process, SIGKILL);
    }

    Result<void> clear(const std::string& slot) override {
        TRY_VOID(end_survivors(slot));
        TRY_VOID(wake(slot));
        TRY_VOID(host_.remove_tree(layout_.ending(slot)));
        return host_.remove_tree(layout_.process(slot));
    }
    // start_at_boot() looks at that file.
    Result<void> outlast(const std::string& slot) override {
        const auto variables = join(sys::base_environment(world_.process), "\n") + "\n";
        const auto text = check_line(variables) + variables;
        if (host_.read_file(layout_.boot(slot)).value_or("") == text) return {};
        return host_.write_file(layout_.boot(slot), text, 0600);
    }
    sys::Path lacks(const std::string& slot) override {
        const auto boot = host_.inspect(layout_.boot(slot));
        return boot.type == sys::FileType::absent || boot.size == 0 ? layout_.boot(slot) : sys::Path();
    }
    sys::Path changed(const std::string& slot) override {
        const auto text = host_.read_file(layout_.boot(slot));
        if (!text.ok() || text->empty()) return {}; // gone, or not to be seen
        const auto variables = text->substr(std::min(text->find('\n'), text->size() - 1) + 1);
        const bool by_earlier = text->find('=') < text->find('\n') && !text->starts_with(check_word);
        return by_earlier || text.value() == check_line(variables) + variables ? sys::Path() : layout_.boot(slot);
    }
    Result<void> forget(const std::string& slot) override { return host_.remove_tree(layout_.boot(slot)); }
    Result<void> commit(const std::vector<std::string>& serving, const std::vector<std::string>& others) override {
        for (const auto& other : others) TRY_VOID(forget(other));
        for (const auto& one : serving) TRY_VOID(outlast(one));
        return {};
    }

  private:
    Result<SupervisorState> read(const std::string& slot) {
        const auto file = layout_.process(slot);
        if (host_.inspect(file).type == sys::FileType::absent) return SupervisorState{};
        const auto text = host_.read_file(file);
        if (!text.ok()) return SupervisorState{}; // it went meanwhile
        const auto state = parse_supervisor_state(text.value(), file.string());
        return state.ok() ? state.value() : SupervisorState{}; // a hint only: the lock says whether it runs
    }

    // The one of a slot whose lock somebody removed or replaced: it runs on, and is told by what it was started with.
    std::optional<sys::ProcessId> without_lock(const std::string& slot) {
        return host_.detached_as({"supervise", layout_.slot(slot).string()});
    }
    std::optional<sys::ProcessId> supervisor_of(const std::string& slot) {
        const auto known = host_.detached_process(layout_.lock(slot));
        return known ? known : without_lock(slot);
    }

    // Whom we may signal, pid 0 where it is nobody. What a file says of it is a hint only: a supervisor is who keeps
    // the slot's lock, an application its child. One that has only just been started has not told its state yet.
    Result<SupervisorState> read_started(const std::string& slot) {
        TRY_VOID(sys::check_own_file(layout_.process(slot)));
        auto state = TRY(read(slot));
        const auto lock = layout_.lock(slot);
        if (!host_.keeps_lock(state.supervisor, lock))
            state.supervisor = supervisor_of(slot).value_or(sys::ProcessId{});
        // Somebody holds the lock and it is nobody that we can tell: the application has a parent that we don't know.
        const bool unknown = state.supervisor.pid == 0 && host_.is_locked(lock);
        if (unknown || !is_ours(state.process, slot, state.supervisor)) state.process = {};
        return state;
    }

    // `supervisor` with pid 0: it was killed, and the application has another parent.
    bool is_ours(const sys::ProcessId& process, const std::string& slot, const sys::ProcessId& supervisor) {
        const auto kin = host_.kin_of(process);
        if (!kin || (supervisor.pid != 0 && kin->parent != supervisor.pid)) return false;
        const auto launch = launch_of(slot);
        if (!launch.ok()) return false;
        const auto user = launch->user.empty() ? Result<sys::User>(sys::User{}) : sys::find_user(launch->user);
        return launch->user.empty() || (user.ok() && user->uid == kin->user);
    }

    Result<Launch> launch_of(const std::string& slot) {
        const auto text = TRY(host_.read_file(layout_.launch(slot)));
        return parse_launch(text, "launch.json");
    }

    // While nothing of the slot runs: a supervisor ends what its application left in other sessions, but one that was
    // killed can't. Each was told its socket.
    Result<void> end_survivors(const std::string& slot) {
        const auto launch = launch_of(slot);
        if (!launch.ok()) return {}; // nothing was started there
        auto user = sys::own_user();
        if (!launch->user.empty()) {
            const auto other = TRY(sys::find_user(launch->user));
            user = other.uid;
        }
        TRY_VOID(host_.end_survivors(launch->socket.empty() ? "FAIRLEAD_INSTANCE=" + layout_.slot(slot).string()
                                                            : "FAIRLEAD_SOCKET=" + launch->socket,
                                     user));
        return {};
    }

    const Layout layout_;
    const World& world_;
    sys::Host& host_;
};

}

std::unique_ptr<Keeper> own_keeper(const Layout& layout, const World& world) {
    return std::make_unique<OwnKeeper>(layout, world);
}

}
