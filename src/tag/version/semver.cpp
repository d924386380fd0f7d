#include "tag/version/semver.h"
#include "base/text.h"
#include "tag/script/ecma.h"
#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

constexpr std::uint64_t greatest = (std::uint64_t{1} << 53) - 1;

bool is_numeric(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

// Takes the digits at the start of `text`.
std::optional<std::uint64_t> take_number(std::string_view& text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const auto size = static_cast<std::size_t>(end - text.data());
    if (error != std::errc() || number > greatest || (size > 1 && text[0] == '0')) return std::nullopt;
    text.remove_prefix(size);
    return number;
}

bool take(std::string_view& text, char expected) {
    if (text.empty() || text[0] != expected) return false;
    text.remove_prefix(1);
    return true;
}

enum class Zeros { allowed, refused }; // leading ones of a numeric identifier

bool split_identifiers(std::string_view text, Zeros zeros, std::vector<std::string>& identifiers) {
    const auto good = [](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
    };
    for (auto& identifier : split(text, '.')) {
        if (identifier.empty() || !std::all_of(identifier.begin(), identifier.end(), good)) return false;
        if (zeros == Zeros::refused && identifier.size() > 1 && identifier[0] == '0' && is_numeric(identifier))
            return false;
        identifiers.push_back(std::move(identifier));
    }
    return true;
}

std::strong_ordering compare_identifiers(const std::string& a, const std::string& b) {
    const bool number_a = is_numeric(a), number_b = is_numeric(b);
    if (number_a != number_b) return number_a ? std::strong_ordering::less : std::strong_ordering::greater;
    if (number_a && a.size() != b.size()) return a.size() <=> b.size(); // no leading zeros
    return a.compare(b) <=> 0;
}

}

std::string Semver::text() const {
    auto out = fmt::format("{}.{}.{}", major, minor, patch);
    if (is_prerelease()) out += "-" + join(prerelease, ".");
    return out;
}

std::optional<Semver> parse_semver(std::string_view text) {
    if (text.size() > 256) return std::nullopt;
    text = trim_blanks(text);
    take(text, 'v');
    Semver version;
    for (auto* part : {&version.major, &version.minor, &version.patch}) {
        if (part != &version.major && !take(text, '.')) return std::nullopt;
        const auto number = take_number(text);
        if (!number) return std::nullopt;
        *part = *number;
    }
    const auto plus = text.find('+');
    const auto before = text.substr(0, plus);
    if (plus != std::string_view::npos && !split_identifiers(text.substr(plus + 1), Zeros::allowed, version.build))
        return std::nullopt;
    if (before.empty()) return version;
    if (before[0] != '-' || !split_identifiers(before.substr(1), Zeros::refused, version.prerelease))
        return std::nullopt;
    return version;
}

std::strong_ordering compare(const Semver& a, const Semver& b) {
    if (const auto order = a.major <=> b.major; order != 0) return order;
    if (const auto order = a.minor <=> b.minor; order != 0) return order;
    if (const auto order = a.patch <=> b.patch; order != 0) return order;
    if (a.is_prerelease() != b.is_prerelease())
        return a.is_prerelease() ? std::strong_ordering::less : std::strong_ordering::greater;
    for (std::size_t i = 0; i < std::min(a.prerelease.size(), b.prerelease.size()); ++i)
        if (const auto order = compare_identifiers(a.prerelease[i], b.prerelease[i]); order != 0) return order;
    return a.prerelease.size() <=> b.prerelease.size();
}

}
