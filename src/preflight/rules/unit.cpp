#include "read/unit.h"
#include "base/path.h"
#include "base/text.h"
#include "preflight/parts/conf_values.h"
#include "preflight/project.h"
#include "preflight/rules/env_lines.h"
#include "preflight/rules/groups.h"
#include "preflight/rules/site_look.h"
#include "preflight/rules/unit_look.h"
#include "read/shell/shell_text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

using read::UnitSetting;

bool is_yes(const UnitSetting* setting) {
    return setting != nullptr && is_one_of(lower(setting->value), {"yes", "true", "on", "1"});
}

bool is_of_a_user(const Unit& unit) {
    const auto* const wanted_by = unit.read->find("Install", "WantedBy");
    return ("/" + unit.file).find("/user/") != std::string::npos ||
           (wanted_by != nullptr && wanted_by->value == "default.target");
}

// x.timer starts x.service, or what Unit= names.
void unit_timer(const Project& project, Hits& hits) {
    if (project.units.empty()) return;
    for (const auto& path : project.paths) {
        if (!path.ends_with(".timer") || path.find('@') != path.npos) continue;
        const auto read = read::read_unit(project.read(path).value_or(""));
        const auto* const named = read.find("Timer", "Unit");
        const auto stem = file_name(path).substr(0, file_name(path).size() - 6);
        const auto unit = named != nullptr ? named->value : std::string(stem) + ".service";
        const bool is_there = std::any_of(project.paths.begin(), project.paths.end(),
                                          [&](const std::string& other) { return file_name(other) == unit; });
        if (!is_there && unit.find_first_of("@%") == unit.npos)
            hits.add(
                path, named != nullptr ? named->line : 1, 1,
                fmt::format("the timer starts {}, which the project doesn't have; nothing runs; name a unit that it "
                            "has",
                            shown_word(unit)));
        const auto* const when = read.find("Timer", "OnCalendar");
        const auto colon = when == nullptr ? std::string::npos : when->value.find(':');
        if (colon == std::string::npos) continue;
        const auto blank = when->value.rfind(' ', colon);
        const auto hour = parse_integer(when->value.substr(blank + 1, colon - blank - 1));
        const auto minute = parse_integer(when->value.substr(colon + 1, 2));
        if ((hour.ok() && hour.value() > 23) || (minute.ok() && minute.value() > 59))
            hits.add(path, when->line, 1,
                     fmt::format("OnCalendar= has the time {}, which no day has; systemd ignores it, and nothing runs; "
                                 "write an hour up to 23",
                                 shown_word(when->value.substr(blank + 1))))
                .level = Level::error;
    }
}

constexpr std::string_view targets[] = {"multi-user",
                                        "graphical",
                                        "default",
                                        "network-online",
                                        "network",
                                        "basic",
                                        "sysinit",
                                        "timers",
                                        "sockets",
                                        "local-fs",
                                        "remote-fs",
                                        "reboot",
                                        "shutdown",
                                        "rescue",
                                        "halt",
                                        "network-pre",
                                        "paths",
                                        "slices",
                                        "time-sync",
                                        "nss-lookup",
                                        "getty",
                                        "printer",
                                        "sound",
                                        "bluetooth",
                                        "sleep",
                                        "suspend",
                                        "hibernate",
                                        "poweroff",
                                        "exit",
                                        "cryptsetup",
                                        "graphical-session"};

