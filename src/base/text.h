#pragma once
#include "base/result.h"
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead {

constexpr std::string_view blanks = " \t\r\n\v\f";
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; } // in every locale
std::string_view trim(std::string_view text);                    // without the blanks at both ends
template <std::same_as<std::string> Temporary>
std::string trim(Temporary&& text) { // for a temporary, because a view would outlive it
    return std::string(trim(std::string_view(text)));
}
std::vector<std::string> split(std::string_view text, char separator); // "a,,b" gives three parts
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string one_of(std::span<const std::string> words); // "text, github or sarif"
std::string lower(std::string_view text);               // ASCII
std::string upper(std::string_view text);               // ASCII
std::string replace_all(std::string_view text, std::string_view from, std::string_view to);
// whether the text contains one of the words
bool has_any(std::string_view text, std::initializer_list<std::string_view> words);
bool ends_with_any(std::string_view text, std::initializer_list<std::string_view> ends);

// Returns the known word nearest to `word` (Damerau-Levenshtein distance of at most a third of its length; 1 for two
// letters), or an empty text.
std::string nearest(std::string_view word, std::span<const std::string> known);

bool valid_utf8(std::string_view text);
std::string to_valid_utf8(std::string_view text); // wrong bytes become U+FFFD
std::size_t code_points(std::string_view text);

// Parses a size in bytes with a unit `B kB MB GB KiB MiB GiB`, "10MiB".
Result<std::uint64_t> parse_size(std::string_view text);
std::string shown_bytes(std::uint64_t bytes);      // "1.4 GiB"
Result<bool> parse_boolean(std::string_view text); // accepts only true True TRUE false False FALSE
Result<std::int64_t> parse_integer(std::string_view text);
Result<double> parse_number(std::string_view text);

std::string hex(std::string_view bytes);
std::optional<std::string>
from_hex(std::string_view digits); // in upper or lower case; nothing: an odd number of digits, or other characters
std::string base64(std::string_view bytes);
std::string percent_encode(std::string_view text); // keeps RFC 3986's unreserved characters
// also without blanks around it; both quotes must be of the same kind
std::string_view without_quotes(std::string_view text);
template <std::same_as<std::string> Temporary>
std::string without_quotes(Temporary&& text) { // as trim()
    return std::string(without_quotes(std::string_view(text)));
}
std::string json_escape(std::string_view text); // RFC 8259, without the quotes

// Matches `* ** ? {a,b}` and [abc]; `*` and `?` do not match '/'. "src/**" matches everything below src.
bool glob_match(std::string_view pattern, std::string_view path);
bool matches_any_glob(std::span<const std::string> patterns, std::string_view path);
// Here `*` matches any text, also with `/`, because names of tests have no folders.
bool name_matches(std::string_view pattern, std::string_view name);

}
