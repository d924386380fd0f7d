#pragma once
#include "read/problem.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Unit files of systemd (systemd.syntax(7)): sections, settings, lines that go on behind a backslash and comments
// between them. Nothing is expanded: %i, $NAME and ${NAME} stand as they are.
namespace fairlead::read {

struct UnitSetting {
    std::string section, name; // "Service", "ExecStart"
    std::string value;         // without blanks around it; continued lines are joined by a blank
    int line = 0;              // where it begins
};

struct UnitVariable {
    std::string name, value;
    int line = 0; // of its setting
};

struct UnitFile {
    std::vector<UnitSetting> settings;
    std::vector<UnitVariable> variables;        // Environment= of [Service] (systemd.exec(5)), of equal names the last
    std::vector<std::string> environment_files; // EnvironmentFile=, without the '-' of one that may be missing
    std::vector<Problem> problems;              // what systemd ignores

    // The last one; an empty one takes those before it back. Null: it isn't set.
    const UnitSetting* find(std::string_view section, std::string_view name) const;
};

// Never fails. Beyond 1 MiB nothing is read, as by systemd.
UnitFile read_unit(std::string_view text);

// A setting's words, without quotes and with C's escapes taken for what they mean (systemd.syntax(7), "Quoting").
// Nothing: a quote is not closed or an escape is none.
std::optional<std::vector<std::string>> unit_words(std::string_view value);

}
