#include "smoke/hurl/limits.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke::hurl {

Result<void> check_cost(const sys::Pattern& pattern, std::string_view text) {
    constexpr std::size_t most_steps = 1ULL << 34;
    if (pattern.size() <= most_steps / std::max<std::size_t>(text.size(), 1)) return {};
    return no(fmt::format("the expression is too large for a text of {} bytes; shorten its repetitions", text.size()));
}

Result<void> check_parts(std::string_view text, std::string_view characters, std::string_view parts) {
    constexpr std::ptrdiff_t most = 1'000'000;
    if (text.size() < static_cast<std::size_t>(most)) return {};
    const auto counts = [&](char c) { return characters.find(c) != characters.npos; };
    if (std::count_if(text.begin(), text.end(), counts) < most) return {};
    return no(fmt::format("the text has too many {}; at most a million are read", parts));
}

std::unique_lock<std::mutex> one_large_body(std::size_t size) {
    constexpr std::size_t large = 1U << 20U;
    static std::mutex one;
    return size > large ? std::unique_lock(one) : std::unique_lock<std::mutex>();
}

}
