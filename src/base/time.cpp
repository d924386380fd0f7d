#include "base/time.h"
#include "base/text.h"
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fmt/format.h>

namespace fairlead {

namespace {

struct Unit {
    std::string_view name;
    std::int64_t milliseconds;
};
constexpr Unit units[] = {{"w", 604'800'000}, {"d", 86'400'000}, {"h", 3'600'000},
                          {"m", 60'000},      {"s", 1'000},      {"ms", 1}};
constexpr std::int64_t longest = 36'500 * std::int64_t{86'400'000}; // a deadline in nanoseconds still fits 64 bits

Error bad_duration(std::string_view text, std::string_view fact) {
    return usage(fmt::format("duration '{}' {}; expected e.g. 500ms, 30s, 5m, 2h, 7d, 2w or 1m30s", text, fact));
}

// Reads fixed fields from the front of a text; `ok` turns false at the first that isn't there.
struct Fields {
    std::string_view rest;
    bool ok = true;

    int digits(std::size_t count) {
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (i >= rest.size() || !is_digit(rest[i])) return ok = false, 0;
            value = value * 10 + (rest[i] - '0');
        }
        rest.remove_prefix(count);
        return value;
    }
    char any_of(std::string_view allowed) {
        if (rest.empty() || allowed.find(rest.front()) == std::string_view::npos) return ok = false, '\0';
        const char found = rest.front();
        rest.remove_prefix(1);
        return found;
    }
    // ".12" is 120 ms; digits past the third are dropped.
    int fraction() {
        if (!rest.starts_with('.')) return 0;
        rest.remove_prefix(1);
        int value = 0;
        std::size_t count = 0;
        for (; count < rest.size() && is_digit(rest[count]); ++count) {
            if (count < 3) value = value * 10 + (rest[count] - '0');
        }
        if (count == 0) ok = false;
        rest.remove_prefix(count);
        for (std::size_t i = count; i < 3; ++i) value *= 10;
        return value;
    }
};

}

Result<Milliseconds> parse_duration(std::string_view text) {
    if (text.empty()) return bad_duration(text, "is empty");
    std::int64_t total = 0;
    std::string_view rest = text;
    const Unit* next_unit = std::begin(units); // units come once each, the greatest first
    while (!rest.empty()) {
        std::int64_t count = 0;
        const auto [end, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), count);
        if (failure == std::errc::result_out_of_range) return bad_duration(text, "is longer than 100 years");
        if (failure != std::errc{} || count < 0) return bad_duration(text, "is not a duration");
        rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
        const std::string_view name = rest.substr(0, rest.find_first_of("0123456789"));
        if (name.empty()) return bad_duration(text, "has no unit");
        const auto* unit =
            std::find_if(std::begin(units), std::end(units), [&](const Unit& known) { return known.name == name; });
        if (unit == std::end(units)) return bad_duration(text, fmt::format("has an unknown unit '{}'", name));
        if (unit < next_unit) return bad_duration(text, "has its units out of order");
        if (count > (longest - total) / unit->milliseconds) return bad_duration(text, "is longer than 100 years");
        total += count * unit->milliseconds;
        next_unit = unit + 1;
        rest.remove_prefix(name.size());
    }
    return Milliseconds(total);
}

std::string format_duration(Milliseconds duration) {
    if (duration.count() == 0) return "0s";
    std::string text = duration.count() < 0 ? "-" : "";
    std::int64_t rest = std::abs(duration.count());
    for (const Unit& unit : units) {
        if (unit.name == "w" && rest % unit.milliseconds != 0) continue; // 90d, not 12w6d
        if (const std::int64_t count = rest / unit.milliseconds) text += fmt::format("{}{}", count, unit.name);
        rest %= unit.milliseconds;
    }
    return text;
}

std::string format_utc(SystemTime time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const auto milliseconds = (time - day).count();
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), milliseconds / 3'600'000,
                       milliseconds / 60'000 % 60, milliseconds / 1'000 % 60, milliseconds % 1'000);
}

std::optional<SystemTime> parse_utc(std::string_view text) {
    Fields fields{text};
    const int year = fields.digits(4);
    fields.any_of("-");
    const auto month = static_cast<unsigned>(fields.digits(2));
    fields.any_of("-");
    const auto day = static_cast<unsigned>(fields.digits(2));
    fields.any_of("Tt ");
    const int hour = fields.digits(2);
    fields.any_of(":");
    const int minute = fields.digits(2);
    fields.any_of(":");
    const int second = fields.digits(2); // 60 in a leap second, which counts as the next minute's first
    const int fraction = fields.fraction();
    const char zone = fields.any_of("Zz+-");
    int offset_minutes = 0; // east of Greenwich
    if (zone == '+' || zone == '-') {
        const int offset_hour = fields.digits(2);
        fields.any_of(":");
        const int offset_minute = fields.digits(2);
        if (offset_hour > 23 || offset_minute > 59) return std::nullopt;
        offset_minutes = (offset_hour * 60 + offset_minute) * (zone == '-' ? -1 : 1);
    }
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
    if (!fields.ok || !fields.rest.empty() || !date.ok()) return std::nullopt;
    if (hour > 23 || minute > 59 || second > 60) return std::nullopt;
    const SystemTime time = std::chrono::sys_days(date) + std::chrono::hours(hour) +
                            std::chrono::minutes(minute - offset_minutes) + std::chrono::seconds(second) +
                            Milliseconds(fraction);
    // An offset can lead out of the four-digit years, which format_utc could not write.
    const auto utc_year = std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(time)).year();
    if (utc_year < std::chrono::year(0) || utc_year > std::chrono::year(9999)) return std::nullopt;
    return time;
}

}
