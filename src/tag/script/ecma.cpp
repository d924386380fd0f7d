#include "tag/script/ecma.h"
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>
#include <limits>

namespace fairlead::tag {

namespace {

// UTF-8 of the white space beyond ASCII.
constexpr std::array<std::string_view, 19> wide_blanks = {
    "\u00a0", "\ufeff", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006",
    "\u2007", "\u2008", "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};

std::size_t blank_at_start(std::string_view text) {
    if (text.empty()) return 0;
    if (is_blank(text[0])) return 1;
    for (const auto blank : wide_blanks)
        if (text.substr(0, blank.size()) == blank) return blank.size();
    return 0;
}

std::size_t blank_at_end(std::string_view text) {
    if (text.empty()) return 0;
    if (is_blank(text.back())) return 1;
    for (const auto blank : wide_blanks)
        if (text.size() >= blank.size() && text.substr(text.size() - blank.size()) == blank) return blank.size();
    return 0;
}

std::optional<double> radix_number(std::string_view digits, int base) {
    double number = 0;
    if (digits.empty()) return std::nullopt;
    for (const char digit : digits) {
        const int value = std::isdigit(static_cast<unsigned char>(digit)) ? digit - '0'
                          : std::isalpha(static_cast<unsigned char>(digit))
                              ? std::tolower(static_cast<unsigned char>(digit)) - 'a' + 10
                              : 99;
        if (value >= base) return std::nullopt;
        number = number * base + value;
    }
    return number;
}

}

bool is_blank(char character) { return character == ' ' || (character >= '\t' && character <= '\r'); }

std::string_view trim_blanks(std::string_view text) {
    while (const auto size = blank_at_start(text)) text.remove_prefix(size);
    while (const auto size = blank_at_end(text)) text.remove_suffix(size);
    return text;
}

std::optional<double> to_number(std::string_view text) {
    text = trim_blanks(text);
    if (text.empty()) return 0.0;
    if (text.size() > 1 && text[0] == '0') {
        const char mark = static_cast<char>(std::tolower(static_cast<unsigned char>(text[1])));
        const int base = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 0;
        if (base != 0) return radix_number(text.substr(2), base);
    }
    const bool negative = text[0] == '-';
    if (text[0] == '-' || text[0] == '+') text.remove_prefix(1);
    double number = 0;
    if (text == "Infinity") {
        number = std::numeric_limits<double>::infinity();
    } else {
        if (text.empty() || !(std::isdigit(static_cast<unsigned char>(text[0])) || text[0] == '.')) return std::nullopt;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error == std::errc::invalid_argument || end != text.data() + text.size()) return std::nullopt;
        if (error == std::errc::result_out_of_range) {
            const auto exponent = text.find_first_of("eE");
            const bool tiny = exponent != std::string_view::npos && text.substr(exponent + 1, 1) == "-";
            number = tiny ? 0 : std::numeric_limits<double>::infinity();
        }
    }
    return negative ? -number : number;
}

std::string number_text(double number) {
    if (std::abs(number) < 1e15 && number == std::trunc(number))
        return fmt::format("{}", static_cast<long long>(number));
    if (!std::isfinite(number)) return std::isnan(number) ? "NaN" : number < 0 ? "-Infinity" : "Infinity";
    // The shortest digits, d.ddde+xx, and where the point goes (ECMA-262, Number::toString).
    std::array<char, 32> buffer{};
    const auto end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(number), std::chars_format::scientific)
            .ptr;
    const std::string_view shortest(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
    const auto e = shortest.find('e');
    std::string digits(1, shortest[0]);
    if (e > 1) digits += shortest.substr(2, e - 2);
    const int point = std::atoi(shortest.data() + e + 1) + 1;
    const auto size = static_cast<int>(digits.size());
    std::string text;
    if (point > 21 || point < -5)
        text = fmt::format("{}{}{}e{:+}", digits[0], size > 1 ? "." : "", digits.substr(1), point - 1);
    else if (point >= size)
        text = digits + std::string(static_cast<std::size_t>(point - size), '0');
    else if (point > 0)
        text = digits.insert(static_cast<std::size_t>(point), ".");
    else
        text = "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
    return (number < 0 ? "-" : "") + text;
}

}
