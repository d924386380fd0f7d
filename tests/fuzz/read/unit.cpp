// hostile: units
// Whatever the text: places lie within it, names are names, and variables read the same when they are written again.
#include "read/unit.h"
#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace fairlead::read;

extern "C" int fuzz_read_unit(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto lines = std::count(text.begin(), text.end(), '\n') + 1;
    const auto unit = read_unit(text);
    for (const auto& problem : unit.problems)
        if (problem.line < 1 || problem.line > lines || problem.message.empty()) std::abort();
    for (const auto& setting : unit.settings)
        if (setting.line < 1 || setting.line > lines || setting.section.empty()) std::abort();
    std::string again = "[Service]\n";
    for (const auto& variable : unit.variables) {
        if (variable.name.empty()) std::abort();
        again += "Environment=\"" + variable.name + "=";
        for (const char c : variable.value) {
            constexpr char digits[] = "0123456789abcdef";
            const auto byte = static_cast<unsigned char>(c);
            again += std::string("\\x") + digits[byte >> 4] + digits[byte & 15];
        }
        again += "\"\n";
    }
    const auto same = read_unit(again);
    if (again.size() < (1 << 20) &&
        !std::equal(unit.variables.begin(), unit.variables.end(), same.variables.begin(), same.variables.end(),
                    [](const auto& a, const auto& b) { return a.name == b.name && a.value == b.value; }))
        std::abort();
    return 0;
}
