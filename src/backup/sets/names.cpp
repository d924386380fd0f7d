#include "backup/sets/names.h"
#include "base/text.h"
#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <iterator>

namespace fairlead::backup {
namespace {

constexpr std::size_t longest_app = 100;
constexpr int highest_level = 4;

struct Row {
    std::string_view name;
    Style style;
};
constexpr Row styles[] = {{"compat", Style::compat}, {"plain", Style::plain}, {"set", Style::set}};

// "20260131", then `between`, then "101500".
std::string written(Seconds time, std::string_view between) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    return fmt::format("{:04}{:02}{:02}{}{:02}{:02}{:02}", int(date.year()), unsigned(date.month()),
                       unsigned(date.day()), between, clock.hours().count(), clock.minutes().count(),
                       clock.seconds().count());
}

// Takes it from the front of `rest`.
std::optional<Seconds> take_time(std::string_view& rest, char between) {
    constexpr std::size_t size = 15, middle = 8;
    if (rest.size() < size || rest[middle] != between) return {};
    for (std::size_t at = 0; at < size; ++at)
        if (at != middle && !is_digit(rest[at])) return {};
    const auto number = [&](std::size_t at, std::size_t count) {
        int value = 0;
        std::from_chars(rest.data() + at, rest.data() + at + count, value);
        return value;
    };
    const std::chrono::year_month_day date(std::chrono::year(number(0, 4)),
                                           std::chrono::month(static_cast<unsigned>(number(4, 2))),
                                           std::chrono::day(static_cast<unsigned>(number(6, 2))));
    const int hours = number(9, 2), minutes = number(11, 2), seconds = number(13, 2);
    if (!date.ok() || hours > 23 || minutes > 59 || seconds > 59) return {};
    rest.remove_prefix(size);
    return Seconds(std::chrono::sys_days(date)) + std::chrono::hours(hours) + std::chrono::minutes(minutes) +
           std::chrono::seconds(seconds);
}

// "_2" and up, without a leading zero; none is fine.
bool take_again(std::string_view& rest) {
    if (!rest.starts_with('_')) return true;
    std::size_t end = 1;
    while (end < rest.size() && is_digit(rest[end])) ++end;
    const auto number = rest.substr(1, end - 1);
    if (number.empty() || number.size() > 6 || number[0] == '0' || number == "1") return false;
    rest.remove_prefix(end);
    return true;
}

bool take(std::string_view& rest, std::string_view what) {
    if (!rest.starts_with(what)) return false;
    rest.remove_prefix(what.size());
    return true;
}

// ".20260201T031500Z.3.passed.json"
std::optional<Verification> parse_verification(std::string_view rest) {
    Verification found;
    if (!take(rest, ".")) return {};
    const auto time = take_time(rest, 'T');
    if (!time || !take(rest, "Z.") || rest.empty()) return {};
    found.at = *time;
    found.level = rest[0] - '0';
    if (found.level < 1 || found.level > highest_level) return {};
    rest.remove_prefix(1);
    found.passed = rest == ".passed.json";
    if (!found.passed && rest != ".failed.json") return {};
    return found;
}

// What stands behind the stem.
bool read_rest(std::string_view rest, Named& named) {
    using What = Named::What;
    constexpr std::string_view manifest = ".manifest.json";
    if (rest.ends_with(manifest) && (rest.size() == manifest.size() || rest[0] == '.')) {
        named.what = What::manifest;
        if (rest.size() > manifest.size()) named.tag = rest.substr(1, rest.size() - manifest.size() - 1);
        return named.tag.find('/') == named.tag.npos;
    }
    for (const std::string_view signature : {".manifest.json.intoto.json", ".manifest.json.2.intoto.json"})
        if (rest.ends_with(signature) && rest[0] == '.' && rest.find('/') == rest.npos)
            return named.what = What::signature, true;
    if (rest == ".keep") return named.what = What::keep, true;
    if (rest == ".begun") return named.what = What::begun, true;
    if (rest.starts_with(".restoring.")) return named.what = What::restoring, rest.find('/') == rest.npos;
    if (take(rest, ".verify.")) {
        const auto found = parse_verification("." + std::string(rest));
        if (!found) return false;
        named.what = What::verification;
        named.verification = *found;
        return true;
    }
    // A folder of the set's own, and no deeper; else what ends a file's name.
    const char begins = named.style == Style::set ? '/' : '.';
    return rest.size() > 1 && rest[0] == begins && rest.find('/', 1) == rest.npos && rest[1] != '.';
}

// Asked of every object of a store: what it begins with is compared where it lies.
std::optional<Named> parse_as(Style style, std::string_view name, std::string_view app, std::string_view before,
                              char between) {
    std::string_view rest = name;
    if (!take(rest, app) || !take(rest, before)) return {};
    const auto time = take_time(rest, between);
    if (!time || (style == Style::set && !take(rest, "Z")) || !take_again(rest)) return {};
    Named named{std::string(name.substr(0, name.size() - rest.size())), style, *time};
    if (!read_rest(rest, named)) return {};
    return named;
}

}

