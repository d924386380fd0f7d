#pragma once
#include "deploy/direct/limits.h"
#include "deploy/layout.h"
#include "deploy/world.h"
#include <string>
#include <string_view>
#include <vector>

// Who can keep a process of this host running, and what they can't do for it.
namespace fairlead::deploy {

// own: our supervisor. systemd: units of the host's. user_units: those of the deployer's own systemd (systemd --user).
enum class Keeping { own, systemd, user_units };

struct Managers {
    bool root = false;    // we are
    bool systemd = false; // is the host's
    bool of_user = false; // a systemd of our user's runs
    bool lingers = false; // and does so from boot on, whoever is logged in (loginctl(1), enable-linger)
};
Managers managers_here(sys::Host& host, const sys::Environment& process);
sys::Path runtime_folder(const sys::Environment& process); // XDG_RUNTIME_DIR, else as pam_systemd(8) has it

// `supervise` as fairlead.yml has it. "auto": systemd where it outlives us, as root or with lingering; else our own.
Keeping keeping(std::string_view supervise, const Managers& managers);
// Error (usage): nobody can keep it as `supervise` wants.
Result<void> check_managers(std::string_view supervise, const Managers& managers);
// What of the limits nobody holds it to there.
std::vector<std::string> limits_not_held(const Limits& limits, Keeping keeping);
// What keeps it from coming back after a reboot, and from outliving the job, each with the line that mends it. Empty:
// nothing.
std::vector<std::string> not_outlived(const Layout& layout, const World& world, Keeping keeping,
                                      const Managers& managers);
// The unit of the job that we are part of, "actions.runner.x.service"; empty: none that would end what we leave.
std::string job_unit(std::string_view own_group);

bool systemd_runs(); // as the host's

}
