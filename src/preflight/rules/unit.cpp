#include "read/unit.h"
#include "base/path.h"
#include "preflight/kinds.h"
#include "preflight/project.h"
#include "preflight/rules/groups.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

// Calls `each` with each unit of a service that systemd starts for the system.
template <typename Each>
void each_service(const Project& project, Each each) {
    for (const auto& path : project.paths) {
        if (!path.ends_with(".service") || profile_of(path) == Profile::development) continue;
        if (const auto text = project.read(path)) each(path, read::read_unit(*text));
    }
}

void syntax(const Project& project, Hits& hits) {
    each_service(project, [&](const std::string& path, const read::UnitFile& unit) {
        for (const auto& [line, column, message] : unit.problems) hits.add(path, line, column, message);
    });
}

bool runs_once(const read::UnitFile& unit) {
    const auto* const type = unit.find("Service", "Type");
    return type != nullptr && type->value == "oneshot";
}

bool is_of_a_user(const std::string& path, const read::UnitFile& unit) {
    const auto* const wanted_by = unit.find("Install", "WantedBy");
    return ("/" + path).find("/user/") != std::string::npos ||
           (wanted_by != nullptr && wanted_by->value == "default.target");
}

void user_root(const Project& project, Hits& hits) {
    each_service(project, [&](const std::string& path, const read::UnitFile& unit) {
        const auto* const start = unit.find("Service", "ExecStart");
        const auto* const user = unit.find("Service", "User");
        const auto* const dynamic = unit.find("Service", "DynamicUser");
        if (start == nullptr || runs_once(unit) || is_of_a_user(path, unit)) return;
        if (user != nullptr && user->value != "root" && user->value != "0") return;
        if (dynamic != nullptr && dynamic->value != "no" && dynamic->value != "false" && dynamic->value != "0") return;
        hits.add(path, user != nullptr ? user->line : start->line, 1,
                 fmt::format("{} runs as root ({}); a break-in owns the host; write User= with an account of its own",
                             file_name(path), user != nullptr ? "User=" + user->value : "no User="));
    });
}

void restart(const Project& project, Hits& hits) {
    each_service(project, [&](const std::string& path, const read::UnitFile& unit) {
        const auto* const start = unit.find("Service", "ExecStart");
        const auto* const again = unit.find("Service", "Restart");
        if (start == nullptr || runs_once(unit) || unit.find("Install", "WantedBy") == nullptr) return;
        if (again != nullptr && again->value != "no") return;
        hits.add(path, again != nullptr ? again->line : start->line, 1,
                 fmt::format("{} stays down when it dies; nobody starts it at night; write Restart=on-failure",
                             file_name(path)));
    });
}

}

std::span<const Rule> unit_rules() {
    static const Rule rows[] = {
        {.id = "unit-syntax",
         .title = "systemd ignores a line of the unit",
         .levels = always(Level::warning),
         .check = syntax,
         .why = "systemd writes one line to its journal and goes on: the service starts without the setting, which "
                "shows weeks later. Of Environment=A=b c it takes b only.",
         .way_out = "[Service]\nEnvironment=\"GREETING=hello world\""},
        {.id = "unit-user-root",
         .title = "The service runs as root",
         .levels = deployed(Level::warning),
         .check = user_root,
         .why = "Without User= systemd starts a system's service as root: whoever breaks into the application has the "
                "host, its keys and its backups.",
         .way_out = "[Service]\nUser=app\nNoNewPrivileges=yes"},
        {.id = "unit-restart",
         .title = "The service stays down when it dies",
         .levels = deployed(Level::info),
         .check = restart,
         .why = "Restart= is no by default: one crash, and it is down until somebody looks.",
         .way_out = "[Service]\nRestart=on-failure\nRestartSec=2"},
    };
    return rows;
}

}