// WantedBy= names a target that neither systemd nor the project has.
void target_unknown(const Unit& unit, const Project& project, Hits& hits) {
    const auto* const wanted = unit.read->find("Install", "WantedBy");
    for (const auto& word : wanted == nullptr ? std::vector<std::string>() : split(wanted->value, ' ')) {
        if (!word.ends_with(".target")) continue;
        const auto name = word.substr(0, word.rfind('.'));
        const bool is_own = std::any_of(project.paths.begin(), project.paths.end(),
                                        [&](const std::string& path) { return file_name(path) == word; });
        const auto near = nearest(name, std::vector<std::string>(std::begin(targets), std::end(targets)));
        if (!is_own && std::find(std::begin(targets), std::end(targets), name) == std::end(targets))
            hits.add(unit.file, wanted->line, 1,
                     fmt::format("WantedBy= names {}, which systemd doesn't have; nothing starts the service at boot; "
                                 "write {}.target",
                                 shown_word(word), near.empty() ? "multi-user" : near));
    }
}

// Neither at boot, nor by another unit of the project.
void unit_install(const Unit& unit, const Project& project, Hits& hits) {
    target_unknown(unit, project, hits);
    const auto& settings = unit.read->settings;
    const bool is_installed =
        std::any_of(settings.begin(), settings.end(), [](const UnitSetting& one) { return one.section == "Install"; });
    const auto name = std::string(file_name(unit.file));
    const auto stem = name.substr(0, name.rfind('.'));
    if (is_installed || unit.read->find("Service", "ExecStart") == nullptr || is_oneshot(unit) || stem.ends_with('@'))
        return;
    const bool is_started = std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& by) {
        if (by == unit.file) return false;
        if (by.ends_with(stem + ".timer") || by.ends_with(stem + ".socket") || by.ends_with(stem + ".path"))
            return true;
        return by.ends_with(".target") && project.read(by).value_or("").find(name) != std::string::npos;
    });
    if (!is_started)
        hits.add(
            unit.file, 1, 1,
            fmt::format("{} has no [Install]; systemctl enable does nothing, and it stays down after a reboot; add "
                        "WantedBy=multi-user.target",
                        shown_word(name)));
}

void unit_user_root(const Unit& unit, const Project&, Hits& hits) {
    const auto* const start = unit.read->find("Service", "ExecStart");
    const auto* const user = unit.read->find("Service", "User");
    if (start == nullptr || is_oneshot(unit) || is_of_a_user(unit)) return;
    if (user != nullptr && user->value != "root" && user->value != "0") return;
    if (is_yes(unit.read->find("Service", "DynamicUser"))) return;
    hits.add(
        unit.file, user != nullptr ? user->line : start->line, 1,
        fmt::format("{} runs as root ({}); an attacker in it controls the host; write User= with a separate account",
                    shown_word(file_name(unit.file)), user != nullptr ? "User=" + user->value : "no User="));
}

// A word of a command that serves whoever develops; empty: none.
std::string_view dev_server_of(std::string_view command) {
    const auto words = " " + std::string(command) + " ";
    for (const std::string_view one :
         {"flask run ", "manage.py runserver ", "uvicorn --reload ", " --reload ", "npm run dev ", "yarn dev ",
          "pnpm dev ", "next dev ", "nodemon ", "artisan serve ", "php -S "})
        if (words.find(one) != words.npos) return trim(one);
    return {};
}

void unit_dev_server(const Unit& unit, const Project&, Hits& hits) {
    const auto* const start = unit.read->find("Service", "ExecStart");
    const auto what = start == nullptr ? std::string_view() : dev_server_of(start->value);
    if (!what.empty())
        hits.add(unit.file, start->line, 1,
                 fmt::format("ExecStart= runs {}; that is a development server; start gunicorn, uvicorn or node itself",
                             what));
}

void unit_restart(const Unit& unit, const Project&, Hits& hits) {
    const auto* const start = unit.read->find("Service", "ExecStart");
    const auto* const again = unit.read->find("Service", "Restart");
    if (start == nullptr || is_oneshot(unit) || unit.read->find("Install", "WantedBy") == nullptr) return;
    if (again != nullptr && again->value != "no") return;
    hits.add(unit.file, again != nullptr ? again->line : start->line, 1,
             fmt::format("{} stays down after a crash; nothing starts it again; write Restart=on-failure",
                         shown_word(file_name(unit.file))));
}

