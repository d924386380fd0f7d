#include "smoke/hurl/filters.h"
#include "base/text.h"
#include "smoke/hurl/limits.h"
#include "smoke/hurl/text_filters.h"
#include "smoke/hurl/values/charset.h"
#include "smoke/hurl/values/dates.h"
#include "smoke/hurl/xpath.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke::hurl {

namespace {

using Operands = std::span<const Value>;

Error wrong_input(const Value& input, std::string_view expected) {
    return no(fmt::format("the input is {}; expected {}", describe(input), expected));
}

template <typename T>
Result<const T*> input_as(const Value& input, std::string_view expected) {
    if (const T* found = input.as<T>()) return found;
    return wrong_input(input, expected);
}
Result<const std::string*> text_input(const Value& input) { return input_as<std::string>(input, "a string"); }
Result<const List*> list_input(const Value& input) { return input_as<List>(input, "a list"); }
Result<const Bytes*> bytes_input(const Value& input) {
    if (input.as<std::string>()) return wrong_input(input, "bytes; write utf8Encode before this filter");
    return input_as<Bytes>(input, "bytes");
}
Result<const Date*> date_input(const Value& input) {
    if (input.as<std::string>()) return wrong_input(input, "a date; write toDate before this filter");
    return input_as<Date>(input, "a date");
}

// Their number was checked when the file was read; their types are known only now, as of {{n}}.
Result<std::string_view> text_operand(Operands operands, std::size_t index) {
    const auto* text = index < operands.size() ? operands[index].as<std::string>() : nullptr;
    if (text) return std::string_view(*text);
    return usage(fmt::format("operand {} is {}; expected a string", index + 1,
                             index < operands.size() ? describe(operands[index]) : "missing"));
}
Result<std::int64_t> integer_operand(Operands operands) {
    const auto* integer = operands.empty() ? nullptr : operands[0].as<std::int64_t>();
    if (integer) return *integer;
    return usage(
        fmt::format("the operand is {}; expected an integer", operands.empty() ? "missing" : describe(operands[0])));
}

Filtered result_of(std::string text) { return std::optional(Value{std::move(text)}); }
Filtered result_of(Bytes bytes) { return std::optional(Value{std::move(bytes)}); }
Filtered result_of(std::int64_t integer) { return std::optional(Value{integer}); }

// A filter that makes a text from a text.
template <std::string (*convert)(std::string_view)>
Filtered text_filter(const Value& input, Operands, const FilterWorld&) {
    const auto* text = TRY(text_input(input));
    return result_of(convert(*text));
}

template <Base64 alphabet>
Filtered base64_decode(const Value& input, Operands, const FilterWorld&) {
    const auto* text = TRY(text_input(input));
    auto bytes = base64_bytes(*text, alphabet);
    if (bytes) return result_of(Bytes{*std::move(bytes)});
    return wrong_input(input, alphabet == Base64::standard ? "base64 with its padding (RFC 4648, 4)"
                                                           : "base64 for URLs, without padding (RFC 4648, 5)");
}
template <Base64 alphabet>
Filtered base64_encode(const Value& input, Operands, const FilterWorld&) {
    const auto* bytes = TRY(bytes_input(input));
    return result_of(base64_of(bytes->bytes, alphabet));
}

Filtered to_hex(const Value& input, Operands, const FilterWorld&) {
    const auto* bytes = TRY(bytes_input(input));
    return result_of(hex(bytes->bytes));
}
Filtered utf8_encode(const Value& input, Operands, const FilterWorld&) {
    const auto* text = TRY(text_input(input));
    return result_of(Bytes{*text});
}
Filtered utf8_decode(const Value& input, Operands, const FilterWorld&) {
    const auto* bytes = TRY(bytes_input(input));
    return result_of(to_valid_utf8(bytes->bytes));
}
Filtered decode_bytes(const Value& input, Operands operands, const FilterWorld&) {
    const auto label = TRY(text_operand(operands, 0));
    const auto* bytes = TRY(bytes_input(input));
    auto text = decoded(bytes->bytes, label);
    if (text) return result_of(std::move(text).value());
    auto error = std::move(text).error();
    if (error.kind == fairlead::Kind::usage)
        error.kind = fairlead::Kind::no; // as in Hurl; labels often come from an answer
    return error;
}

Filtered count_elements(const Value& input, Operands, const FilterWorld&) {
    std::size_t size = 0;
    if (const auto* list = input.as<List>())
        size = list->size();
    else if (const auto* bytes = input.as<Bytes>())
        size = bytes->bytes.size();
    else if (const auto* nodes = input.as<NodeSet>())
        size = nodes->size;
    else
        return wrong_input(input, "a list, bytes or a node set");
    return result_of(static_cast<std::int64_t>(size));
}

Filtered element(const List& list, std::int64_t index) {
    const auto size = static_cast<std::int64_t>(list.size());
    if (size == 0) return no("the list is empty");
    if (index >= size || index < -size)
        return no(fmt::format("the list has {} elements, and so none at {}", size, index));
    return std::optional(list[static_cast<std::size_t>(index < 0 ? size + index : index)]);
}
Filtered first_element(const Value& input, Operands, const FilterWorld&) {
    const auto* list = TRY(list_input(input));
    return element(*list, 0);
}
Filtered last_element(const Value& input, Operands, const FilterWorld&) {
    const auto* list = TRY(list_input(input));
    return element(*list, -1);
}
Filtered nth_element(const Value& input, Operands operands, const FilterWorld&) {
    const auto index = TRY(integer_operand(operands));
    const auto* list = TRY(list_input(input));
    return element(*list, index);
}

Filtered first_group(const Value& input, Operands operands, const FilterWorld&) {
    const auto operand = TRY(text_operand(operands, 0));
    const auto expression = TRY(compile_expression(operand));
    const auto* text = TRY(text_input(input));
    TRY_VOID(check_cost(expression.pattern, *text));
    std::vector<std::string_view> groups;
    const bool is_found = expression.pattern.search(*text, 0, groups) && groups.size() > 1 && groups[1].data();
    if (!is_found) return std::optional<Value>();
    return result_of(std::string(groups[1]));
}
Filtered replace_text(const Value& input, Operands operands, const FilterWorld&) {
    const auto from = TRY(text_operand(operands, 0));
    const auto to = TRY(text_operand(operands, 1));
    const auto* text = TRY(text_input(input));
    return result_of(join(split_text(*text, from), to)); // an empty text is between all characters
}
Filtered replace_pattern(const Value& input, Operands operands, const FilterWorld&) {
    const auto operand = TRY(text_operand(operands, 0));
    const auto expression = TRY(compile_expression(operand));
    const auto by = TRY(text_operand(operands, 1));
    const auto* text = TRY(text_input(input));
    TRY_VOID(check_cost(expression.pattern, *text));
    return result_of(replace_matches(*text, expression, by));
}
Filtered split_to_list(const Value& input, Operands operands, const FilterWorld&) {
    const auto separator = TRY(text_operand(operands, 0));
    List list;
    const auto* text = TRY(text_input(input));
    if (separator.size() == 1) TRY_VOID(check_parts(*text, separator, "parts"));
    for (auto& part : split_text(*text, separator)) list.push_back({std::move(part)});
    return std::optional(Value{std::move(list)});
}

// One sign before the digits, which from_chars doesn't take if it is a plus.
std::string_view without_plus(std::string_view text) {
    const bool has_plus = text.size() > 1 && text[0] == '+' && text[1] != '-';
    return text.substr(has_plus ? 1 : 0);
}

Filtered to_int(const Value& input, Operands, const FilterWorld&) {
    if (input.as<std::int64_t>()) return std::optional(input);
    if (const auto* number = input.as<double>()) {
        constexpr double beyond = 9223372036854775808.0; // 2 to the power of 63
        if (*number >= -beyond && *number < beyond) return result_of(static_cast<std::int64_t>(*number));
    }
    if (const auto* text = input.as<std::string>())
        if (const auto integer = parse_integer(without_plus(*text))) return result_of(integer.value());
    return wrong_input(input, "a number of at most 64 bits, or a string that is an integer, such as \"12\"");
}
Filtered to_float(const Value& input, Operands, const FilterWorld&) {
    if (input.as<double>()) return std::optional(input);
    if (const auto* integer = input.as<std::int64_t>()) return std::optional(Value{static_cast<double>(*integer)});
    if (const auto* text = input.as<std::string>())
        if (const auto number = parse_number(without_plus(*text))) return std::optional(Value{number.value()});
    return wrong_input(input, "a number of at most 64 bits, or a string that is a number, such as \"1.5\"");
}
Filtered to_string(const Value& input, Operands, const FilterWorld&) {
    if (auto text = rendered(input)) return result_of(*std::move(text));
    return wrong_input(input, "a string, number, boolean, date or null");
}

Filtered query_parameter(const Value& input, Operands operands, const FilterWorld&) {
    const auto name = TRY(text_operand(operands, 0));
    const auto* text = TRY(text_input(input));
    auto value = TRY(url_parameter(*text, name));
    if (!value) return std::optional<Value>();
    return result_of(*std::move(value));
}

bool is_json(const Value& value) {
    if (const auto* list = value.as<List>()) return std::all_of(list->begin(), list->end(), is_json);
    if (const auto* object = value.as<Object>())
        return std::all_of(object->begin(), object->end(), [](const Member& member) { return is_json(member.value); });
    return value.as<Null>() || value.as<bool>() || value.as<std::int64_t>() || value.as<double>() ||
           value.as<BigNumber>() || value.as<std::string>();
}

Filtered query_json(const Value& input, Operands operands, const FilterWorld& world) {
    const auto operand = TRY(text_operand(operands, 0));
    const auto path = TRY(JsonPath::parse(operand));
    const auto* text = input.as<std::string>();
    const bool is_composite = (input.as<List>() || input.as<Object>()) && is_json(input);
    if (!text && !is_composite) return wrong_input(input, "a string of JSON, a list or an object");
    if (!text) {
        const auto found = TRY(path.find(input));
        return value_of(found, world.coercion);
    }
    const auto document = read_json(*text);
    if (!document) return wrong_input(input, "JSON: " + document.error().message);
    const auto found = TRY(path.find(document.value()));
    return value_of(found, world.coercion);
}

Filtered query_html(const Value& input, Operands operands, const FilterWorld&) {
    const auto expression = TRY(text_operand(operands, 0));
    const auto* text = TRY(text_input(input));
    return xpath_value(*text, true, expression);
}

Filtered to_date(const Value& input, Operands operands, const FilterWorld&) {
    const auto pattern = TRY(text_operand(operands, 0));
    const auto* text = TRY(text_input(input));
    const auto moment = TRY(read_date(*text, pattern));
    return std::optional(Value{Date{moment}});
}
Filtered date_format(const Value& input, Operands operands, const FilterWorld&) {
    const auto pattern = TRY(text_operand(operands, 0));
    const auto* date = TRY(date_input(input));
    const auto value = TRY(write_date(date->time, pattern));
    return result_of(value);
}
std::int64_t whole_days(std::chrono::microseconds time) { // towards zero
    return std::chrono::duration_cast<std::chrono::days>(time).count();
}
Filtered days_after_now(const Value& input, Operands, const FilterWorld& world) {
    const auto* date = TRY(date_input(input));
    return result_of(whole_days(date->time - world.now));
}
Filtered days_before_now(const Value& input, Operands, const FilterWorld& world) {
    const auto* date = TRY(date_input(input));
    return result_of(whole_days(world.now - date->time));
}

Filtered step_location(const Value& input, Operands, const FilterWorld&) {
    const auto value = TRY(input_as<Step>(input, "a redirect, as of `redirects nth 0`"));
    return result_of(value->location);
}

constexpr Operand one_text[] = {Operand::text};
constexpr Operand two_texts[] = {Operand::text, Operand::text};
constexpr Operand one_integer[] = {Operand::integer};
constexpr Operand one_pattern[] = {Operand::pattern};
constexpr Operand pattern_and_text[] = {Operand::pattern, Operand::text};

constexpr Filter filter_rows[] = {
    {"base64Decode", {}, base64_decode<Base64::standard>},
    {"base64Encode", {}, base64_encode<Base64::standard>},
    {"base64UrlSafeDecode", {}, base64_decode<Base64::url_safe>},
    {"base64UrlSafeEncode", {}, base64_encode<Base64::url_safe>},
    {"charsetDecode", one_text, decode_bytes},
    {"count", {}, count_elements},
    {"dateFormat", one_text, date_format},
    {"daysAfterNow", {}, days_after_now},
    {"daysBeforeNow", {}, days_before_now},
    {"decode", one_text, decode_bytes}, // the old name of charsetDecode
    {"first", {}, first_element},
    {"format", one_text, date_format}, // the old name of dateFormat
    {"htmlEscape", {}, text_filter<html_escaped>},
    {"htmlUnescape", {}, text_filter<html_unescaped>},
    {"jsonpath", one_text, query_json},
    {"last", {}, last_element},
    {"location", {}, step_location},
    {"nth", one_integer, nth_element},
    {"regex", one_pattern, first_group},
    {"replace", two_texts, replace_text},
    {"replaceRegex", pattern_and_text, replace_pattern},
    {"split", one_text, split_to_list},
    {"toDate", one_text, to_date},
    {"toFloat", {}, to_float},
    {"toHex", {}, to_hex},
    {"toInt", {}, to_int},
    {"toString", {}, to_string},
    {"urlDecode", {}, text_filter<url_decoded>},
    {"urlEncode", {}, text_filter<url_encoded>},
    {"urlQueryParam", one_text, query_parameter},
    {"utf8Decode", {}, utf8_decode},
    {"utf8Encode", {}, utf8_encode},
    {"xpath", one_text, query_html},
};

}

std::span<const Filter> filters() { return filter_rows; }

const Filter* find_filter(std::string_view name) {
    const auto* found = std::find_if(std::begin(filter_rows), std::end(filter_rows),
                                     [&](const Filter& row) { return row.name == name; });
    return found == std::end(filter_rows) ? nullptr : found;
}

}
