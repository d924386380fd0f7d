#include "config/check.h"
#include "base/text.h"
#include "base/time.h"
#include <algorithm>
#include <fmt/format.h>
#include <limits>

namespace fairlead::config {
namespace {

template <typename T>
Result<void> outcome(const Result<T>& parsed) {
    if (parsed.ok()) return {};
    return parsed.error();
}

bool all_digits(std::string_view text) { return text.find_first_not_of("0123456789") == text.npos; }

// `least` to `most`, written in digits.
Result<void> whole_number(std::string_view text, std::int64_t least, std::int64_t most, std::string_view expected) {
    const auto number = parse_integer(text);
    if (!text.empty() && all_digits(text) && number.ok() && number.value() >= least && number.value() <= most)
        return {};
    return usage(fmt::format("'{}' is not a whole number {}; expected e.g. 3", text, expected));
}

// Up to four decimals, as gate counts them.
bool is_percentage(std::string_view text) {
    if (text.ends_with('%')) text.remove_suffix(1);
    const auto point = text.find('.');
    const auto whole = text.substr(0, point);
    const auto decimals = point == text.npos ? "" : text.substr(point + 1);
    if (whole.empty() || whole.size() > 3 || decimals.size() > 4 || !all_digits(whole) || !all_digits(decimals))
        return false;
    const auto number = parse_integer(whole).value_or(101);
    return number < 100 || (number == 100 && decimals.find_first_not_of('0') == decimals.npos);
}

Result<void> check_limit(std::string_view text) {
    if (text.ends_with('%') ? is_percentage(text) : whole_number(text, 0, no_limit, "").ok()) return {};
    return usage(fmt::format("'{}' is not a number or a percentage; write 3 or 5%", text));
}

Result<void> check_percent(std::string_view text) {
    if (is_percentage(text)) return {};
    return usage(fmt::format("'{}' is not a percentage; write 80 or 79.5%", text));
}

Result<void> check_age(std::string_view text) {
    const auto limit = parse_duration(text);
    if (text == "off" || (limit.ok() && limit.value() > Milliseconds{0})) return {};
    return usage(fmt::format("'{}' is not an age; write off or a duration such as 1h", text));
}

Result<void> check_day(std::string_view text) {
    if (parse_utc(std::string(text) + "T00:00:00Z")) return {};
    return usage(fmt::format("'{}' is not a day; write it like 2026-03-31", text));
}

// One status: 100 to 599.
bool is_status(std::string_view text) {
    return text.size() == 3 && all_digits(text) && text[0] >= '1' && text[0] <= '5';
}

Result<void> check_status(std::string_view text) {
    const bool kind = text.size() == 3 && text.ends_with("xx") && text[0] >= '1' && text[0] <= '5';
    const auto dash = text.find('-');
    const bool range = dash != text.npos && is_status(text.substr(0, dash)) && is_status(text.substr(dash + 1));
    if (kind || range || is_status(text)) return {};
    return usage(fmt::format("'{}' is not a status; write 200, 200-299 or 2xx", text));
}

Result<void> check_route(std::string_view text) {
    if (text.starts_with('/')) return {};
    return usage(fmt::format("'{}' is not a path; begin it with '/', such as /health", text));
}

Result<void> check_url(std::string_view text) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!text.starts_with(scheme)) continue;
        const auto rest = text.substr(scheme.size());
        const bool named = !rest.empty() && std::string_view("/?#:").find(rest[0]) == std::string_view::npos;
        if (named && rest.find_first_of(" \t\n") == rest.npos) return {};
    }
    return usage(fmt::format("'{}' is not a URL; write it like https://app.example.org", text));
}

Result<void> check_share(std::string_view text) { return outcome(parse_share(text)); }

constexpr std::string_view percentage = "(100([.]0{0,4})?|0?[0-9]{1,2}([.][0-9]{0,4})?)%?";
constexpr Form table[] = {
    {Type::boolean, "true|True|TRUE|false|False|FALSE", [](auto text) { return outcome(parse_boolean(text)); },
     "boolean"},
    {Type::integer, "-?[0-9]{1,18}", [](auto text) { return outcome(parse_integer(text)); }, "integer"},
    {Type::count, "[0-9]{1,18}",
     [](auto text) { return whole_number(text, 0, std::numeric_limits<std::int64_t>::max(), "that is 0 or more"); },
     "integer", 0, no_limit},
    {Type::positive, "0{0,9}[1-9][0-9]{0,8}",
     [](auto text) { return whole_number(text, 1, 999'999'999, "that is 1 or more"); }, "integer", 1, 999'999'999},
    {Type::up_to_1000, "0{0,9}([1-9][0-9]{0,2}|1000)",
     [](auto text) { return whole_number(text, 1, 1000, "from 1 to 1000"); }, "integer", 1, 1000},
    {Type::number, "-?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]{1,2})?",
     [](auto text) { return outcome(parse_number(text)); }, "number"},
    {Type::duration, "(?=.)([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?",
     [](auto text) { return outcome(parse_duration(text)); }},
    {Type::size, "[0-9]+(B|kB|MB|GB|KiB|MiB|GiB)", [](auto text) { return outcome(parse_size(text)); }},
    {Type::share, "(100([.]0*)?|0?[0-9]{1,2}([.][0-9]*)?)%", check_share},
    {Type::percent, percentage, check_percent, "number", 0, 100},
    {Type::limit, "[0-9]{1,9}|(100([.]0{0,4})?|0?[0-9]{1,2}([.][0-9]{0,4})?)%", check_limit, "integer", 0, no_limit},
    {Type::age, "off|(?=.*[1-9])([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?", check_age},
    {Type::day, "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", check_day},
    {Type::status, "[1-5]xx|[1-5][0-9]{2}(-[1-5][0-9]{2})?", check_status, "integer", 100, 599},
    {Type::route, "/(.|\n)*", check_route},
    {Type::url, "https?://[^/?#:\\s]\\S*", check_url},
};

}

const Form* find_form(Type type) {
    const auto* found =
        std::find_if(std::begin(table), std::end(table), [&](const Form& row) { return row.type == type; });
    return found == std::end(table) ? nullptr : found;
}

bool groups_inputs(const Field& field) { return field.type == Type::map && field.help.empty(); }

Result<double> parse_share(std::string_view text) {
    const auto refused = usage(fmt::format("'{}' is not a share; expected 0% to 100%, e.g. 5%", text));
    if (!text.ends_with('%')) return refused;
    const auto number = parse_number(text.substr(0, text.size() - 1));
    if (!number.ok() || number.value() < 0 || number.value() > 100) return refused;
    return number.value() / 100;
}

Result<void> check_text(std::string_view name, Type type, std::span<const std::string> allowed, std::string_view text) {
    if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), text) == allowed.end()) {
        const auto near = nearest(text, allowed);
        return usage(near.empty() ? fmt::format("{} '{}' is unknown; expected {}", name, text, one_of(allowed))
                                  : fmt::format("{} '{}' is unknown; did you mean '{}'?", name, text, near));
    }
    const Form* form = find_form(type);
    const auto checked = form ? form->check(text) : Result<void>();
    if (!checked.ok()) return usage(fmt::format("{}: {}", name, checked.error().message));
    return {};
}

}
