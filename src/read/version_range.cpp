#include "read/version_range.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::read {

namespace {

constexpr std::size_t most_parts = 3, most_digits = 9;
constexpr long endless = 1L << 40;

// Half open: [from, to).
struct VersionSpan {
    VersionParts from = {0}, to = {endless};
};

int compare(const VersionParts& a, const VersionParts& b) {
    for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
        const long left = i < a.size() ? a[i] : 0, right = i < b.size() ? b[i] : 0;
        if (left != right) return left < right ? -1 : 1;
    }
    return 0;
}

VersionParts up_to(VersionParts version, std::size_t parts) {
    version.resize(std::max<std::size_t>(parts, 1));
    return version;
}
// {1, 2, 3} at 1: {1, 3}.
VersionParts next(VersionParts version, std::size_t part) {
    version = up_to(std::move(version), part + 1);
    ++version[part];
    return version;
}

// "1.2.x", "v20", "3.11.*", "3.13.0rc1": its numbers. Nothing: it is no version. Empty: any.
std::optional<VersionParts> numbers_of(std::string_view word, bool& has_any) {
    VersionParts parts;
    has_any = false;
    if (word.starts_with('v') || word.starts_with('V')) word.remove_prefix(1);
    if (word.empty()) return std::nullopt;
    while (!word.empty() && parts.size() < most_parts) {
        if (word.front() == '*' || word.front() == 'x' || word.front() == 'X') {
            has_any = true;
            return parts;
        }
        const auto digits = std::min<std::size_t>(
            static_cast<std::size_t>(std::find_if_not(word.begin(), word.end(), is_digit) - word.begin()), word.size());
        if (digits == 0 || digits > most_digits) return std::nullopt;
        parts.push_back(parse_integer(word.substr(0, digits)).value_or(0));
        word.remove_prefix(digits);
        if (word.starts_with('.'))
            word.remove_prefix(1);
        else
            break; // a pre-release or a build counts as its version
    }
    return parts;
}

// ^1.2.3 up to 2, ^0.2.3 up to 0.3, ^0.0.3 up to 0.0.4.
VersionParts caret_end(const VersionParts& version) {
    std::size_t part = 0;
    while (part + 1 < version.size() && version[part] == 0) ++part;
    return next(version, part);
}

std::optional<bool> holds(const VersionParts& version, std::string_view sign, std::string_view word, RangeKind kind) {
    bool has_any = false;
    const auto numbers = numbers_of(word, has_any);
    if (!numbers) return std::nullopt;
    if (numbers->empty()) return true; // *, x
    const bool is_python = kind == RangeKind::python;
    const bool is_part = has_any || (!is_python && numbers->size() < most_parts);
    // What "1.2" stands for: that version, or all that begin so.
    const VersionSpan meant{*numbers, is_part ? next(*numbers, numbers->size() - 1) : VersionParts()};
    const auto below = [&](const VersionParts& end) { return compare(version, end) < 0; };
    const bool from = compare(version, meant.from) >= 0;
    const bool equal = is_part ? from && below(meant.to) : compare(version, meant.from) == 0;
    const auto last = numbers->size() - 1;
    if (sign.empty() && is_python) return from && below(next(*numbers, last)); // .python-version's "3.11"
    if (sign.empty() || sign == "=" || sign == "==" || sign == "===") return equal;
    if (sign == "!=") return !equal;
    if (sign == ">=") return from;
    if (sign == "<") return !from;
    if (sign == ">") return from && !equal;
    if (sign == "<=") return !from || equal;
    if (sign == "^") return from && below(caret_end(*numbers));
    if (sign == "~=" || (sign == "~" && kind == RangeKind::composer))
        return from && below(next(*numbers, last == 0 ? 0 : last - 1));
    if (sign == "~" || sign == "~>") return from && below(next(*numbers, std::min<std::size_t>(last, 1)));
    return std::nullopt;
}

// "1.2 - 2.3" of npm: as >=1.2 <=2.3.
std::string without_hyphens(std::string_view range) {
    const auto hyphen = range.find(" - ");
    if (hyphen == range.npos) return std::string(range);
    return fmt::format(">={} <={}", trim(range.substr(0, hyphen)), trim(range.substr(hyphen + 3)));
}

std::optional<bool> all_hold(const VersionParts& version, std::string_view range, RangeKind kind) {
    constexpr std::string_view signs = "<>=!~^";
    bool inside = true, read_any = false;
    std::string_view rest = trim(range);
    while (!rest.empty()) {
        const auto sign = rest.substr(0, std::min(rest.find_first_not_of(signs), rest.size()));
        rest = trim(rest.substr(sign.size()));
        const auto word = rest.substr(0, rest.find_first_of(" ,<>=!~^"));
        const auto held = holds(version, sign, word, kind);
        if (!held) return std::nullopt;
        inside = inside && *held;
        read_any = true;
        rest.remove_prefix(word.size());
        rest.remove_prefix(std::min(rest.find_first_not_of(" ,"), rest.size()));
    }
    return read_any ? std::optional(inside) : std::nullopt;
}

}

std::optional<VersionParts> version_in(std::string_view text) {
    const auto first = std::find_if(text.begin(), text.end(), is_digit);
    if (first == text.end()) return std::nullopt;
    bool has_any = false;
    return numbers_of(text.substr(static_cast<std::size_t>(first - text.begin())), has_any);
}

std::string text_of(const VersionParts& version) { return fmt::format("{}", fmt::join(version, ".")); }

std::optional<bool> is_in(const VersionParts& version, std::string_view range, RangeKind kind) {
    constexpr std::size_t longest = 500;
    if (range.size() > longest) return std::nullopt;
    bool inside = false;
    for (const auto& one : split(replace_all(range, "||", "|"), '|')) {
        const auto held = all_hold(version, without_hyphens(one), kind);
        if (!held) return std::nullopt;
        inside = inside || *held;
    }
    return inside;
}

}
