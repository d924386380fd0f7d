#include "smoke/allowed.h"
#include "base/text.h"
#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace fairlead::smoke {

Result<Allowed> parse_allowed(std::string_view text) {
    const auto trimmed = trim(text);
    const auto wrong = [&] {
        return usage(fmt::format("'{}' is not a number of failures; write a count such as 3, or a percentage such as "
                                 "0.5%",
                                 text));
    };
    if (!trimmed.ends_with('%')) {
        const auto count = parse_integer(trimmed);
        if (!count.ok() || count.value() < 0) return wrong();
        return Allowed{count.value(), 0, false};
    }
    double percent = 0;
    const auto digits = trim(trimmed.substr(0, trimmed.size() - 1));
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), percent, std::chars_format::fixed);
    if (read.ec != std::errc() || read.ptr != digits.data() + digits.size() || percent < 0 || percent > 100)
        return wrong();
    return Allowed{0, std::llround(percent * 10'000), true};
}

std::string text_of(const Allowed& allowed) {
    if (!allowed.is_share) return std::to_string(allowed.count);
    return fmt::format("{} %", static_cast<double>(allowed.per_million) / 10'000);
}

}
