#include "base/credentials.h"
#include "base/env_file.h"
#include "base/text.h"
#include "deploy/direct/keeper.h"
#include "deploy/direct/surroundings.h"
#include "sys/process/process.h"
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

class SystemdKeeper : public Keeper {
  public:
    SystemdKeeper(const Layout& layout, const World& world, SystemdUnit unit)
        : layout_(layout), world_(world), unit_(std::move(unit)) {}

    Result<void> start(const std::string& slot, const Launch& launch) override {
        const auto description = fmt::format("{} ({}) slot {}", world_.settings.app, world_.settings.environment, slot);
        const auto found = TRY(with_program(slot, launch));
        const auto text = render_unit(found, layout_.env(slot).string(), description);
        const auto file = unit_.folder / instance(slot);
        const auto before = world_.host.read_file(file);
        // The names of app and environment are joined there: another pair may have the same.
        if (before.ok() && before.value().find("\nDescription=" + description + "\n") == std::string::npos)
            return could_not(fmt::format("unit '{}' is not that of {}; rename app or environment, or remove it",
                                         file.string(), description));
        if (!before.ok() || before.value() != text) {
            TRY_VOID(world_.host.write_file(file, text));
            TRY_VOID(systemctl({"daemon-reload"}));
        }
        TRY_VOID(systemctl({"reset-failed", instance(slot)}, Status::ignored));
        return systemctl({"start", instance(slot)});
    }

    Result<ProcessSeen> seen(const std::string& slot) override {
        const auto text =
            TRY(output({"show", "--property=ActiveState,NRestarts,ExecMainCode,ExecMainStatus", instance(slot)}));
        ProcessSeen seen;
        int how = 0; // waitid(2): CLD_EXITED is 1, then killed, then dumped
        for (const auto& line : split(text, '\n')) {
            const auto equals = line.find('=');
            if (equals == std::string::npos) continue;
            const auto name = line.substr(0, equals), value = line.substr(equals + 1);
            if (name == "ActiveState") seen.running = value != "inactive" && value != "failed";
            if (name == "NRestarts") seen.restarts = static_cast<int>(parse_integer(value).value_or(0));
            if (name == "ExecMainCode") how = static_cast<int>(parse_integer(value).value_or(0));
            if (name == "ExecMainStatus") seen.last_status = static_cast<int>(parse_integer(value).value_or(0));
        }
        if (how > 1) seen.last_status += 128;
        return seen;
    }

    Result<void> end(const std::string& slot) override { return systemctl({"stop", "--no-block", instance(slot)}); }
    Result<void> kill(const std::string& slot) override {
        return systemctl({"kill", "--signal=SIGKILL", instance(slot)}, Status::ignored);
    }
    Result<void> clear(const std::string& slot) override {
        return systemctl({"reset-failed", instance(slot)}, Status::ignored);
    }

    Result<void> commit(const std::string& slot) override {
        for (const std::string other : slot_names) {
            if (other != slot) TRY_VOID(systemctl({"disable", instance(other)}, Status::ignored));
        }
        return slot.empty() ? Result<void>() : systemctl({"enable", instance(slot)});
    }

  private:
    enum class Status { checked, ignored };

    // Looked up in the PATH that the process gets: systemd has one of its own for that.
    Result<Launch> with_program(const std::string& slot, Launch launch) const {
        Assignments own;
        if (const auto text = world_.host.read_file(layout_.env(slot)); text.ok())
            own = TRY(parse_env(text.value(), layout_.env(slot).string()));
        const auto path = path_in(application_environment(world_.process, nullptr, own));
        launch.argv[0] = TRY(require_program("target.command", launch.argv[0], path, launch.folder));
        return launch;
    }

    std::string instance(const std::string& slot) const { return replace_all(unit_.name, "@.", "@" + slot + "."); }

    Result<void> systemctl(std::vector<std::string> words, Status status = Status::checked) {
        words.insert(words.begin(), "systemctl");
        const auto done = TRY(world_.host.run({.argv = words, .timeout = Milliseconds{60000}}));
        if (done.status == 0 || status == Status::ignored) return {};
        register_urls_in(done.err); // an Environment= of somebody's drop-in, say
        return could_not(fmt::format("'{}' ended with status {}: {}", join(words, " "), done.status, trim(done.err)));
    }

    Result<std::string> output(std::vector<std::string> words) {
        words.insert(words.begin(), "systemctl");
        return TRY(world_.host.run({.argv = words, .timeout = Milliseconds{60000}})).out;
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

// A file for each instance, not one template: what two slots run may differ in more than %i, and one that is restarted
// must get its own command.
std::string render_unit(const Launch& launch, const std::string& env, const std::string& description) {
    const auto literal = [](const std::string& path) { return replace_all(path, "%", "%%"); };
    std::vector<std::string> words;
    for (const auto& word : launch.argv) words.push_back(quote_for_systemd(word));
    const auto socket = quote_for_systemd(launch.socket);
    // The router may be another user. A wider umask would open all that the application writes.
    const auto open_socket = quote_for_systemd(
        "(until [ -S \"$0\" ]; do kill -0 \"$1\" || exit; sleep 0.1; done; m=0666; [ ! -g \"${0%/*}\" ] || "
        "{ chgrp --reference=\"${0%/*}\" \"$0\" && m=0660; }; chmod $m \"$0\") 2>/dev/null &");
    const auto user = launch.user.empty() ? std::string() : fmt::format("User={}\nNoNewPrivileges=yes\n", launch.user);
    return fmt::format("# Written by fairlead-deploy; changes are overwritten.\n"
                       "[Unit]\n"
                       "Description={}\n"
                       "After=network.target\n"
                       "StartLimitIntervalSec=0\n"
                       "\n"
                       "[Service]\n"
                       "{}"
                       "WorkingDirectory={}\n"
                       "Environment=PATH={}\n"
                       "EnvironmentFile={}\n"
                       "ExecStartPre=-/bin/rm -f {}\n"
                       "ExecStart={}\n"
                       "ExecStartPost=-/bin/sh -c {} {} $MAINPID\n"
                       "KillSignal={}\n"
                       "TimeoutStopSec={}ms\n"
                       "Restart=on-failure\n"
                       "RestartSec=1\n"
                       "StandardOutput=append:{}\n"
                       "StandardError=append:{}\n"
                       "\n"
                       "[Install]\n"
                       "WantedBy=multi-user.target\n",
                       description, user, literal(launch.folder), service_path, literal(env), socket, join(words, " "),
                       open_socket, socket, launch.stop_signal, launch.stop_timeout.count(), literal(launch.log),
                       literal(launch.log));
}

std::unique_ptr<Keeper> systemd_keeper(const Layout& layout, const World& world, SystemdUnit unit) {
    return std::make_unique<SystemdKeeper>(layout, world, std::move(unit));
}

bool wants_systemd(std::string_view supervise, bool root, bool systemd) {
    return supervise == "systemd" || (supervise == "auto" && root && systemd);
}

bool systemd_runs() { return sys::inspect("/run/systemd/system").type == sys::FileType::folder; } // sd_booted(3)

}
