#include "sys/place.h"
#include "base/text.h"
#include <algorithm>

namespace fairlead::sys {

Place place_of(std::string_view text, std::size_t offset, const std::string& file_name) {
    constexpr std::size_t longest_excerpt = 400;
    offset = std::min(offset, text.size());
    const std::string_view before = text.substr(0, offset);
    const std::size_t newline = before.rfind('\n');
    const std::size_t start = newline == std::string_view::npos ? 0 : newline + 1;
    std::string_view line = text.substr(start, text.find('\n', start) - start);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() > longest_excerpt) line = {};
    return {file_name, 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n')),
            1 + static_cast<int>(code_points(before.substr(start))), to_valid_utf8(line)};
}

}
