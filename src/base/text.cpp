#include "base/text.h"
#include "base/utf8.h"
#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace fairlead {

namespace {

// Edits (insert, delete, replace, swap two neighbours) that lead from a to b.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
        std::swap(before_last, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

template <typename Change>
std::string changed(std::string_view text, Change change) {
    std::string result(text);
    for (char& c : result) c = change(c);
    return result;
}

// The whole of `text` as a number, without blanks or a plus sign.
template <typename Number>
bool read_whole(std::string_view text, Number& number) {
    const char* const end = text.data() + text.size();
    const auto [stopped, failure] = std::from_chars(text.data(), end, number);
    return failure == std::errc{} && stopped == end;
}

}

std::string_view trim(std::string_view text) {
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    for (;;) {
        const std::size_t end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
    return fmt::format("{}", fmt::join(parts.begin(), parts.end(), separator));
}

std::string one_of(std::span<const std::string> words) {
    if (words.size() < 2) return words.empty() ? "" : words.front();
    return join(words.first(words.size() - 1), ", ") + " or " + words.back();
}

std::string lower(std::string_view text) {
    return changed(text, [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
}

std::string upper(std::string_view text) {
    return changed(text, [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
}

std::string replace_all(std::string_view text, std::string_view from, std::string_view to) {
    std::string result;
    if (from.empty()) return std::string(text);
    for (;;) {
        const std::size_t found = text.find(from);
        result.append(text.substr(0, found));
        if (found == std::string_view::npos) return result;
        result.append(to);
        text.remove_prefix(found + from.size());
    }
}

bool has_any(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return text.find(word) != text.npos; });
}

bool ends_with_any(std::string_view text, std::initializer_list<std::string_view> ends) {
    return std::any_of(ends.begin(), ends.end(), [&](auto end) { return text.ends_with(end); });
}

std::string nearest(std::string_view word, std::span<const std::string> known) {
    std::string best;
    std::size_t allowed = word.size() < 2 ? 0 : std::max<std::size_t>(1, word.size() / 3); // `rn` was meant to be run
    for (const std::string& candidate : known) {
        const std::size_t lengths_apart =
            std::max(word.size(), candidate.size()) - std::min(word.size(), candidate.size());
        if (lengths_apart > allowed) continue;
        const std::size_t edits = distance(word, candidate);
        if (edits > allowed || (edits == allowed && !best.empty())) continue;
        best = candidate;
        allowed = edits;
    }
    return best;
}

bool valid_utf8(std::string_view text) {
    const auto beyond_ascii = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
    for (auto at = std::find_if(text.begin(), text.end(), beyond_ascii); at != text.end();
         at = std::find_if(at, text.end(), beyond_ascii)) {
        const CodePoint point = decode_front(text.substr(static_cast<std::size_t>(at - text.begin())));
        if (!point.valid) return false;
        at += static_cast<std::ptrdiff_t>(point.bytes);
    }
    return true;
}

std::string to_valid_utf8(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const CodePoint point = decode_front(text);
        result.append(point.valid ? text.substr(0, point.bytes) : "\xEF\xBF\xBD");
        text.remove_prefix(point.bytes);
    }
    return result;
}

std::size_t code_points(std::string_view text) {
    std::size_t count = 0;
    for (; !text.empty(); ++count) text.remove_prefix(decode_front(text).bytes);
    return count;
}

std::string shown_bytes(std::uint64_t bytes) {
    constexpr const char* units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    constexpr double step = 1024;
    auto amount = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; amount >= step && unit + 1 < std::size(units); ++unit) amount /= step;
    return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", amount, units[unit]);
}

Result<std::uint64_t> parse_size(std::string_view text) {
    struct Unit {
        std::string_view name;
        std::uint64_t bytes;
    };
    constexpr Unit units[] = {{"B", 1},         {"kB", 1'000},    {"MB", 1'000'000}, {"GB", 1'000'000'000},
                              {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}};
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const std::string_view name = text.substr(digits);
    const auto* unit =
        std::find_if(std::begin(units), std::end(units), [&](const Unit& known) { return known.name == name; });
    const auto refused = [&](std::string_view fact) {
        return usage(fmt::format("size '{}' {}; expected a whole number and B, kB, MB, GB, KiB, MiB or GiB, e.g. 10MiB",
                                 text, fact));
    };
    if (digits == 0) return refused("is not a size");
    if (name.empty()) return refused("has no unit");
    if (unit == std::end(units)) return refused(fmt::format("has an unknown unit '{}'", name));
    std::uint64_t count = 0;
    if (!read_whole(text.substr(0, digits), count) || count > std::numeric_limits<std::uint64_t>::max() / unit->bytes) {
        return refused("is too large");
    }
    return count * unit->bytes;
}

Result<bool> parse_boolean(std::string_view text) {
    if (text == "true" || text == "True" || text == "TRUE") return true;
    if (text == "false" || text == "False" || text == "FALSE") return false;
    return usage(fmt::format("'{}' is not a boolean; expected true or false", text));
}

Result<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t number = 0;
    if (read_whole(text, number)) return number;
    return usage(fmt::format("'{}' is not a whole number; expected e.g. 3", text));
}

Result<double> parse_number(std::string_view text) {
    double number = 0;
    if (read_whole(text, number) && std::isfinite(number)) return number;
    return usage(fmt::format("'{}' is not a number; expected e.g. 3 or 0.5", text));
}

std::string hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text.append({digits[byte >> 4U], digits[byte & 15U]});
    }
    return text;
}

