#include "migrate/files/name.h"
#include "base/text.h"
#include <algorithm>
#include <vector>

namespace fairlead::migrate::files {

namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::size_t longest_version = 100;

bool is_number(std::string_view text) { return !text.empty() && text.find_first_not_of(digits) == text.npos; }

std::string_view without_zeros(std::string_view number) {
    const auto first = number.find_first_not_of('0');
    return first == number.npos ? number.substr(number.size() - 1) : number.substr(first);
}

bool cut(std::string_view& text, std::string_view end) {
    if (!text.ends_with(end)) return false;
    text.remove_suffix(end.size());
    return true;
}

std::optional<FileName> flyway_name(std::string_view file) {
    if (!cut(file, ".sql") || (!file.starts_with('V') && !file.starts_with('U'))) return std::nullopt;
    const Way way = file.front() == 'V' ? Way::up : Way::down;
    file.remove_prefix(1);
    const auto separator = file.find("__");
    if (separator == file.npos) return std::nullopt;
    auto version = plain_version(file.substr(0, separator));
    if (!version) return std::nullopt;
    return FileName{std::move(*version), std::string(file.substr(separator + 2)), way};
}

}

namespace {

// "b.Down", "b.dwon", "b_down": people mean a way, and all of the file would be run as the way up.
bool says_way(std::string_view name, Way way) {
    if (way != Way::both) return name.ends_with(".up") || name.ends_with(".down");
    if (name.find('.') != name.npos) return true;
    const auto last = lower(name.substr(name.find_last_of("_-") + 1)); // all of it where neither is there
    return last == "down" || last == "undo" || last == "rollback" || last == "revert";
}

}

std::optional<std::string> plain_version(std::string_view text) {
    if (text.empty() || text.size() > longest_version) return std::nullopt;
    std::vector<std::string> parts;
    std::string dotted(text);
    std::replace(dotted.begin(), dotted.end(), '_', '.');
    for (const auto& part : split(dotted, '.')) {
        if (!is_number(part)) return std::nullopt;
        parts.emplace_back(without_zeros(part));
    }
    while (parts.size() > 1 && parts.back() == "0") parts.pop_back();
    return join(parts, ".");
}

bool is_before(std::string_view one, std::string_view other) {
    while (true) {
        const auto mine = one.substr(0, one.find('.')), its = other.substr(0, other.find('.'));
        if (mine.size() != its.size()) return mine.size() < its.size();
        if (mine != its) return mine < its;
        one.remove_prefix(std::min(one.size(), mine.size() + 1));
        other.remove_prefix(std::min(other.size(), its.size() + 1));
        if (other.empty()) return false;
        if (one.empty()) return true;
    }
}

std::optional<FileName> parse_name(std::string_view file, Layout layout) {
    if (layout == Layout::flyway) return flyway_name(file);
    Way way = Way::both;
    if (!cut(file, ".sql")) return std::nullopt;
    if (cut(file, ".up"))
        way = Way::up;
    else if (cut(file, ".down"))
        way = Way::down;
    const auto end = file.find('_');
    if (end == file.npos || !is_number(file.substr(0, end))) return std::nullopt;
    auto version = plain_version(file.substr(0, end));
    if (!version || says_way(file.substr(end + 1), way)) return std::nullopt;
    return FileName{std::move(*version), std::string(file.substr(end + 1)), way};
}

}
