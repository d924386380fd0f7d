#include "sys/zone.h"
#include "base/text.h"
#include <absl/time/time.h>
#include <cstdlib>
#include <filesystem>

namespace fairlead::sys {

namespace {

// The name as the database spells it: each part is looked for in its folder. Empty: not there.
std::string spelled(std::string_view name) {
    const char* given = std::getenv("TZDIR");
    std::filesystem::path folder = given && *given ? given : "/usr/share/zoneinfo";
    std::string out;
    for (const auto& part : split(name, '/')) {
        if (part.empty() || part[0] == '.') return {};
        std::error_code error;
        std::filesystem::path found;
        if (std::filesystem::exists(folder / part, error)) found = part;
        for (auto entry = std::filesystem::directory_iterator(folder, error);
             found.empty() && !error && entry != std::filesystem::directory_iterator(); entry.increment(error))
            if (lower(entry->path().filename().string()) == lower(part)) found = entry->path().filename();
        if (found.empty()) return {};
        folder /= found;
        out += (out.empty() ? "" : "/") + found.string();
    }
    return out;
}

// Files of the database that stand for no place: other sets of the same zones, the machine's own, an empty one.
bool is_no_zone(std::string_view name) {
    return name.rfind("posix", 0) == 0 || name.rfind("right/", 0) == 0 || name == "localtime" || name == "Factory";
}

}

std::optional<ZoneTime> zone_at(std::string_view name, std::int64_t unix_seconds) {
    if (lower(name) == "utc") return ZoneTime{0, "UTC"};
    const auto exact = spelled(name);
    absl::TimeZone zone;
    if (exact.empty() || is_no_zone(exact) || !absl::LoadTimeZone(exact, &zone)) return std::nullopt;
    const auto there = zone.At(absl::FromUnixSeconds(unix_seconds));
    return ZoneTime{there.offset, there.zone_abbr};
}

}
