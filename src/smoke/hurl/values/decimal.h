#pragma once
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace fairlead::smoke::hurl {

// A number as 0.digits times ten to the exponent; zero has no digits.
struct Decimal {
    bool is_negative = false;
    std::string digits; // without zeros at its ends
    std::int64_t exponent = 0;
};

Decimal decimal_of(std::string_view text); // `text` is a number in JSON's syntax
std::partial_ordering order_decimals(const Decimal& left, const Decimal& right);

}
