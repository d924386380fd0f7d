#include "deploy/direct/managers.h"
#include "base/shell.h"
#include "base/text.h"
#include "sys/account.h"
#include "sys/process/cgroup.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

using sys::FileType;

// Which of them the manager that keeps the process can set.
std::vector<std::string> controllers_at(Keeping keeping) {
    const sys::Path hierarchy = "/sys/fs/cgroup";
    const auto listed = [](const sys::Path& group) {
        return split(trim(sys::read_file(group / "cgroup.controllers").value_or("")), ' ');
    };
    const bool unified = sys::inspect(hierarchy / "cgroup.controllers").type == FileType::file;
    if (keeping == Keeping::user_units) { // systemd hands none of version 1 on to users
        const auto uid = sys::own_user();
        return unified ? listed(hierarchy / fmt::format("user.slice/user-{0}.slice/user@{0}.service", uid))
                       : std::vector<std::string>();
    }
    if (keeping == Keeping::systemd && unified) return listed(hierarchy);
    std::vector<std::string> found;
    for (const std::string name : {"memory", "pids", "cpu"}) {
        const bool there = keeping == Keeping::systemd
                               ? sys::inspect(hierarchy / name / "tasks").type == FileType::file
                               : !systemd_runs() && sys::group_above({name}); // its tree is its own
        if (there) found.push_back(name);
    }
    return found;
}

bool in_crontab(sys::Host& host, const std::string& command) {
    const auto listed =
        host.run({.argv = {"crontab", "-l"}, .timeout = Milliseconds{10000}, .whose = sys::Whose::ours});
    return listed.ok() && listed->status == 0 && listed->out.find(command) != std::string::npos;
}

}

bool systemd_runs() { return sys::inspect("/run/systemd/system").type == FileType::folder; } // sd_booted(3)

sys::Path runtime_folder(const sys::Environment& process) {
    return process.get_or("XDG_RUNTIME_DIR", fmt::format("/run/user/{}", sys::own_user()));
}

Managers managers_here(sys::Host& host, const sys::Environment& process) {
    Managers managers{.root = sys::is_root(), .systemd = systemd_runs()};
    if (managers.root || !managers.systemd) return managers;
    managers.of_user = host.inspect(runtime_folder(process) / "systemd/private").type == FileType::socket;
    managers.lingers = host.inspect("/var/lib/systemd/linger/" + sys::own_user_name()).type == FileType::file;
    return managers;
}

Keeping keeping(std::string_view supervise, const Managers& managers) {
    if (supervise == "own") return Keeping::own;
    const bool wanted = supervise == "systemd";
    if (managers.root) return wanted || managers.systemd ? Keeping::systemd : Keeping::own;
    return wanted || (managers.of_user && managers.lingers) ? Keeping::user_units : Keeping::own;
}

Result<void> check_managers(std::string_view supervise, const Managers& managers) {
    if (supervise != "systemd" || (managers.root ? managers.systemd : managers.of_user)) return {};
    return usage(!managers.systemd ? std::string("target.supervise is systemd, which does not run on this host; write "
                                                 "supervise: auto")
                                   : fmt::format("target.supervise is systemd, and no systemd runs for this user; run "
                                                 "`sudo loginctl enable-linger {}`, or write supervise: auto",
                                                 shell_word(sys::own_user_name())));
}

std::vector<std::string> limits_not_held(const Limits& limits, Keeping keeping) {
    if (!limits.any()) return {};
    const auto way_out =
        keeping == Keeping::systemd ? "this systemd has no control group for it; boot the kernel with that controller"
        : keeping == Keeping::user_units
            ? "this user's systemd may not use that controller; as root, run `systemctl edit user@.service` and add "
              "Delegate=memory pids cpu, on a host with control groups of version 2"
            : "it needs systemd (supervise: systemd), or a control group of version 2 that the user who deploys may "
              "divide";
    return not_held(limits, controllers_at(keeping), keeping == Keeping::systemd ? 0 : sys::most_open_files(), way_out);
}

std::string job_unit(std::string_view own_group) {
    const auto parts = split(own_group, '/');
    const auto unit = std::find_if(parts.begin(), parts.end(), [](const auto& part) {
        return part.ends_with(".service") && !part.starts_with("user@");
    });
    return unit == parts.end() ? std::string() : *unit;
}

std::vector<std::string> not_outlived(const Layout& layout, const World& world, Keeping keeping,
                                      const Managers& managers) {
    std::vector<std::string> told;
    const auto linger = fmt::format("run `sudo loginctl enable-linger {}`", shell_word(sys::own_user_name()));
    if (keeping == Keeping::systemd || (keeping == Keeping::user_units && managers.lingers)) return told;
    if (keeping == Keeping::user_units) {
        told.push_back(fmt::format(
            "the application ends when this user has logged out everywhere, and nothing starts it at boot; {}",
            linger));
        return told;
    }
    const auto unit = job_unit(sys::own_group());
    const bool better = managers.systemd && world.settings.supervise == "auto" && !managers.root;
    if (!unit.empty())
        told.push_back(fmt::format("the application stays in the control group of {}, and may end with it; {}", unit,
                                   better ? linger + ", then deploy again"
                                          : std::string("write supervise: auto in target, then deploy again")));
    const auto line = fmt::format("{} supervise {}", shell_word(sys::own_program()), shell_word(layout.root.string()));
    const auto in_cron = replace_all(line, "%", "\\%"); // crontab(5): else a new line
    if (in_crontab(world.host, in_cron)) return told;
    told.push_back(better ? fmt::format("nothing starts the application after a reboot; {}, then deploy again", linger)
                          : fmt::format("nothing starts the application after a reboot; add `@reboot {}` with crontab "
                                        "-e, or let the service manager of this host run that command",
                                        in_cron));
    return told;
}

}
