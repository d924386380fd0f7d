#pragma once
#include "deploy/direct/limits.h"
#include "deploy/layout.h"
#include "deploy/world.h"
#include <string>
#include <string_view>
#include <vector>

// The programs that can keep a process of this host running, and their limitations.
namespace fairlead::deploy {

// own: our supervisor. systemd: units of the host's systemd. user_units: units of the deployer's own systemd (systemd
// --user).
enum class Keeping { own, systemd, user_units };

struct Managers {
    bool root = false;    // we run as root
    bool systemd = false; // the host runs systemd
    bool of_user = false; // a systemd of our user is running
    bool lingers = false; // it runs from boot on, even if nobody is logged in (loginctl(1), enable-linger)
};
Managers managers_here(sys::Host& host, const sys::Environment& process);
sys::Path runtime_folder(const sys::Environment& process); // XDG_RUNTIME_DIR, or else its default in pam_systemd(8)

// `supervise` is the value in fairlead.yml. "auto": systemd if its units outlive us (as root, or with lingering), else
// our own supervisor.
Keeping keeping(std::string_view supervise, const Managers& managers);
// Error (usage): no program can keep the process as `supervise` wants.
Result<void> check_managers(std::string_view supervise, const Managers& managers);
// Returns the limits that nobody enforces for a process kept in this way.
std::vector<std::string> limits_not_held(const Limits& limits, Keeping keeping);
// Returns the reasons why the service doesn't come back after a reboot, or doesn't outlive the CI job; each with the
// command that fixes it. Empty: there is no such reason.
std::vector<std::string> not_outlived(const Layout& layout, const World& world, Keeping keeping,
                                      const Managers& managers);
// Returns the systemd unit of the CI job that we are part of, "actions.runner.x.service". Empty: there is no unit whose
// end would also end our processes.
std::string job_unit(std::string_view own_group);

bool systemd_runs(); // as the host's init system

}
