#pragma once
#include "read/problem.h"
#include <string>
#include <string_view>
#include <vector>

// Files of Python's ConfigParser (docs.python.org/3/library/configparser.html): sections, NAME = VALUE or NAME: VALUE,
// and lines further in that go on with a value. Nothing is filled in: %(here)s stands as it is.
namespace fairlead::read {

struct IniSetting {
    std::string section, name; // the name in small letters; of what stands before any section an empty section
    std::string value;         // without blanks around it; continued lines are joined by a line end
    int line = 0;
};

struct IniFile {
    std::vector<IniSetting> settings;
    std::vector<Problem> problems; // what ConfigParser refuses

    // That of the section, else of DEFAULT; of equal names the last. Null: it isn't set.
    const IniSetting* find(std::string_view section, std::string_view name) const;
};

IniFile read_ini(std::string_view text);

}
