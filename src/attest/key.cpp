#include "attest/key.h"
#include "base/text.h"
#include <fmt/format.h>

namespace fairlead::attest {
namespace {

enum class End { first, behind }; // the first moment of it, or the first one after it

std::optional<SystemTime> moment(std::string_view text, End end) {
    constexpr std::size_t day = 10; // 2026-03-31
    const bool whole_day = text.size() == day;
    const auto time = parse_utc(whole_day ? std::string(text) + "T00:00:00Z" : std::string(text));
    if (!time || end == End::first) return time;
    return *time + (whole_day ? Milliseconds(std::chrono::hours(24)) : Milliseconds(1000));
}

// `openssl pkey -text` says the key in words, too.
bool is_told_by_openssl(std::string_view line) {
    return line == "ED25519 Public-Key:" || line == "pub:" || line.find_first_not_of("0123456789abcdef:") == line.npos;
}

std::string shown(SystemTime time) { return format_utc(time); }

}

Result<Key> read_key(std::string_view pem, const std::string& name) {
    const auto read = TRY(sys::read_public_key(pem, name));
    Key key{read, name, {}, {}};
    for (const auto& line : split(sys::text_before_key(pem), '\n')) {
        if (trim(line).empty() || is_told_by_openssl(trim(line))) continue;
        const auto colon = line.find(':');
        const auto word = lower(trim(std::string_view(line).substr(0, colon)));
        const bool is_from = word == "valid-from";
        auto& moment_of = is_from ? key.from : key.before;
        if (colon == line.npos || (!is_from && word != "valid-until")) // an end that isn't seen would be none
            return usage(
                fmt::format("'{}': '{}' is unknown; before the key expected 'Valid-From: DATE', 'Valid-Until: DATE' "
                            "or nothing",
                            name, trim(line)));
        if (moment_of) return usage(fmt::format("'{}': '{}' is there twice", name, trim(line.substr(0, colon))));
        moment_of = moment(trim(std::string_view(line).substr(colon + 1)), is_from ? End::first : End::behind);
        if (!moment_of)
            return usage(
                fmt::format("'{}': '{}' has no date; write 2026-03-31 or 2026-03-31T12:00:00Z", name, trim(line)));
    }
    return key;
}

std::string refusal(const Key& key, SystemTime now) {
    if (key.from && now < *key.from) return fmt::format("'{}' is valid only from {}", key.name, shown(*key.from));
    if (key.before && now >= *key.before)
        return fmt::format("'{}' was valid only before {}", key.name, shown(*key.before));
    return {};
}

}
