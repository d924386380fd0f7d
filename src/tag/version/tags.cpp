#include "tag/version/tags.h"
#include "base/text.h"
#include "tag/version/pep440.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace fairlead::tag {

namespace {

using Lines = std::map<std::string, std::vector<VersionTag>, std::less<>>; // by what stands before [v]1.2.3

bool is_v(char c) { return c == 'v' || c == 'V'; }
bool is_tag_separator(char c) { return std::string_view("/@-_").find(c) != std::string_view::npos; }

std::string_view line_of(std::string_view prefix) {
    const bool has_v = !prefix.empty() && is_v(prefix.back());
    const auto before = has_v ? prefix.substr(0, prefix.size() - 1) : prefix;
    return before.empty() || is_tag_separator(before.back()) ? before : prefix;
}

// 1.2 and 1.2-rc.1 as 1.2.0 and 1.2.0-rc.1.
std::optional<Semver> parse_two(std::string_view text) {
    const auto end = std::min(text.find_first_of("-+"), text.size());
    if (std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), '.') != 1) return std::nullopt;
    return parse_semver(std::string(text.substr(0, end)) + ".0" + std::string(text.substr(end)));
}

std::optional<VersionTag> read_behind(std::string_view name, std::size_t size) {
    const auto number = name.substr(size);
    if (number.empty() || !is_digit(number[0]) || number.back() == ' ') return std::nullopt;
    auto version = parse_semver(number);
    const bool two = !version;
    if (two) version = parse_two(number);
    if (!version) return std::nullopt;
    return VersionTag{std::string(name), std::move(*version), std::string(name.substr(0, size)), two};
}

// v255, 2024.01.15, 1.0rc1: a version for people.
bool looks_like_version(std::string_view name) {
    const bool has_v = !name.empty() && is_v(name[0]);
    const auto number = name.substr(has_v ? 1 : 0);
    return !number.empty() && is_digit(number[0]) && (has_v || number.find('.') != number.npos);
}

bool is_higher_odd(std::string_view a, std::string_view b) {
    const auto one = parse_pep440(a), other = parse_pep440(b);
    return one && other ? compare(*one, *other) > 0 : a > b;
}

bool is_higher(const VersionTag& a, const VersionTag& b) {
    const auto order = compare(a.version, b.version);
    if (order != 0) return order > 0;
    if (a.prefix.size() != b.prefix.size()) return a.prefix.size() > b.prefix.size();
    return a.name < b.name; // 1.0.0+a and 1.0.0+b
}

// "api/v, web/v and 3 more", as the highest tag of each has it.
std::string listed(const std::vector<const Lines::value_type*>& lines) {
    constexpr std::size_t most = 8;
    std::vector<std::string> names;
    for (const auto* line : lines)
        if (names.size() < most)
            names.push_back("'" + std::min_element(line->second.begin(), line->second.end(), is_higher)->prefix + "'");
    const auto text = join(names, ", ");
    return lines.size() > most ? fmt::format("{} and {} more", text, lines.size() - most) : text;
}

// What is asked for by a name that no tag has, while others are there, is a slip.
Result<void> refuse_unknown(const Component& component, const Lines& lines) {
    std::vector<const Lines::value_type*> others;
    std::vector<std::string> names;
    for (const auto& line : lines) {
        if (line.first.empty()) continue;
        others.push_back(&line);
        names.push_back(line.first.substr(0, line.first.size() - 1));
    }
    if (!component.by_name_only || others.empty()) return {};
    const auto near = nearest(component.name, names);
    return usage(fmt::format("component '{}' is unknown: no version tag begins with its name, they begin with {}{}; "
                             "for a new one give --tag-prefix {}",
                             component.name, listed(others), near.empty() ? "" : " (did you mean " + near + "?)",
                             component.prefix));
}

// The highest version at all, of the line whose prefix is like the given one if there is any.
std::optional<VersionTag> instead_of(const std::string& prefix, const Lines& lines) {
    std::vector<std::string> prefixes;
    std::vector<VersionTag> highest;
    for (const auto& line : lines) {
        highest.push_back(*std::min_element(line.second.begin(), line.second.end(), is_higher));
        prefixes.push_back(highest.back().prefix);
    }
    if (highest.empty()) return std::nullopt;
    const auto near = std::find(prefixes.begin(), prefixes.end(), nearest(prefix, prefixes));
    if (near != prefixes.end()) return highest[static_cast<std::size_t>(near - prefixes.begin())];
    return *std::min_element(highest.begin(), highest.end(), is_higher);
}

Error several(const std::string& whose, const std::vector<const Lines::value_type*>& lines) {
    const bool has_name = !whose.empty();
    return usage(fmt::format("version tags {}begin with {}, and it is not clear which prefix is meant; {}",
                             has_name ? "of component '" + whose + "' " : "", listed(lines),
                             has_name ? "give its prefix in fairlead.yml, or --tag-prefix"
                                      : "give --component or --tag-prefix"));
}