std::optional<std::string> from_hex(std::string_view digits) {
    std::string bytes;
    if (digits.size() % 2 != 0) return {};
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        unsigned value = 0;
        for (const char c : digits.substr(i, 2)) {
            const bool letter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
            if (!letter && !is_digit(c)) return {};
            value = value * 16 + static_cast<unsigned>(letter ? (c | 0x20) - 'a' + 10 : c - '0');
        }
        bytes += static_cast<char>(value);
    }
    return bytes;
}

std::string base64(std::string_view bytes) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const auto byte_at = [&](std::size_t at) {
            return at < bytes.size() ? static_cast<unsigned>(static_cast<unsigned char>(bytes[at])) : 0U;
        };
        const unsigned group = byte_at(i) << 16U | byte_at(i + 1) << 8U | byte_at(i + 2);
        text.append({alphabet[group >> 18U], alphabet[group >> 12U & 63U],
                     i + 1 < bytes.size() ? alphabet[group >> 6U & 63U] : '=',
                     i + 2 < bytes.size() ? alphabet[group & 63U] : '='});
    }
    return text;
}

std::string percent_encode(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        const bool unreserved = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                                c == '-' || c == '.' || c == '_' || c == '~';
        encoded += unreserved ? std::string(1, c) : "%" + upper(hex({&c, 1}));
    }
    return encoded;
}

std::string_view without_quotes(std::string_view text) {
    text = trim(text);
    const bool quoted = text.size() > 1 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
    return quoted ? text.substr(1, text.size() - 2) : text;
}

std::string json_escape(std::string_view text) {
    std::string escaped;
    escaped.reserve(text.size());
    for (const char c : text) {
        switch (c) {
        case '"': escaped += "\\\""; break;
        case '\\': escaped += "\\\\"; break;
        case '\b': escaped += "\\b"; break;
        case '\f': escaped += "\\f"; break;
        case '\n': escaped += "\\n"; break;
        case '\r': escaped += "\\r"; break;
        case '\t': escaped += "\\t"; break;
        default:
            if (static_cast<unsigned char>(c) < 0x20)
                escaped += "\\u00" + hex({&c, 1});
            else
                escaped += c;
        }
    }
    return escaped;
}

}