Result<Style> parse_style(std::string_view name) {
    const auto row =
        std::find_if(std::begin(styles), std::end(styles), [&](const Row& one) { return one.name == name; });
    if (row == std::end(styles))
        return usage(fmt::format("name style '{}' is unknown; expected compat, plain or set", name));
    return row->style;
}

Result<void> check_app(std::string_view app) {
    const auto fits = [](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
    };
    if (!app.empty() && app.size() <= longest_app && app[0] != '.' && std::all_of(app.begin(), app.end(), fits))
        return {};
    return usage(fmt::format(
        "app '{}' can't begin the names of backups; write app: in fairlead.yml, with letters, digits, '-', '_' and '.'",
        app));
}

std::string stamp(Seconds time) { return written(time, "T") + "Z"; }

std::optional<Seconds> parse_stamp(std::string_view text) {
    const auto time = take_time(text, 'T');
    return text == "Z" ? time : std::nullopt;
}

std::string stem(Style style, std::string_view app, Seconds time, int again) {
    const std::string end = again > 1 ? fmt::format("_{}", again) : "";
    if (style == Style::set) return fmt::format("{}/{}{}", app, stamp(time), end);
    const std::string begin = style == Style::compat ? std::string(app) + "_backup_" : "backup_";
    return begin + written(time, "_") + end;
}

std::string data_name(Style style, const std::string& stem, bool first, const std::string& source,
                      const std::string& ending) {
    if (style == Style::set) return fmt::format("{}/{}.{}", stem, source, ending);
    return first ? stem + "." + ending : fmt::format("{}.{}.{}", stem, source, ending);
}

std::string tag_of(Style style, const Owner& owner) {
    const std::string at = style == Style::plain && !owner.environment.empty() ? "@" : "";
    return (style == Style::plain ? owner.app : "") + at + owner.environment;
}

std::string manifest_name(const std::string& stem, const std::string& tag) {
    return stem + (tag.empty() ? "" : "." + tag) + ".manifest.json";
}
std::string signature_name(const std::string& manifest, int which) {
    return manifest + (which == 1 ? ".intoto.json" : ".2.intoto.json");
}

std::string keep_name(const std::string& stem) { return stem + ".keep"; }
std::string begun_name(const std::string& stem) { return stem + ".begun"; }

std::string restoring_name(const std::string& stem, const std::string& mark) { return stem + ".restoring." + mark; }
namespace {

constexpr std::string_view age_ending = ".age";

// How often it was rotated, from 1, and what stands before that.
std::pair<std::string, int> rotation_of(std::string_view name) {
    if (name.ends_with(age_ending)) name.remove_suffix(age_ending.size());
    const auto dot = name.rfind('.');
    const std::string_view number = dot == name.npos ? "" : name.substr(dot + 1);
    int count = 0;
    const auto* end = number.data() + number.size();
    const auto parsed = std::from_chars(number.data(), end, count);
    if (parsed.ec != std::errc() || parsed.ptr != end || count < 2) return {std::string(name), 1};
    return {std::string(name.substr(0, dot)), count};
}

}

std::string after_rotation(const std::string& name) {
    const auto [begin, count] = rotation_of(name);
    return fmt::format("{}.{}{}", begin, count + 1, age_ending);
}

std::string before_rotation(const std::string& name) {
    return name.ends_with(age_ending) ? rotation_of(name).first + std::string(age_ending) : name;
}

std::string verification_name(const std::string& stem, const Verification& verification) {
    return fmt::format("{}.verify.{}.{}.{}.json", stem,
                       stamp(std::chrono::floor<std::chrono::seconds>(verification.at)), verification.level,
                       verification.passed ? "passed" : "failed");
}

std::optional<Named> parse_name(std::string_view name, std::string_view app) {
    if (auto found = parse_as(Style::set, name, app, "/", 'T')) return found;
    if (auto found = parse_as(Style::compat, name, app, "_backup_", '_')) return found;
    return parse_as(Style::plain, name, "", "backup_", '_');
}

std::optional<Owner> owner_of_manifest(std::string_view name) {
    const auto of = [&](std::string_view app) -> std::optional<Owner> {
        const auto named = parse_name(name, app);
        if (!named || named->what != Named::What::manifest) return {};
        if (named->style != Style::plain) return Owner(std::string(app), named->tag);
        const auto at = std::min(named->tag.find('@'), named->tag.size());
        return Owner(named->tag.substr(0, at), at < named->tag.size() ? named->tag.substr(at + 1) : "");
    };
    for (const std::string_view behind : {"/", "_backup_"})
        if (const auto at = name.rfind(behind); at != name.npos && check_app(name.substr(0, at)).ok())
            if (auto found = of(name.substr(0, at))) return found;
    return of("");
}

}
