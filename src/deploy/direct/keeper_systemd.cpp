#include "base/env_file.h"
#include "base/printable.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "deploy/direct/keeper.h"
#include "deploy/direct/surroundings.h"
#include "sys/account.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

class SystemdKeeper : public Keeper {
  public:
    SystemdKeeper(const Layout& layout, const World& world, SystemdUnit unit)
        : layout_(layout), world_(world), unit_(std::move(unit)) {}

    bool knows(const std::string& slot) override {
        return world_.host.inspect(unit_.folder / instance(slot)).type != sys::FileType::absent && check({slot}).ok();
    }

    Result<void> start(const std::string& slot, const Launch& launch) override {
        TRY_VOID(check({slot}));
        const auto found = TRY(with_program(slot, launch));
        const auto told = TRY(surroundings(launch));
        const auto text = render_unit(found, layout_.env(slot).string(), told, identity(slot), !unit_.runtime.empty());
        const auto file = unit_.folder / instance(slot);
        const auto before = world_.host.read_file(file);
        if (!before.ok() || before.value() != text) {
            TRY_VOID(world_.host.make_folders(unit_.folder, 0755));
            TRY_VOID(world_.host.write_file(file, text));
            TRY_VOID(systemctl({"daemon-reload"}));
        }
        TRY_VOID(systemctl({"reset-failed", instance(slot)}, Status::ignored));
        const auto started = systemctl({"start", instance(slot)});
        // A program that ends at once fails the start as well: whoever watches it says so, and shows its log.
        if (started.ok()) return {};
        const auto after = TRY(seen(slot));
        return after.restarts == 0 ? started : Result<void>();
    }

    // The names of app and environment are joined in a unit's: another pair may have the same one.
    Result<void> check(const std::vector<std::string>& slots) override {
        for (const auto& slot : slots) {
            const auto file = unit_.folder / instance(slot);
            const auto before = world_.host.read_file(file);
            if (!before.ok() || before.value().find("\nDescription=" + identity(slot) + "\n") != std::string::npos)
                continue;
            return could_not(
                fmt::format("unit '{}' does not belong to {}; rename the app or the environment, or remove the unit",
                            file.string(), identity(slot)));
        }
        return {};
    }

    Result<ProcessSeen> seen(const std::string& slot) override {
        const auto text = TRY(
            output({"show", "--property=ActiveState,SubState,NRestarts,ExecMainCode,ExecMainStatus", instance(slot)}));
        ProcessSeen seen;
        int how = 0; // waitid(2): CLD_EXITED is 1, then killed, then dumped
        for (const auto& line : split(text, '\n')) {
            const auto equals = line.find('=');
            if (equals == std::string::npos) continue;
            const auto name = line.substr(0, equals), value = line.substr(equals + 1);
            if (name == "ActiveState") seen.running = value != "inactive" && value != "failed";
            if (name == "ActiveState") seen.ending = value == "deactivating";
            if (name == "SubState" && value == "auto-restart") ++seen.restarts; // it ended, and waits for its next life
            if (name == "NRestarts") seen.restarts += static_cast<int>(parse_integer(value).value_or(0));
            if (name == "ExecMainCode") how = static_cast<int>(parse_integer(value).value_or(0));
            if (name == "ExecMainStatus") seen.last_status = static_cast<int>(parse_integer(value).value_or(0));
        }
        if (how > 1) seen.last_status += 128;
        seen.by_another = !seen.running; // Restart=always: only who stops it leaves it so
        return seen;
    }

    Result<void> here() override {
        TRY_VOID(output({"show", "--property=Version"}));
        return {};
    }

    sys::ProcessId main_process(const std::string& slot) override {
        const auto text = output({"show", "--property=MainPID", "--value", instance(slot)});
        const auto pid = text.ok() ? parse_integer(trim(text.value())) : Result<std::int64_t>(text.error());
        if (!pid.ok() || pid.value() <= 0) return {};
        return world_.host.identify(static_cast<int>(pid.value())).value_or(sys::ProcessId{});
    }

    // A timer of its own stops it.
    Result<void> keep_warm(const std::string& slot, Milliseconds time) override {
        TRY_VOID(wake(slot));
        auto words = called("systemd-run");
        for (const auto& word :
             {"--unit=" + timer(slot), std::string("--collect"), fmt::format("--on-active={}ms", time.count())})
            words.push_back(word);
        for (const auto& word : called("systemctl")) words.push_back(word);
        for (const auto& word : {std::string("stop"), instance(slot)}) words.push_back(word);
        const auto done =
            TRY(world_.host.run({.argv = words, .timeout = Milliseconds{60000}, .whose = sys::Whose::ours}));
        if (done.status == 0) return {};
        return could_not(fmt::format("systemd-run for '{}' ended with status {}: {}", timer(slot), done.status,
                                     one_line(trim(done.err))));
    }
    Result<void> wake(const std::string& slot) override {
        return systemctl({"stop", timer(slot) + ".timer"}, Status::ignored);
    }

