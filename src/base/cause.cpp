#include "base/cause.h"
#include <algorithm>
#include <string_view>

namespace fairlead {

std::string cause_of(const std::vector<std::string>& lines) {
    constexpr std::string_view words[] = {"error: ", "ERROR: ", "FATAL: ", "Error: "};
    for (const auto& line : lines)
        for (const auto word : words)
            if (line.find(word) != line.npos) return line;
    return lines.empty() ? "" : lines.back();
}

}
