#include "deploy/policy/windows.h"
#include "base/printable.h"
#include "base/text.h"
#include "sys/zone.h"
#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace fairlead::deploy {

namespace {

constexpr int day_minutes = 24 * 60, week_minutes = 7 * day_minutes;

std::optional<int> day_of(std::string_view word) {
    constexpr std::string_view days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    const auto* found = std::find(std::begin(days), std::end(days), lower(word));
    return found == std::end(days) ? std::nullopt : std::optional(static_cast<int>(found - days));
}

// "07:00"; "24:00" is a day's end.
std::optional<int> minutes_of(std::string_view word) {
    if (word.size() != 5 || word[2] != ':') return {};
    const auto digit = [&](std::size_t at) { return word[at] >= '0' && word[at] <= '9' ? word[at] - '0' : 100; };
    const int hour = digit(0) * 10 + digit(1), minute = digit(3) * 10 + digit(4);
    if (hour > 24 || minute > 59 || (hour == 24 && minute > 0)) return {};
    return hour * 60 + minute;
}

// Each of the days `first` to `last` has it.
std::optional<std::vector<Window::Span>> daily(int first, int last, std::string_view times) {
    const auto dash = times.find('-');
    if (dash == times.npos) return {};
    const auto from = minutes_of(times.substr(0, dash)), to = minutes_of(times.substr(dash + 1));
    if (!from || !to || *from == *to) return {};
    std::vector<Window::Span> spans;
    for (int day = first;; day = (day + 1) % 7) {
        const int midnight = day * day_minutes;
        spans.push_back({midnight + *from, midnight + *to + (*to < *from ? day_minutes : 0)});
        if (day == last) return spans;
    }
}

// "Fri 15:00-Mon 07:00"
std::optional<std::vector<Window::Span>> weekly(const std::vector<std::string>& words) {
    const auto dash = words[1].find('-');
    if (dash == std::string::npos) return {};
    const auto from_day = day_of(words[0]), to_day = day_of(words[1].substr(dash + 1));
    const auto from = minutes_of(words[1].substr(0, dash)), to = minutes_of(words[2]);
    if (!from_day || !to_day || !from || !to) return {};
    Window::Span span{*from_day * day_minutes + *from, *to_day * day_minutes + *to};
    if (span.from == span.to) return {};
    if (span.to < span.from) span.to += week_minutes;
    return std::vector{span};
}

std::optional<std::vector<Window::Span>> spans_of(const std::vector<std::string>& words) {
    if (words.size() == 3) return weekly(words);
    if (words.size() == 1) return daily(0, 6, words[0]);
    if (words.size() != 2) return {};
    const auto dash = words[0].find('-');
    const auto first = day_of(words[0].substr(0, dash));
    const auto last = dash == std::string::npos ? first : day_of(words[0].substr(dash + 1));
    return first && last ? daily(*first, *last, words[1]) : std::nullopt;
}

}

Result<Window> parse_window(std::string_view text) {
    std::vector<std::string> words;
    for (auto& word : split(text, ' '))
        if (!word.empty()) words.push_back(std::move(word));
    Window window{std::string(text), words.empty() ? "" : words.back(), {}};
    if (!words.empty()) words.pop_back();
    const auto spans = spans_of(words);
    if (!spans)
        return usage(fmt::format("'{}' is not a window; write it like Fri 15:00-Mon 07:00 Europe/Berlin, Mon-Thu "
                                 "09:00-16:00 UTC or 22:00-06:00 UTC",
                                 one_line(text)));
    if (!sys::zone_at(window.zone, 0))
        return usage(fmt::format("time zone '{}' is not in this host's tz database; write a name from it, such as "
                                 "Europe/Berlin, or install tzdata",
                                 one_line(window.zone)));
    window.spans = *spans;
    return window;
}

bool Window::holds(SystemTime now) const {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
    const auto there = sys::zone_at(zone, seconds);
    if (!there) return true; // its database went away since it was read
    constexpr std::int64_t week = std::int64_t{week_minutes} * 60,
                           monday = std::int64_t{4} * day_minutes * 60; // 1970-01-05
    const auto local = ((seconds + there->offset_seconds - monday) % week + week) % week / 60;
    return std::any_of(spans.begin(), spans.end(), [&](const Span& span) {
        return (span.from <= local && local < span.to) || local + week_minutes < span.to;
    });
}

Result<std::vector<Window>> parse_windows(const std::vector<std::string>& texts) {
    std::vector<Window> windows;
    for (const auto& text : texts) {
        auto window = TRY(parse_window(text));
        windows.push_back(std::move(window));
    }
    return windows;
}

std::string Windows::closed(SystemTime now) const {
    const auto in = [&](const std::vector<Window>& list) {
        return std::find_if(list.begin(), list.end(), [&](const Window& one) { return one.holds(now); });
    };
    if (const auto denied = in(deny); denied != deny.end()) return fmt::format("windows.deny has '{}'", denied->text);
    if (allow.empty() || in(allow) != allow.end()) return {};
    std::vector<std::string> texts;
    for (const auto& one : allow) texts.push_back(one.text);
    return fmt::format("windows.allow has only '{}'", join(texts, "', '"));
}

}
