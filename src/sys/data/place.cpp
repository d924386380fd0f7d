#include "sys/data/place.h"
#include "base/text.h"
#include <algorithm>

namespace fairlead::sys {
namespace {

std::string excerpt(std::string_view text, std::size_t start) {
    constexpr std::size_t longest = 400;
    std::string_view line = text.substr(start, text.find('\n', start) - start);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line.size() > longest ? "" : to_valid_utf8(line);
}

}

Place place_of(std::string_view text, std::size_t offset, const std::string& file_name) {
    const std::string_view before = text.substr(0, std::min(offset, text.size()));
    const std::size_t start = before.rfind('\n') + 1; // npos + 1 is 0
    return {file_name, 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n')),
            1 + static_cast<int>(code_points(before.substr(start))), excerpt(text, start)};
}

Place place_at(std::string_view text, int line, int column, const std::string& file_name) {
    std::size_t start = 0;
    for (int at = 1; at < line && start < text.size(); ++at) start = std::min(text.find('\n', start), text.size()) + 1;
    return {file_name, line, column, line > 0 && start < text.size() ? excerpt(text, start) : ""};
}

}