// --password x, --token=x of ExecStart=: every user of the host sees it in ps.
void secrets_in_start(const Project& project, Hits& hits) {
    for (const Unit& unit : project.units) {
        const auto* const start = unit.read->find("Service", "ExecStart");
        const auto words = start == nullptr ? std::nullopt : read::unit_words(start->value);
        for (std::size_t i = 0; words && i < words->size(); ++i) {
            const auto& word = (*words)[i];
            if (!word.starts_with("--")) continue;
            const auto equals = word.find('=');
            const auto value = equals != word.npos     ? word.substr(equals + 1)
                               : i + 1 < words->size() ? (*words)[i + 1]
                                                       : std::string();
            const auto name = replace_all(upper(word.substr(2, equals - 2)), "-", "_");
            if (value.empty() || value.find_first_of("$%/") != value.npos || value.starts_with('-') ||
                !is_secret_name(name))
                continue;
            hits.add(unit.file, start->line, 1,
                     fmt::format("{} of ExecStart= is a secret; ps shows it to every user of the host; move it to an "
                                 "EnvironmentFile=",
                                 shown_word(word.substr(0, equals))));
        }
    }
}

void unit_secret_literal(const Project& project, Hits& hits) {
    secrets_in_start(project, hits);
    for (const EnvValues& values : project.values) {
        if (!values.file.ends_with(".service")) continue;
        for (const auto& one : values.all)
            if (!secret_of(one).empty())
                hit_at(hits, one,
                       fmt::format("{} is a secret in a unit; systemctl show prints it for every user of the host; "
                                   "move it to an EnvironmentFile= of mode 600",
                                   short_name(one.name)));
    }
}

}

std::span<const Rule> unit_rules() {
    static const Rule rows[] = {
        {.id = "unit-timer",
         .title = "A timer starts nothing",
         .levels = always(Level::warning),
         .check = unit_timer,
         .why = "Timers start backups and clean-ups, and nobody notices a timer that starts nothing.",
         .way_out = "[Timer]\nOnCalendar=*-*-* 03:00:00\nUnit=backup.service"},
        {.id = "unit-install",
         .title = "Nothing starts the service after a reboot",
         .levels = deployed(Level::warning),
         .check = unit_install,
         .why = "`systemctl enable` does what the section [Install] says. Without this section, the service runs only "
                "until the next reboot.",
         .way_out = "[Install]\nWantedBy=multi-user.target"},
        {.id = "unit-user-root",
         .title = "The service runs as root",
         .levels = deployed(Level::warning),
         .check = unit_user_root,
         .why = "Without `User=`, systemd starts a system service as root. An attacker who gets into the application "
                "then has the host, its keys and its backups.",
         .way_out = "[Service]\nUser=app\nNoNewPrivileges=yes"},
        {.id = "unit-secret-literal",
         .title = "A unit contains a secret",
         .levels = deployed(Level::error),
         .check = unit_secret_literal,
         .why = "All users of a host can read units, and `systemctl show` prints `Environment=`. This unit is also in "
                "the repository.",
         .way_out = "[Service]\nEnvironmentFile=/etc/notes/notes.env"},
        {.id = "unit-dev-server",
         .title = "The unit starts a development server",
         .levels = deployed(Level::error),
         .check = unit_dev_server,
         .why = "A development server answers one request at a time, shows its internals on errors and restarts when a "
                "file changes.",
         .way_out = "ExecStart=/opt/notes/venv/bin/gunicorn notes:app"},
        {.id = "unit-restart",
         .title = "The service stays down after a crash",
         .levels = deployed(Level::info),
         .check = unit_restart,
         .why = "By default, `Restart=` is `no`: after a crash, the service is down until somebody looks.",
         .way_out = "[Service]\nRestart=on-failure\nRestartSec=2"},
    };
    return rows;
}

}
