#include "smoke/probes/values.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/url.h"
#include "sys/http/addresses.h"
#include "sys/http/client.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke {

namespace {

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c); }

bool is_host_label(std::string_view label) {
    constexpr std::size_t longest = 63;
    return !label.empty() && label.size() <= longest && !label.starts_with('-') && !label.ends_with('-') &&
           std::all_of(label.begin(), label.end(),
                       [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_'; });
}

}

std::string shown_value(std::string_view text) {
    constexpr std::size_t most_quoted = 120;
    return "'" + shortened(text, most_quoted) + "'";
}

bool has_control(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < ' ') || c == 0x7F; });
}

// A last label of digits alone is no name: 5432 is a port, and 10.0.0.256 a slip.
bool is_host_name(std::string_view text) {
    constexpr std::size_t longest = 253;
    if (text.ends_with('.')) text.remove_suffix(1);
    const auto labels = split(text, '.');
    if (text.size() > longest || !std::all_of(labels.begin(), labels.end(), is_host_label)) return false;
    const auto& last = labels.back();
    const bool is_number = std::all_of(last.begin(), last.end(), is_digit);
    return !is_number || !sys::canonical_address(std::string(text)).empty();
}

Result<void> check_not_empty(const config::Value& value, const std::string& key) {
    if (!value.text().empty()) return {};
    return value.error(fmt::format("{} is empty; write its value, or remove it", key));
}

Result<void> check_token(const config::Value& value, const std::string& key) {
    TRY_VOID(check_not_empty(value, key));
    if (sys::is_http_token(value.text())) return {};
    return value.error(fmt::format("{} can't stand in a header as {}; write one word of letters, digits, - and .",
                                   shown_value(value.text()), key));
}

Result<void> check_origin(const config::Value& value, const std::string& key) {
    TRY_VOID(check_not_empty(value, key));
    const auto origin = value.text();
    if (origin == "null") return {};
    const auto parsed = parse_url(origin);
    const bool plain = parsed.ok() && parsed->path.empty() && parsed->query.empty() && parsed->fragment.empty() &&
                       parsed->user.empty() && parsed->port != (parsed->scheme == "https" ? "443" : "80") &&
                       parsed->scheme + "://" + parsed->authority() == origin;
    if (plain) return {};
    return value.error(
        fmt::format("{} is not an origin as browsers send it; write scheme and host in lower case, and a "
                    "port if it isn't the usual one: https://spa.example.org",
                    shown_value(origin)));
}

Result<void> check_no_control(const config::Value& value, const std::string& key) {
    if (!has_control(value.text())) return {};
    return value.error(fmt::format("{} has a line break or a control character, which no header has; remove it", key));
}

Result<void> check_has_items(const config::Value& value, const std::string& key) {
    if (!value.items().empty()) return {};
    return value.error(fmt::format("{} is empty; write what it lists, or remove it", key));
}

Result<void> check_whole_second(const config::Value& value, const std::string& key) {
    if (value.duration({}) >= std::chrono::seconds(1)) return {};
    return value.error(fmt::format("{} is shorter than a second, so any max-age would do; write a time such as 365d, "
                                   "or remove it",
                                   key));
}

}
