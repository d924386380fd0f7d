#include "read/unit.h"
#include "base/env_file.h"
#include "base/text.h"
#include <algorithm>
#include <cstdint>
#include <fmt/format.h>

namespace fairlead::read {

namespace {

constexpr std::size_t size_limit = 1u << 20;
constexpr std::size_t problem_limit = 100;

void add_problem(UnitFile& unit, int line, std::string message) {
    if (unit.problems.size() < problem_limit) unit.problems.push_back({line, 1, std::move(message)});
}

struct UnitLine {
    std::string text; // with those that it goes on in
    int number = 0;
};

// Lines without comments, each with those that it goes on in.
std::vector<UnitLine> lines_of(std::string_view text) {
    std::vector<UnitLine> lines;
    int number = 0;
    bool goes_on = false;
    for (const auto& raw : split(text, '\n')) {
        ++number;
        auto words = trim(std::string_view(raw));
        if (words.starts_with('#') || words.starts_with(';')) continue; // in a continued line, too
        if (words.empty() && !goes_on) continue;
        if (!goes_on) lines.push_back({"", number});
        goes_on = words.ends_with('\\');
        if (goes_on) words.remove_suffix(1);
        lines.back().text += words;
        if (goes_on) lines.back().text += ' ';
    }
    return lines;
}

// What people write most; of other names nothing is known, and systemd has hundreds.
constexpr std::string_view usual_names[] = {"Description",
                                            "Documentation",
                                            "Requires",
                                            "RequiresMountsFor",
                                            "BindsTo",
                                            "PartOf",
                                            "Conflicts",
                                            "Condition",
                                            "StartLimitBurst",
                                            "StartLimitIntervalSec",
                                            "ExecStart",
                                            "ExecStartPre",
                                            "ExecStartPost",
                                            "ExecReload",
                                            "ExecStop",
                                            "ExecStopPost",
                                            "Restart",
                                            "RestartSec",
                                            "TimeoutSec",
                                            "TimeoutStartSec",
                                            "TimeoutStopSec",
                                            "WatchdogSec",
                                            "PIDFile",
                                            "NotifyAccess",
                                            "KillMode",
                                            "KillSignal",
                                            "WorkingDirectory",
                                            "DynamicUser",
                                            "Environment",
                                            "EnvironmentFile",
                                            "RuntimeDirectory",
                                            "StateDirectory",
                                            "CacheDirectory",
                                            "LogsDirectory",
                                            "LimitNOFILE",
                                            "LimitNPROC",
                                            "LimitCORE",
                                            "MemoryMax",
                                            "MemoryHigh",
                                            "TasksMax",
                                            "CPUQuota",
                                            "StandardOutput",
                                            "StandardError",
                                            "StandardInput",
                                            "SyslogIdentifier",
                                            "NoNewPrivileges",
                                            "PrivateTmp",
                                            "PrivateDevices",
                                            "PrivateNetwork",
                                            "PrivateUsers",
                                            "ProtectSystem",
                                            "ProtectHome",
                                            "ProtectClock",
                                            "ProtectHostname",
                                            "ProtectProc",
                                            "ReadWritePaths",
                                            "ReadOnlyPaths",
                                            "ReadWriteDirectories",
                                            "ReadOnlyDirectories",
                                            "SupplementaryGroups",
                                            "CapabilityBoundingSet",
                                            "AmbientCapabilities",
                                            "SystemCallFilter",
                                            "RestrictNamespaces",
                                            "RestrictRealtime",
                                            "MemoryDenyWriteExecute",
                                            "LockPersonality",
                                            "WantedBy",
                                            "RequiredBy",
                                            "LoadCredential"};

// One letter too many, too few or wrong, or two that changed places.
bool is_slip(std::string_view one, std::string_view other) {
    while (!one.empty() && !other.empty() && one.front() == other.front()) one.remove_prefix(1), other.remove_prefix(1);
    while (!one.empty() && !other.empty() && one.back() == other.back()) one.remove_suffix(1), other.remove_suffix(1);
    return one.size() + other.size() == 1 || (one.size() == 1 && other.size() == 1) ||
           (one.size() == 2 && other.size() == 2 && one[0] == other[1] && one[1] == other[0]);
}

// "Enviroment": systemd ignores it.
std::string_view meant_by(std::string_view name) {
    if (name.size() < 6) return {};
    for (const auto known : usual_names)
        if (name == known) return {};
    for (const auto known : usual_names)
        if (is_slip(name, known)) return known;
    return {};
}

void add_setting(UnitFile& unit, const UnitLine& line, const std::string& section) {
    const auto sign = line.text.find('=');
    if (sign == line.text.npos || sign == 0) {
        add_problem(unit, line.number,
                    "the line is not NAME=value; systemd ignores it; write NAME=value, or begin the line with '#'");
        return;
    }
    if (section.empty()) {
        add_problem(unit, line.number,
                    "the setting is above the first [Section]; systemd ignores it; move it into a section");
        return;
    }
    const std::string_view text = line.text;
    if (const auto meant = meant_by(trim(text.substr(0, sign))); !meant.empty())
        add_problem(unit, line.number, fmt::format("systemd knows no such setting and ignores it; write {}=", meant));
    unit.settings.push_back(
        {section, std::string(trim(text.substr(0, sign))), std::string(trim(text.substr(sign + 1))), line.number});
}

void set(std::vector<UnitVariable>& variables, UnitVariable variable) {
    const auto old = std::find_if(variables.begin(), variables.end(),
                                  [&](const UnitVariable& one) { return one.name == variable.name; });
    if (old == variables.end())
        variables.push_back(std::move(variable));
    else
        *old = std::move(variable);
}

constexpr std::size_t variable_limit = 1000; // of a unit: each is looked for among those before it

void add_environment(UnitFile& unit, const UnitSetting& setting) {
    if (setting.value.empty()) {
        unit.variables.clear();
        return;
    }
    const auto words = unit_words(setting.value);
    if (!words) {
        add_problem(unit, setting.line,
                    "a quote or an escape is wrong here; systemd ignores the setting; close the quote");
        return;
    }
    for (const auto& word : *words) {
        const auto sign = word.find('=');
        const bool is_one = sign != word.npos && is_variable_name(std::string_view(word).substr(0, sign));
        if (is_one && unit.variables.size() < variable_limit)
            set(unit.variables, {word.substr(0, sign), word.substr(sign + 1), setting.line});
        else if (!is_one)
            add_problem(unit, setting.line,
                        "a word of Environment= is not NAME=value; systemd ignores it; write \"NAME=a b\" in quotes");
    }
}

// ---- words

struct Escape {
    char letter, meaning;
};
constexpr Escape escapes[] = {{'a', '\a'}, {'b', '\b'}, {'f', '\f'}, {'n', '\n'},  {'r', '\r'}, {'t', '\t'},
                              {'v', '\v'}, {'s', ' '},  {'"', '"'},  {'\'', '\''}, {'\\', '\\'}};

// UTF-8 of a code point; nothing for one that is none, or NUL.
bool append_point(std::string& text, std::uint32_t point) {
    if (point == 0 || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) return false;
    if (point < 0x80) {
        text += static_cast<char>(point);
        return true;
    }
    const int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    text += static_cast<char>((0xFF00U >> (more + 1) & 0xFFU) | point >> (6 * more));
    for (int i = more - 1; i >= 0; --i) text += static_cast<char>(0x80U | (point >> (6 * i) & 0x3FU));
    return true;
}

// What stands behind a backslash at `at`; moves behind it. False: it is no escape.
bool unescape(std::string_view value, std::size_t& at, std::string& word) {
    if (at >= value.size()) return false;
    const char letter = value[at++];
    for (const auto& [name, meaning] : escapes)
        if (letter == name) {
            word += meaning;
            return true;
        }
    const bool octal = letter >= '0' && letter <= '7';
    const std::size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : octal ? 3 : 0;
    if (digits == 0) return false;
    if (octal) --at;
    if (value.size() - at < digits) return false;
    std::uint32_t point = 0;
    for (const char c : value.substr(at, digits)) {
        const auto digit = std::string_view("0123456789abcdef").find(lower(std::string_view(&c, 1)));
        if (digit == std::string_view::npos || (octal && digit > 7)) return false;
        point = point * (octal ? 8 : 16) + static_cast<std::uint32_t>(digit);
    }
    at += digits;
    if (letter == 'u' || letter == 'U') return append_point(word, point);
    if (point == 0 || point > 0xFF) return false;
    word += static_cast<char>(point);
    return true;
}

}

std::optional<std::vector<std::string>> unit_words(std::string_view value) {
    constexpr std::string_view blanks = " \t\n\r";
    std::vector<std::string> words;
    char quote = 0;
    bool in_word = false;
    for (std::size_t at = 0; at < value.size();) {
        const char c = value[at];
        if (quote == 0 && blanks.find(c) != blanks.npos) {
            in_word = false;
            ++at;
            continue;
        }
        if (!in_word) words.emplace_back();
        in_word = true;
        ++at;
        if (c == quote)
            quote = 0;
        else if (quote == 0 && (c == '"' || c == '\''))
            quote = c;
        else if (c != '\\')
            words.back() += c;
        else if (!unescape(value, at, words.back()))
            return std::nullopt;
    }
    if (quote != 0) return std::nullopt;
    return words;
}

const UnitSetting* UnitFile::find(std::string_view section, std::string_view name) const {
    const UnitSetting* found = nullptr;
    for (const auto& setting : settings)
        if (setting.section == section && setting.name == name) found = setting.value.empty() ? nullptr : &setting;
    return found;
}

UnitFile read_unit(std::string_view text) {
    UnitFile unit;
    if (text.size() > size_limit) {
        add_problem(unit, 1, "the file is over 1 MiB, so systemd does not read it; make it shorter");
        return unit;
    }
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (const auto nul = text.find('\0'); nul != text.npos) {
        text = text.substr(0, nul);
        add_problem(unit, static_cast<int>(std::count(text.begin(), text.end(), '\n')) + 1,
                    "a NUL byte is here; systemd doesn't read the rest; write text");
    }
    std::string section;
    for (const auto& line : lines_of(text)) {
        if (!line.text.starts_with('[')) {
            add_setting(unit, line, section);
            continue;
        }
        const bool closed = line.text.ends_with(']') && line.text.size() > 2;
        if (!closed)
            add_problem(unit, line.number,
                        "the head of a section is not closed; systemd refuses the unit; write [Service]");
        section = closed ? line.text.substr(1, line.text.size() - 2) : "";
    }
    for (const auto& setting : unit.settings) {
        if (setting.section != "Service") continue;
        if (setting.name == "Environment") add_environment(unit, setting);
        if (setting.name != "EnvironmentFile") continue;
        if (setting.value.empty()) unit.environment_files.clear();
        const std::string path = setting.value.substr(setting.value.starts_with('-') ? 1 : 0);
        if (path.starts_with('/') || path.starts_with('%'))
            unit.environment_files.push_back(path);
        else if (!path.empty())
            add_problem(unit, setting.line,
                        "the path is not absolute; systemd ignores the env file; begin it with '/'");
    }
    return unit;
}

}
