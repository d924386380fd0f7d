// Two catalogues, held against each other.
#include "backup/engines/postgres/postgres_catalog.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <set>

namespace fairlead::backup::postgres {
namespace {

using Lines = std::map<std::string_view, std::string_view>;

Lines lines_of(std::string_view text) {
    Lines lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = text.substr(0, end);
        if (const auto tab = line.find('\t'); tab != line.npos)
            lines.emplace(line.substr(0, tab), line.substr(tab + 1));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

bool has(std::string_view name, std::string_view words) { return name.find(words) != name.npos; }

bool is_of_roles(std::string_view name) {
    return name.starts_with("role ") || (name.starts_with("setting ") && has(name, " of role "));
}

// What such a copy never has.
bool is_passed_over(std::string_view name, const Copied& copied) {
    if (name == "sorting of the database") return !copied.sorting;
    if (!copied.settings && (name.ends_with(" of the database") || name.ends_with(" in the database"))) return true;
    if (copied.owners) return false;
    constexpr std::string_view of_owners[] = {"owner ", "rights ", "policy ", "user mapping "};
    return is_of_roles(name) || std::any_of(std::begin(of_owners), std::end(of_owners),
                                            [&](std::string_view word) { return name.starts_with(word); });
}

// Another machine has other libraries; an inherited column may come back in another place; pg_dump knows nothing of a
// foreign key's triggers.
bool is_told_only(std::string_view name) {
    constexpr std::string_view words[] = {"order of columns of ", "version of ", "collation version of ",
                                          "triggers of foreign keys of "};
    return std::any_of(std::begin(words), std::end(words),
                       [&](std::string_view word) { return name.starts_with(word); });
}

// "1 4711": its direction, and the last value; none: nobody has asked it. It isn't of a snapshot: the dump came later,
// and an application may have asked in between.
std::optional<std::string> behind(std::string_view name, std::string_view was, std::string_view is) {
    const auto before = split(was, ' '), now = split(is, ' ');
    if (before.size() < 2) return std::nullopt;
    const auto wanted = parse_integer(before[1]), found = parse_integer(now.size() < 2 ? "" : now[1]);
    const bool is_up = before[0] != "-1";
    if (wanted.ok() && found.ok() && (is_up ? found.value() >= wanted.value() : found.value() <= wanted.value()))
        return std::nullopt;
    return fmt::format("{} is behind: {}, and was {}", name.substr(name.find(" of ") + 4),
                       now.size() < 2 ? "at its start" : now[1], before[1]);
}

// Things themselves.
std::set<std::string_view> only_in(const Lines& one, const Lines& other) {
    std::set<std::string_view> names;
    for (const auto& [name, value] : one)
        if (other.count(name) == 0 && !has(name, " of ") && !has(name, " on ")) names.insert(name);
    return names;
}

// Of what is gone, or came, with its table the table is enough.
bool goes_with(std::string_view name, const std::set<std::string_view>& gone) {
    return std::any_of(gone.begin(), gone.end(), [&](std::string_view one) {
        const auto relation = one.substr(one.find(' ') + 1);
        return name.ends_with(fmt::format(" of {}", one)) || name.ends_with(fmt::format(" on {}", relation)) ||
               has(name, fmt::format(" column {}.", relation));
    });
}

// The elements of a list of varchar, from behind its "ARRAY["; nothing: it is another list.
std::optional<std::string> with_casts(std::string_view& rest) {
    constexpr std::string_view type = "::character varying", end = "])::text[]";
    std::string list;
    while (rest.starts_with('\'')) {
        std::size_t at = 1;
        while (at < rest.size() && (rest[at] != '\'' || rest.substr(at).starts_with("''")))
            at += rest[at] == '\'' ? 2 : 1;
        auto after = rest.substr(std::min(at + 1, rest.size()));
        if (!after.starts_with(type)) return std::nullopt;
        after.remove_prefix(type.size());
        if (after.starts_with('(')) after.remove_prefix(std::min(after.find(')') + 1, after.size()));
        list += fmt::format("{}({})::text", list.empty() ? "" : ", ", rest.substr(0, rest.size() - after.size()));
        rest = after;
        if (rest.starts_with(", ")) rest.remove_prefix(2);
    }
    if (list.empty() || !rest.starts_with(end)) return std::nullopt;
    rest.remove_prefix(end.size());
    return list;
}

}

std::string settled(std::string_view definition) {
    constexpr std::string_view begin = "(ARRAY[";
    std::string text;
    while (true) {
        const auto at = definition.find(begin);
        text += definition.substr(0, at);
        if (at == definition.npos) return text;
        definition.remove_prefix(at + begin.size());
        auto rest = definition;
        if (const auto list = with_casts(rest)) {
            text += fmt::format("ARRAY[{}]", *list);
            definition = rest;
        } else {
            text += begin;
        }
    }
}

Differences differences_of(std::string_view was, std::string_view is, const Copied& copied) {
    const Lines before = lines_of(was), now = lines_of(is);
    Differences differences;
    const auto gone = only_in(before, now), come = only_in(now, before);
    const auto add = [&](std::string_view name, std::string text) {
        (is_told_only(name) ? differences.told : differences.found).push_back(std::move(text));
    };
    for (const auto& [name, value] : before) {
        if (is_passed_over(name, copied)) continue;
        const auto its = now.find(name);
        if (its == now.end()) {
            if (!goes_with(name, gone)) add(name, fmt::format("{} is missing", name));
        } else if (name.starts_with("value of ")) {
            if (auto text = behind(name, value, its->second)) add(name, std::move(*text));
        } else if (value != its->second && settled(value) != settled(its->second)) {
            add(name, fmt::format("{} is not as it was", name));
        }
    }
    for (const auto& [name, value] : now)
        if (before.count(name) == 0 && !is_passed_over(name, copied) && !is_of_roles(name) &&
            !name.starts_with("value of ") && !goes_with(name, come))
            add(name, fmt::format("{} is there, but was not in the original", name));
    return differences;
}

}
