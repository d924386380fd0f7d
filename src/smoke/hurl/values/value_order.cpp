#include "smoke/hurl/values/decimal.h"
#include "smoke/hurl/values/value.h"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <string>
#include <unordered_map>

// Which of two values is greater, and whether they are equal: exactly, however many digits a number has.
namespace fairlead::smoke::hurl {

bool is_any_number(const Value& value) {
    return value.as<std::int64_t>() || value.as<double>() || value.as<BigNumber>();
}

namespace {

// Exact, because a double does not hold every integer.
std::partial_ordering order_mixed(std::int64_t left, double right) {
    constexpr double beyond = 9223372036854775808.0; // 2 to the power of 63
    if (std::isnan(right)) return std::partial_ordering::unordered;
    if (right >= beyond) return std::partial_ordering::less;
    if (right < -beyond) return std::partial_ordering::greater;
    const auto whole = static_cast<std::int64_t>(right);
    if (left != whole) return left <=> whole;
    return 0.0 <=> right - static_cast<double>(whole);
}

Decimal as_decimal(const Value& number) {
    if (const auto* big = number.as<BigNumber>()) return decimal_of(big->digits);
    if (const auto* integer = number.as<std::int64_t>()) return decimal_of(std::to_string(*integer));
    return decimal_of(fmt::format("{:.1074f}", *number.as<double>())); // as many as the smallest one has
}

std::partial_ordering order_numbers(const Value& left, const Value& right) {
    const auto* left_integer = left.as<std::int64_t>();
    const auto* right_integer = right.as<std::int64_t>();
    const auto* left_float = left.as<double>();
    const auto* right_float = right.as<double>();
    if (left_integer && right_integer) return *left_integer <=> *right_integer;
    if (left_float && right_float) return *left_float <=> *right_float;
    if (left_integer && right_float) return order_mixed(*left_integer, *right_float);
    if (left_float && right_integer) return 0 <=> order_mixed(*right_integer, *left_float);
    if (left_float && !std::isfinite(*left_float)) return *left_float <=> 0.0;
    if (right_float && !std::isfinite(*right_float)) return 0.0 <=> *right_float;
    return order_decimals(as_decimal(left), as_decimal(right));
}

bool equal_lists(const List& left, const List& right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(), equal);
}

bool equal_objects(const Object& left, const Object& right) {
    if (left.size() != right.size()) return false;
    std::unordered_map<std::string_view, const Value*> index; // only when the order differs
    for (std::size_t i = 0; i < left.size(); ++i) {
        const Value* same = left[i].name == right[i].name ? &right[i].value : nullptr;
        if (!same) {
            if (index.empty())
                for (const Member& member : right) index.emplace(member.name, &member.value);
            const auto found = index.find(left[i].name);
            if (found == index.end()) return false;
            same = found->second;
        }
        if (!equal(left[i].value, *same)) return false;
    }
    return true;
}

}

bool equal(const Value& left, const Value& right) {
    if (is_any_number(left) && is_any_number(right)) return order_numbers(left, right) == 0;
    if (left.is.index() != right.is.index()) return false;
    if (const auto* list = left.as<List>()) return equal_lists(*list, *right.as<List>());
    if (const auto* object = left.as<Object>()) return equal_objects(*object, *right.as<Object>());
    if (const auto* is_true = left.as<bool>()) return *is_true == *right.as<bool>();
    if (const auto* text = left.as<std::string>()) return *text == *right.as<std::string>();
    if (const auto* bytes = left.as<Bytes>()) return bytes->bytes == right.as<Bytes>()->bytes;
    if (const auto* date = left.as<Date>()) return date->time == right.as<Date>()->time;
    if (const auto* nodes = left.as<NodeSet>()) return nodes->size == right.as<NodeSet>()->size;
    if (const auto* step = left.as<Step>()) return step->location == right.as<Step>()->location;
    return true; // null, unit
}

std::partial_ordering order(const Value& left, const Value& right) {
    if (is_any_number(left) && is_any_number(right)) return order_numbers(left, right);
    const auto* left_text = left.as<std::string>();
    const auto* right_text = right.as<std::string>();
    if (left_text && right_text) return *left_text <=> *right_text; // the order of bytes is that of code points
    const auto* left_date = left.as<Date>();
    const auto* right_date = right.as<Date>();
    if (left_date && right_date) return left_date->time <=> right_date->time;
    return std::partial_ordering::unordered;
}

}
