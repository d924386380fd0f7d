#include "smoke/hurl/values/decimal.h"
#include <algorithm>
#include <charconv>

namespace fairlead::smoke::hurl {

Decimal decimal_of(std::string_view text) {
    Decimal out;
    if (text.starts_with('-')) {
        out.is_negative = true;
        text.remove_prefix(1);
    }
    const auto e = std::min(text.find_first_of("eE"), text.size());
    if (auto exponent = text.substr(std::min(e + 1, text.size())); !exponent.empty()) {
        if (exponent.front() == '+') exponent.remove_prefix(1);
        const auto read = std::from_chars(exponent.data(), exponent.data() + exponent.size(), out.exponent);
        constexpr std::int64_t enough = 1'000'000'000'000'000; // more than any text has digits
        if (read.ec == std::errc::result_out_of_range) out.exponent = exponent.front() == '-' ? -enough : enough;
        out.exponent = std::clamp(out.exponent, -enough, enough);
    }
    const auto mantissa = text.substr(0, e);
    const auto point = std::min(mantissa.find('.'), mantissa.size());
    out.digits = std::string(mantissa.substr(0, point));
    if (point < mantissa.size()) out.digits += mantissa.substr(point + 1);
    out.exponent += static_cast<std::int64_t>(point);
    const auto leading = std::min(out.digits.find_first_not_of('0'), out.digits.size());
    out.digits.erase(0, leading);
    out.exponent -= static_cast<std::int64_t>(leading);
    out.digits.erase(out.digits.find_last_not_of('0') + 1);
    if (out.digits.empty()) return {};
    return out;
}

std::partial_ordering order_decimals(const Decimal& left, const Decimal& right) {
    const auto sign = [](const Decimal& number) { return number.digits.empty() ? 0 : number.is_negative ? -1 : 1; };
    if (sign(left) != sign(right)) return sign(left) <=> sign(right);
    const auto size = left.exponent != right.exponent ? left.exponent <=> right.exponent : left.digits <=> right.digits;
    return sign(left) < 0 ? 0 <=> size : size;
}

}