    Result<void> end(const std::string& slot) override {
        return systemctl({"stop", "--no-block", instance(slot)}, Status::or_absent);
    }
    Result<void> kill(const std::string& slot) override {
        return systemctl({"kill", "--signal=SIGKILL", instance(slot)}, Status::ignored);
    }
    Result<void> clear(const std::string& slot) override {
        return systemctl({"reset-failed", instance(slot)}, Status::ignored);
    }

    Result<void> outlast(const std::string& slot) override { return systemctl({"enable", instance(slot)}); }
    Result<void> forget(const std::string& slot) override {
        const auto file = unit_.folder / instance(slot);
        if (world_.host.inspect(file).type == sys::FileType::absent || !check({slot}).ok()) return {};
        TRY_VOID(systemctl({"disable", instance(slot)}, Status::ignored));
        TRY_VOID(world_.host.remove_tree(file));
        return systemctl({"daemon-reload"});
    }

    Result<void> commit(const std::vector<std::string>& serving, const std::vector<std::string>& others) override {
        for (const auto& other : others) TRY_VOID(systemctl({"disable", instance(other)}, Status::ignored));
        for (const auto& one : serving) TRY_VOID(systemctl({"enable", instance(one)}));
        return {};
    }

  private:
    enum class Status { checked, or_absent, ignored }; // or_absent: a slot that was never started has no unit

    std::string identity(const std::string& slot) const {
        return fmt::format("{} ({}) slot {}", world_.settings.app, world_.settings.environment, slot);
    }

    // As our own supervisor has them of its deployer.
    Result<std::vector<std::string>> surroundings(const Launch& launch) const {
        if (launch.user.empty()) return application_environment(world_.process, nullptr, {});
        const auto user = TRY(sys::find_user(launch.user));
        return application_environment(world_.process, &user, {});
    }

    // Looked up in the PATH that the process gets: systemd has one of its own for that.
    Result<Launch> with_program(const std::string& slot, Launch launch) const {
        Assignments own;
        if (const auto text = world_.host.read_file(layout_.env(slot)); text.ok())
            own = TRY(parse_env(text.value(), layout_.env(slot).string()));
        const auto path = path_in(application_environment(world_.process, nullptr, own));
        const auto program = require_program("target.command", launch.argv[0], path, launch.folder);
        if (!program.ok()) return no(program.error().message); // the release's fault, as where it ends at once
        launch.argv[0] = program.value();
        return launch;
    }

    std::string timer(const std::string& slot) const {
        const auto unit = instance(slot);
        return unit.substr(0, unit.rfind('.')) + "-cool";
    }
    std::string instance(const std::string& slot) const { return replace_all(unit_.name, "@.", "@" + slot + "."); }

    // The words of a call, as far as they say whose systemd it is.
    std::vector<std::string> called(const std::string& name) const {
        if (unit_.runtime.empty()) return {name};
        return {"env", "XDG_RUNTIME_DIR=" + unit_.runtime.string(), name, "--user"};
    }

    Result<void> systemctl(const std::vector<std::string>& asked, Status status = Status::checked) {
        auto words = called("systemctl");
        words.insert(words.end(), asked.begin(), asked.end());
        const auto done =
            TRY(world_.host.run({.argv = words, .timeout = Milliseconds{60000}, .whose = sys::Whose::ours}));
        constexpr int not_loaded = 5; // systemctl(1), Exit status
        if (done.status == 0 || status == Status::ignored) return {};
        if (status == Status::or_absent && done.status == not_loaded) return {};
        register_urls_in(done.err); // an Environment= of somebody's drop-in, say
        return could_not(fmt::format("'{}' ended with status {}: {}", join(words, " "), done.status, trim(done.err)));
    }

    // `show` ends with 0 whatever the unit does and also where there is none: with another status nobody was asked.
    Result<std::string> output(const std::vector<std::string>& asked) {
        auto words = called("systemctl");
        words.insert(words.end(), asked.begin(), asked.end());
        auto done = TRY(world_.host.run({.argv = words, .timeout = Milliseconds{60000}, .whose = sys::Whose::ours}));
        if (done.status == 0 && !done.timed_out) return std::move(done.out);
        register_urls_in(done.err);
        return could_not(fmt::format("systemd doesn't answer '{}' (status {}): {}", join(words, " "), done.status,
                                     one_line(trim(done.err))));
    }

