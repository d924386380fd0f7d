#include "base/path.h"
#include "base/text.h"
#include "base/words.h"
#include "preflight/rules/groups.h"
#include "preflight/rules/site_look.h"
#include "preflight/rules/unit_look.h"
#include "read/shell/shell_text.h"
#include <algorithm>
#include <fmt/format.h>

// What systemd ignores in a unit, refuses, or starts in another way than it says.
namespace fairlead::preflight {

namespace {

using read::UnitSetting;

// systemd.service(5), systemd.exec(5): another word is logged and ignored.
void unknown_value(const Unit& unit, Hits& hits) {
    struct Words {
        std::string_view name, values;
    };
    constexpr std::string_view yes_or_no = " yes no true false on off 1 0 y n t f ";
    constexpr Words all[] = {
        {"Restart", " no always on-success on-failure on-abnormal on-abort on-watchdog "},
        {"Type", " simple exec forking oneshot dbus notify notify-reload idle "},
        {"KillMode", " control-group mixed process none "},
        {"ProtectSystem", " yes no true false on off 1 0 full strict "},
        {"ProtectHome", " yes no true false on off 1 0 read-only tmpfs "},
        {"NoNewPrivileges", yes_or_no},
        {"PrivateTmp", " yes no true false on off 1 0 y n t f disconnected "},
        {"RemainAfterExit", yes_or_no},
    };
    for (const auto& setting : unit.read->settings)
        for (const auto& [name, values] : all)
            if (setting.section == "Service" && setting.name == name && !setting.value.empty() &&
                setting.value.find('%') == std::string::npos && !has_any(values, {" " + lower(setting.value) + " "}))
                hits.add(unit.file, setting.line, 1,
                         fmt::format("{}= doesn't know {}; systemd ignores the line; write one of: {}", name,
                                     shown_word(setting.value), replace_all(std::string(trim(values)), " ", ", ")))
                    .level = Level::error;
}

// systemd.directives(7): in another section a setting is logged and ignored.
void wrong_section(const Unit& unit, Hits& hits) {
    struct Section {
        std::string_view name, settings;
    };
    constexpr Section sections[] = {
        {"Unit", " Description Documentation After Before Wants Requires Requisite BindsTo PartOf Conflicts OnFailure "
                 "StartLimitIntervalSec StartLimitBurst ConditionPathExists AssertPathExists RequiresMountsFor "},
        {"Service",
         " ExecStart ExecStartPre ExecStartPost ExecReload ExecStop Type User Group WorkingDirectory Environment "
         "EnvironmentFile Restart RestartSec KillMode TimeoutStartSec TimeoutStopSec PIDFile NoNewPrivileges "
         "ProtectSystem ProtectHome PrivateTmp LimitNOFILE MemoryMax StandardOutput StandardError UMask "},
        {"Install", " WantedBy RequiredBy Also Alias "}};
    for (const auto& setting : unit.read->settings) {
        const auto* const known = std::find_if(std::begin(sections), std::end(sections),
                                               [&](const Section& one) { return one.name == setting.section; });
        if (known == std::end(sections)) {
            const auto near = nearest(setting.section, std::vector<std::string>{"Unit", "Service", "Install"});
            if (!near.empty() && !setting.section.starts_with("X-"))
                hits.add(unit.file, setting.line, 1,
                         fmt::format("[{}] is no section of systemd; what is in it is ignored; write [{}]",
                                     shown_word(setting.section), near))
                    .level = Level::error;
            continue;
        }
        // Older versions had it there, and it is still read: load-fragment-gperf.gperf.in.
        if (setting.section == "Service" && setting.name == "StartLimitBurst") continue;
        for (const auto& [name, settings] : sections)
            if (name != setting.section && settings.find(" " + setting.name + " ") != settings.npos)
                hits.add(unit.file, setting.line, 1,
                         fmt::format("{}= stands in [{}]; systemd ignores it there; move it to [{}]", setting.name,
                                     setting.section, name))
                    .level = Level::error;
    }
}

// What systemd refuses to start at all (service.c, service_verify).
void unit_refused(const Unit& unit, Hits& hits) {
    const auto* const again = unit.read->find("Service", "Restart");
    if (is_oneshot(unit) && again != nullptr && is_one_of(again->value, {"always", "on-success"}))
        hits.add(unit.file, again->line, 1,
                 fmt::format("Restart={} is refused with Type=oneshot; systemd doesn't start the service; write "
                             "Restart=on-failure",
                             again->value))
            .level = Level::error;
    const auto& settings = unit.read->settings;
    const auto has = [&](std::string_view name) {
        return std::any_of(settings.begin(), settings.end(),
                           [&](const UnitSetting& one) { return one.section == "Service" && one.name == name; });
    };
    const bool has_section =
        std::any_of(settings.begin(), settings.end(), [](const UnitSetting& one) { return one.section == "Service"; });
    const bool is_whole = has_section && !file_name(folder_of(unit.file)).ends_with(".d");
    if (is_whole && !has("ExecStart") && !has("ExecStop") && !has("SuccessAction"))
        hits.add(unit.file, 1, 1, "the service has no ExecStart=; systemd refuses it; write the program that it starts")
            .level = Level::error;
    const auto* const home = unit.read->find("Service", "ProtectHome");
    if (home == nullptr || !is_one_of(lower(home->value), {"yes", "true", "on", "1", "tmpfs"})) return;
    for (const std::string_view name : {"ExecStart", "WorkingDirectory", "EnvironmentFile"}) {
        const auto* const one = unit.read->find("Service", name);
        if (one == nullptr) continue;
        const auto path =
            std::string_view(one->value).substr(std::min(one->value.find_first_not_of("@-:+!|"), one->value.size()));
        if (path.starts_with("/home/") || path.starts_with("/root/"))
            hits.add(
                    unit.file, one->line, 1,
                    fmt::format("{}= is below {}, which ProtectHome= hides; the service doesn't start; move it to /opt "
                                "or /srv",
                                name, path.substr(0, path.find('/', 1))))
                .level = Level::error;
    }
}

void unit_syntax(const Unit& unit, const Project&, Hits& hits) {
    for (const auto& [line, column, message] : unit.read->problems) hits.add(unit.file, line, column, message);
    unknown_value(unit, hits);
    wrong_section(unit, hits);
    unit_refused(unit, hits);
    const UnitSetting* start = nullptr;
    for (const auto& setting : unit.read->settings) {
        if (setting.section != "Service" || setting.name != "ExecStart") continue;
        if (start != nullptr && !setting.value.empty() && !is_oneshot(unit))
            hits.add(unit.file, setting.line, 1,
                     "there is a second ExecStart=; systemd starts such a service only with Type=oneshot; write only "
                     "one ExecStart=")
                .level = Level::error;
        start = setting.value.empty() ? nullptr : &setting;
        const auto program = std::string_view(setting.value)
                                 .substr(std::min(setting.value.find_first_not_of("@-:+!|"), setting.value.size()));
        const auto word = program.substr(0, program.find(' '));
        if (word.find('/') != word.npos && word.find_first_of("/%$\"<") != 0)
            hits.add(unit.file, setting.line, 1,
                     fmt::format("ExecStart= begins with {}, which is not an absolute path; systemd refuses the "
                                 "service; write the whole path",
                                 shown_word(word)))
                .level = Level::error;
    }
}

// A word that only a shell understands; empty: none.
std::string word_of_shell(const std::vector<std::string>& words) {
    if (words.empty() || read::is_shell(file_name(words.front()))) return {};
    const auto found = std::find_if(words.begin() + 1, words.end(), [](const std::string& word) {
        return word.starts_with("$(") || word.starts_with('`') || word.find("=$(") != word.npos ||
               is_one_of(word, {">", ">>", "|", "||", "&&", "<", "&", "2>", "2>>", "2>&1", "&>"});
    });
    return found == words.end() ? std::string() : *found;
}

// These stay in the foreground, unless they are told otherwise.
bool stays_in_foreground(const std::vector<std::string>& words) {
    constexpr std::string_view servers[] = {"uvicorn", "gunicorn", "hypercorn", "daphne", "node", "java",
                                            "python",  "python3",  "npm",       "celery", "puma"};
    const auto program = words.empty() ? std::string_view() : file_name(words.front());
    return std::find(std::begin(servers), std::end(servers), program) != std::end(servers) &&
           std::none_of(words.begin(), words.end(), [](const std::string& word) {
               return word == "-D" || word == "--daemon" || word == "--detach" || word == "multi";
           });
}

// MemoryMax=512 is 512 bytes; what an ordinary user may not do.
void limits_and_rights(const Unit& unit, Hits& hits) {
    for (const std::string_view name : {"MemoryMax", "MemoryHigh", "MemoryLimit"}) {
        const auto* const one = unit.read->find("Service", name);
        const auto bytes = one == nullptr ? Result<std::int64_t>(no("")) : parse_integer(one->value);
        constexpr std::int64_t least = 1 << 20;
        if (bytes.ok() && bytes.value() > 0 && bytes.value() < least)
            hits.add(unit.file, one->line, 1,
                     fmt::format("{}= is {} bytes; the kernel kills the service at once; write a unit, such as {}M",
                                 name, one->value, one->value));
    }
    const auto* const rights = unit.read->find("Service", "AmbientCapabilities");
    if (rights != nullptr &&
        has_any(rights->value, {"CAP_SYS_ADMIN", "CAP_SYS_PTRACE", "CAP_SYS_MODULE", "CAP_DAC_OVERRIDE"}))
        hits.add(
            unit.file, rights->line, 1,
            "AmbientCapabilities= has a right that is nearly root's; an attacker in the service has the host; remove "
            "it");
    const auto* const start = unit.read->find("Service", "ExecStart");
    const auto* const user = unit.read->find("Service", "User");
    const bool is_ordinary = user != nullptr && user->value != "root" && user->value != "0";
    const auto words = " " + (start == nullptr ? std::string() : start->value) + " ";
    const bool may_bind = rights != nullptr && rights->value.find("CAP_NET_BIND_SERVICE") != std::string::npos;
    const bool by_socket = unit.read->find("Unit", "Requires") != nullptr &&
                           unit.read->find("Unit", "Requires")->value.find(".socket") != std::string::npos;
    if (is_ordinary && !may_bind && !by_socket &&
        has_any(words, {":80 ", ":443 ", "--port 80 ", "--port=80 ", "--port 443 ", "-p 80 "}))
        hits.add(unit.file, start->line, 1,
                 fmt::format("{} listens below 1024, which {} may not; the start fails; add "
                             "AmbientCapabilities=CAP_NET_BIND_SERVICE",
                             shown_word(file_name(std::string_view(start->value).substr(0, start->value.find(' ')))),
                             shown_word(user->value)));
    const auto* const dog = unit.read->find("Service", "WatchdogSec");
    const auto* const type = unit.read->find("Service", "Type");
    if (dog != nullptr && dog->value != "0" && (type == nullptr || !type->value.starts_with("notify")))
        hits.add(
                unit.file, dog->line, 1,
                "WatchdogSec= waits for signs of life, which only Type=notify programs send; systemd kills the service "
                "each time; remove it")
            .level = Level::warning;
}

void kill_mode(const Unit& unit, Hits& hits) {
    const auto* const mode = unit.read->find("Service", "KillMode");
    if (mode != nullptr && lower(mode->value) == "none")
        hits.add(unit.file, mode->line, 1,
                 "KillMode is none; old processes go on after a stop, and hold ports and files; remove the line")
            .level = Level::warning;
}

void unit_start(const Unit& unit, const Project&, Hits& hits) {
    kill_mode(unit, hits);
    limits_and_rights(unit, hits);
    const auto* const type = unit.read->find("Service", "Type");
    for (const auto& setting : unit.read->settings) {
        if (setting.section != "Service" || !setting.name.starts_with("Exec")) continue;
        const auto words = read::unit_words(setting.value).value_or(std::vector<std::string>());
        if (const auto word = word_of_shell(words); !word.empty())
            hits.add(unit.file, setting.line, 1,
                     fmt::format("{}= has {}, but systemd starts no shell; the program gets it as an argument; wrap "
                                 "the command in /bin/sh -c '…', or set StandardOutput=",
                                 shown_word(setting.name), word));
        if (setting.name == "ExecStart" && type != nullptr && type->value == "forking" && stays_in_foreground(words))
            hits.add(unit.file, type->line, 1,
                     fmt::format("Type= is forking, but {} stays in the foreground; the start times out; write "
                                 "Type=exec",
                                 shown_word(file_name(words.front()))))
                .level = Level::warning;
    }
}

}

std::span<const Rule> unit_form_rules() {
    static const Rule rows[] = {
        {.id = "unit-syntax",
         .title = "systemd ignores a line of the unit",
         .levels = always(Level::warning),
         .check = unit_syntax,
         .why = "systemd writes one line to its journal, and starts the service without the setting. The effect may "
                "show only weeks later. For example, with `Environment=A=b c`, the variable A is only `b`.",
         .way_out = "[Service]\nEnvironment=\"GREETING=hello world\""},
        {.id = "unit-start",
         .title = "The service doesn't start as the unit says",
         .levels = always(Level::error),
         .check = unit_start,
         .why = "systemd starts programs without a shell, so `>>` and `|` are only arguments of the program. With "
                "`Type=forking`, systemd waits until the first process ends. If this process stays in the foreground, "
                "the start times out.",
         .way_out = "StandardOutput=append:/var/log/notes.log"},
    };
    return rows;
}

}
