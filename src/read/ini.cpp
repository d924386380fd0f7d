#include "read/ini.h"
#include "base/text.h"
#include <fmt/format.h>

namespace fairlead::read {

namespace {

std::size_t indent_of(std::string_view line) { return line.find_first_not_of(" \t\f\v"); }

}

const IniSetting* IniFile::find(std::string_view section, std::string_view name) const {
    const IniSetting *own = nullptr, *common = nullptr;
    for (const auto& one : settings) {
        if (one.name != name) continue;
        if (one.section == section) own = &one;
        if (one.section == "DEFAULT") common = &one;
    }
    return own != nullptr ? own : common;
}

IniFile read_ini(std::string_view text) {
    IniFile file;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    std::string section;
    std::size_t indent = 0; // of the setting that may go on
    bool goes_on = false;
    int number = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = std::min(text.find('\n', begin), text.size());
        const auto line = text.substr(begin, end - begin);
        begin = end + 1;
        ++number;
        const auto word = trim(line);
        if (word.empty()) continue;
        if (word.front() == '#' || word.front() == ';') continue;
        if (goes_on && indent_of(line) > indent) {
            auto& value = file.settings.back().value;
            value += (value.empty() ? "" : "\n") + std::string(word);
            continue;
        }
        goes_on = false;
        if (word.front() == '[') {
            const auto close = word.find(']');
            if (close == word.npos)
                file.problems.push_back({number, 1, "a section begins here and is never closed; write ] after it"});
            section = word.substr(1, std::min(close, word.size()) - 1);
            continue;
        }
        const auto sign = word.find_first_of("=:");
        if (sign == word.npos || sign == 0) {
            file.problems.push_back({number, 1, fmt::format("'{}' is not a setting; write NAME = VALUE", word)});
            continue;
        }
        file.settings.push_back(
            {section, lower(trim(word.substr(0, sign))), std::string(trim(word.substr(sign + 1))), number});
        indent = indent_of(line);
        goes_on = true;
    }
    return file;
}

}