// The line that is meant where nobody gave a prefix; null: there are no versions.
Result<const Lines::value_type*> infer(const Component& component, const Lines& lines, const std::string& odd) {
    std::vector<const Lines::value_type*> meant;
    if (const auto whole = lines.find(""); whole != lines.end() && component.name.empty()) return &*whole;
    for (const auto& line : lines) {
        const std::string_view name = line.first;
        const bool its = name.size() == component.name.size() + 1 && name.starts_with(component.name);
        if (component.name.empty() || its) meant.push_back(&line);
    }
    const bool is_of_component = meant.size() == 1 && component.name.empty() &&
                                 std::any_of(component.siblings.begin(), component.siblings.end(),
                                             [&](const auto& one) { return line_of(one) == meant.front()->first; });
    if (meant.size() > 1 || is_of_component) return several(component.name, meant);
    if (meant.size() == 1) return meant.front();
    TRY_VOID(refuse_unknown(component, lines));
    if (!odd.empty() && component.name.empty())
        return usage(fmt::format("tag '{}' looks like a version, but not like 1.2.3 or 1.2, so what comes next is not "
                                 "known; if it is none, give --tag-prefix v",
                                 odd));
    return nullptr;
}

// Without the moving ones among two-part tags.
std::vector<VersionTag> sorted(std::vector<VersionTag> tags) {
    std::sort(tags.begin(), tags.end(), is_higher);
    std::vector<VersionTag> kept;
    for (auto at = tags.begin(); at != tags.end();) {
        const auto end =
            std::find_if(at, tags.end(), [&](const VersionTag& tag) { return compare(tag.version, at->version) != 0; });
        const bool whole = std::any_of(at, end, [](const VersionTag& tag) { return !tag.two_parts; });
        for (; at != end; ++at)
            if (!whole || !at->two_parts) kept.push_back(std::move(*at));
    }
    return kept;
}

}

std::optional<VersionTag> read_version_tag(std::string_view name) {
    for (std::size_t at = 0; at < name.size(); ++at) {
        if (!is_digit(name[at])) continue;
        const auto line = line_of(name.substr(0, at));
        if (!line.empty() && !is_tag_separator(line.back())) continue;
        if (auto tag = read_behind(name, at)) return tag;
    }
    return std::nullopt;
}

Result<std::vector<std::string>> all_tags(Checkout& checkout, Tags needed) {
    TRY_VOID(checkout.require(needed));
    std::vector<std::string> names;
    TRY_VOID(checkout.each_tag([&](std::string_view name) -> Result<void> {
        names.emplace_back(name);
        return {};
    }));
    return names;
}

Result<VersionTags> version_tags(const Component& component, Checkout& checkout, Tags needed) {
    const auto names = TRY(all_tags(checkout, needed));
    return version_tags(component, names);
}

Result<VersionTags> version_tags(const Component& component, const std::vector<std::string>& names) {
    Lines lines;
    std::string odd;
    VersionTags found{{}, component.prefix, false, {}, {}};
    for (const auto& name : names) {
        const bool exact = !component.infers_prefix && name.starts_with(component.prefix);
        auto tag = exact ? read_behind(name, component.prefix.size()) : std::nullopt;
        if (tag) {
            found.tags.push_back(std::move(*tag));
        } else if ((tag = read_version_tag(name))) {
            auto& line = lines[std::string(line_of(tag->prefix))];
            line.push_back(std::move(*tag));
        } else if (looks_like_version(name) && (odd.empty() || is_higher_odd(name, odd))) {
            odd = name;
        }
    }
    if (component.infers_prefix) {
        const auto* line = TRY(infer(component, lines, odd));
        if (line) found.tags = line->second;
        found.inferred = line != nullptr;
        if (line && line->first.empty()) found.odd = odd;
    } else if (const auto line = lines.find(line_of(component.prefix)); line != lines.end()) {
        found.beside = *std::min_element(line->second.begin(), line->second.end(), is_higher);
    } else if (component.was_asked && found.tags.empty()) {
        found.beside = instead_of(component.prefix, lines);
    }
    found.tags = sorted(std::move(found.tags));
    return found;
}

Spelling spelling_of(const VersionTags& tags, const VersionTag* base) {
    Spelling spelling{tags.prefix};
    if (tags.tags.empty()) return spelling;
    if (!base) base = &tags.tags.front();
    spelling.prefix = base->prefix;
    const auto zero = std::find_if(tags.tags.begin(), tags.tags.end(), [&](const VersionTag& tag) {
        return tag.version.patch == 0 && compare(tag.version, base->version) <= 0;
    });
    spelling.short_zero = zero != tags.tags.end() && zero->two_parts;
    spelling.patches = !spelling.short_zero || std::any_of(tags.tags.begin(), tags.tags.end(),
                                                           [](const VersionTag& tag) { return tag.version.patch > 0; });
    return spelling;
}

std::string Spelling::text(const Semver& version) const {
    auto text = version.text();
    if (short_zero && version.patch == 0) text.erase(text.find('.', text.find('.') + 1), 2);
    return text;
}

}
