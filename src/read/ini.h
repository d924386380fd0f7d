#pragma once
#include "read/problem.h"
#include <string>
#include <string_view>
#include <vector>

// Reads files of Python's ConfigParser (docs.python.org/3/library/configparser.html): sections, NAME = VALUE or NAME:
// VALUE, and indented lines that continue a value. Interpolation is not done: %(here)s stays as written.
namespace fairlead::read {

struct IniSetting {
    std::string section, name; // the name in lower case; settings before any section have an empty section
    std::string value;         // without blanks around it; continued lines are joined by line ends
    int line = 0;
};

struct IniFile {
    std::vector<IniSetting> settings;
    std::vector<Problem> problems; // lines that ConfigParser refuses

    // Returns the setting of the section, else of DEFAULT; of a repeated name, the last. Null: it isn't set.
    const IniSetting* find(std::string_view section, std::string_view name) const;
};

IniFile read_ini(std::string_view text);

}