    const Layout layout_;
    const World& world_;
    const SystemdUnit unit_;
};

}

std::string quote_for_systemd(std::string_view word) {
    std::string quoted = "\"";
    for (const char c : word) {
        switch (c) {
        case '"':
        case '\\':
            quoted += '\\';
            quoted += c;
            break;
        case '%': quoted += "%%"; break;
        case '$': quoted += "$$"; break;
        case '\n': quoted += "\\n"; break;
        default: quoted += c;
        }
    }
    return quoted + "\"";
}

namespace {

// systemd.resource-control(5), systemd.exec(5)
std::string render_limits(const Launch& launch) {
    const auto& limits = launch.limits;
    std::string text;
    if (limits.memory != 0) text += fmt::format("MemoryMax={}\n", limits.memory);
    if (limits.processes != 0) text += fmt::format("TasksMax={}\n", limits.processes);
    if (limits.open_files != 0) text += fmt::format("LimitNOFILE={}\n", limits.open_files);
    if (limits.cpus > 0) text += fmt::format("CPUQuota={:.0f}%\n", std::max(1.0, limits.cpus * 100));
    if (launch.umask >= 0) text += fmt::format("UMask={:04o}\n", launch.umask);
    return text;
}

}

// A file for each instance, not one template: what two slots run may differ in more than %i, and one that is restarted
// must get its own command.
std::string render_unit(const Launch& launch, const std::string& env, const std::vector<std::string>& told,
                        const std::string& identity, bool of_user) {
    const auto literal = [](const std::string& path) { return replace_all(path, "%", "%%"); };
    std::vector<std::string> words;
    for (const auto& word : launch.argv) words.push_back(quote_for_systemd(word));
    std::string environment;
    for (const auto& one : told) // systemd.exec(5), "Environment=": no variable is expanded in it
        environment += "Environment=\"" + literal(replace_all(replace_all(one, "\\", "\\\\"), "\"", "\\\"")) + "\"\n";
    const auto socket = quote_for_systemd(launch.socket);
    // The router may be another user. A wider umask would open all that the application writes.
    const auto open_socket = quote_for_systemd(
        "(until [ -S \"$0\" ]; do kill -0 \"$1\" || exit; sleep 0.1; done; m=0666; [ ! -g \"${0%/*}\" ] || "
        "{ chgrp --reference=\"${0%/*}\" \"$0\" && m=0660; }; chmod $m \"$0\") 2>/dev/null &");
    const bool binds = !launch.socket.empty();
    const auto before = binds ? fmt::format("ExecStartPre=-/bin/rm -f {}\n", socket) : std::string();
    const auto after =
        binds ? fmt::format("ExecStartPost=-/bin/sh -c {} {} $MAINPID\n", open_socket, socket) : std::string();
    const auto user = launch.user.empty() ? std::string() : fmt::format("User={}\nNoNewPrivileges=yes\n", launch.user);
    const auto held = render_limits(launch);
    return fmt::format("# Written by fairlead-deploy; changes are overwritten.\n"
                       "[Unit]\n"
                       "Description={}\n"
                       "{}"
                       "StartLimitIntervalSec=0\n"
                       "\n"
                       "[Service]\n"
                       "{}{}"
                       "WorkingDirectory={}\n"
                       "{}"
                       "EnvironmentFile={}\n"
                       "{}"
                       "ExecStart={}\n"
                       "{}"
                       "KillMode=mixed\n"
                       "KillSignal={}\n"
                       "TimeoutStopSec={}ms\n"
                       "Restart=always\n"
                       "RestartSec=1\n"
                       "StandardOutput=append:{}\n"
                       "StandardError=append:{}\n"
                       "\n"
                       "[Install]\n"
                       "WantedBy={}\n",
                       identity, of_user ? "" : "After=network.target\n", user, held, literal(launch.folder),
                       environment, literal(env), before, join(words, " "), after, launch.stop_signal,
                       launch.stop_timeout.count(), literal(launch.log), literal(launch.log),
                       of_user ? "default.target" : "multi-user.target");
}

std::unique_ptr<Keeper> systemd_keeper(const Layout& layout, const World& world, SystemdUnit unit) {
    return std::make_unique<SystemdKeeper>(layout, world, std::move(unit));
}

}
