#include "config/waivers.h"
#include "base/text.h"
#include "sys/files/beneath.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::config {
namespace {

using Day = std::chrono::sys_days;

Result<Day> parse_day(const Value& value) {
    const auto time = parse_utc(value.text() + "T00:00:00Z");
    if (time) return std::chrono::floor<std::chrono::days>(*time);
    return value.error(fmt::format("'{}' is not a day; write it like 2026-03-31", value.text()));
}

std::string format_day(Day day) { return format_utc(SystemTime(day)).substr(0, 10); }

Result<void> check_rule(const Value& rule) {
    const std::string text = rule.text();
    const auto slash = text.find('/');
    const auto tools = built_tools();
    const std::vector<std::string> names(tools.begin(), tools.end());
    const bool known = std::find(names.begin(), names.end(), text.substr(0, slash)) != names.end();
    if (known && text.ends_with("/silenced"))
        return rule.error(fmt::format("rule '{}' reports checks that a change weakens, and can't be waived; remove the "
                                      "waiver, since the warning never fails a run",
                                      text));
    if (known && slash != std::string::npos && slash + 1 < text.size()) return {};
    return rule.error(fmt::format(
        "rule '{}' does not name its tool; write it with the tool, such as gate/tests-failed or scan/generic-api-key",
        text));
}

Result<void> check_expires(const Value& value, Day today, std::int64_t longest) {
    const Day day = TRY(parse_day(value));
    const Day last = today + std::chrono::days(longest);
    if (day <= last) return {};
    return value.error(fmt::format("'{}' is more than {} days away; write {} or earlier, or raise max_waiver_days",
                                   value.text(), longest, format_day(last)));
}

Result<void> check_fingerprint(const Value& value) {
    const std::string text = value.text();
    constexpr std::size_t size = 3 + 32;
    const bool right = text.size() == size && text.starts_with("v1:") &&
                       text.find_first_not_of("0123456789abcdef", 3) == std::string::npos;
    if (right) return {};
    return value.error(
        fmt::format("'{}' is not a fingerprint (v1: and 32 hexadecimal digits); copy it from the finding in "
                    "--format json",
                    text));
}

Result<void> check(const Value& one, Day today, std::int64_t longest) {
    for (const auto& [name, value] : one.entries()) {
        if (trim(value.text()).empty())
            return value.error(fmt::format("waiver {}: {} is empty; fill it in", one["id"].text(), name));
    }
    TRY_VOID(check_rule(one["rule"]));
    if (one["fingerprint"].present()) TRY_VOID(check_fingerprint(one["fingerprint"]));
    return check_expires(one["expires"], today, longest);
}

}

Result<report::Waivers> read_waivers(const Config& config, const std::string& working_folder, SystemTime now) {
    constexpr std::int64_t usual_days = 90;
    const Day today = std::chrono::floor<std::chrono::days>(now);
    report::Waivers waivers{.globs_folder = config.folder(), .today = format_day(today)};
    if (!config.present()) return waivers;
    // Findings are told from the top of the repository, else from where the tool was started.
    waivers.findings_folder = sys::tree_around(config.folder()).value_or(working_folder);
    const std::int64_t longest = config.root()["max_waiver_days"].integer(usual_days);
    for (const Value& one : config.root()["waivers"].items()) {
        TRY_VOID(check(one, today, longest));
        report::Waiver waiver{.id = one["id"].text(),
                              .rule = one["rule"].text(),
                              .path = one["path"].text(),
                              .about = one["about"].text(),
                              .fingerprint = one["fingerprint"].text(),
                              .owner = one["owner"].text(),
                              .reason = one["reason"].text(),
                              .expires = one["expires"].text(),
                              .place = one.place()};
        const auto same = std::find_if(waivers.all.begin(), waivers.all.end(),
                                       [&](const report::Waiver& other) { return other.id == waiver.id; });
        if (same != waivers.all.end())
            return one["id"].error(fmt::format("waiver {} is also in line {}; give each waiver a different id",
                                               waiver.id, same->place.line));
        waivers.all.push_back(std::move(waiver));
    }
    return waivers;
}

}
