#pragma once
#include "read/problem.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Reads unit files of systemd (systemd.syntax(7)): sections, settings, lines continued by a backslash, and comments
// between them. Nothing is expanded: %i, $NAME and ${NAME} stay as written.
namespace fairlead::read {

struct UnitSetting {
    std::string section, name; // "Service", "ExecStart"
    std::string value;         // without blanks around it; continued lines are joined by blanks
    int line = 0;              // line where it begins
};

struct UnitVariable {
    std::string name, value;
    int line = 0; // line of its setting
};

struct UnitFile {
    std::vector<UnitSetting> settings;
    // from Environment= of [Service] (systemd.exec(5)); of a repeated name, the last
    std::vector<UnitVariable> variables;
    std::vector<std::string> environment_files; // EnvironmentFile=, without the '-' that allows a missing file
    std::vector<Problem> problems;              // lines that systemd ignores

    // Returns the last setting; an empty setting removes earlier ones. Null: it isn't set.
    const UnitSetting* find(std::string_view section, std::string_view name) const;
};

// Never fails. Text after 1 MiB is not read, as in systemd.
UnitFile read_unit(std::string_view text);

// Splits a setting into words, removes quotes and replaces C's escapes (systemd.syntax(7), "Quoting"). Nothing: a quote
// isn't closed, or an escape is invalid.
std::optional<std::vector<std::string>> unit_words(std::string_view value);

}
