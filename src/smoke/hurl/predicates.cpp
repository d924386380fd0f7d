#include "smoke/hurl/predicates.h"
#include "base/text.h"
#include "base/time.h"
#include "smoke/hurl/limits.h"
#include "smoke/hurl/pattern.h"
#include <algorithm>
#include <vector>

namespace fairlead::smoke::hurl {

namespace {

using Judged = Result<Judgement>;

Judgement yes_if(bool is_so) { return is_so ? Judgement::yes : Judgement::no; }

Judged is_equal(const Value& actual, const Value& operand) { return yes_if(equal(actual, operand)); }
Judged is_unequal(const Value& actual, const Value& operand) { return yes_if(!equal(actual, operand)); }

// NaN is a number, and in no order to any other; all else that has no order is of the wrong type.
bool is_number_value(const Value& value) {
    return value.as<std::int64_t>() || value.as<double>() || value.as<BigNumber>();
}
template <bool (*holds)(std::partial_ordering)>
Judged is_ordered(const Value& actual, const Value& operand) {
    const auto found = order(actual, operand);
    const bool are_numbers = is_number_value(actual) && is_number_value(operand);
    if (found == std::partial_ordering::unordered && !are_numbers) return Judgement::mismatch;
    return yes_if(holds(found));
}

// A test of two texts, or of two values of bytes.
template <bool (*holds)(std::string_view, std::string_view)>
Judged is_related(const Value& actual, const Value& operand) {
    const auto* text = actual.as<std::string>();
    const auto* text_operand = operand.as<std::string>();
    if (text && text_operand) return yes_if(holds(*text, *text_operand));
    const auto* bytes = actual.as<Bytes>();
    const auto* bytes_operand = operand.as<Bytes>();
    if (bytes && bytes_operand) return yes_if(holds(bytes->bytes, bytes_operand->bytes));
    return Judgement::mismatch;
}
bool begins_with(std::string_view text, std::string_view part) { return text.starts_with(part); }
bool finishes_with(std::string_view text, std::string_view part) { return text.ends_with(part); }
bool has_within(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

Judged is_member(const Value& actual, const Value& operand) {
    const auto* list = actual.as<List>();
    if (!list) return Judgement::mismatch;
    return yes_if(std::any_of(list->begin(), list->end(), [&](const Value& each) { return equal(each, operand); }));
}
Judged contains_value(const Value& actual, const Value& operand) {
    return actual.as<List>() ? is_member(actual, operand) : is_related<has_within>(actual, operand);
}

Judged matches_pattern(const Value& actual, const Value& operand) {
    const auto* pattern = operand.as<std::string>();
    if (!pattern) return Judgement::mismatch;
    const auto expression = TRY(compile_expression(*pattern)); // is wrong whatever the value is
    const auto* text = actual.as<std::string>();
    if (text) TRY_VOID(check_cost(expression.pattern, *text));
    return text ? yes_if(expression.pattern.matches(*text)) : Judgement::mismatch;
}

Judged exists_at_all(const Value& actual, const Value&) {
    const auto* nodes = actual.as<NodeSet>();
    return yes_if(!nodes || nodes->size > 0);
}
Judged is_without_content(const Value& actual, const Value&) {
    if (const auto* text = actual.as<std::string>()) return yes_if(text->empty());
    if (const auto* list = actual.as<List>()) return yes_if(list->empty());
    if (const auto* object = actual.as<Object>()) return yes_if(object->empty());
    if (const auto* bytes = actual.as<Bytes>()) return yes_if(bytes->bytes.empty());
    if (const auto* nodes = actual.as<NodeSet>()) return yes_if(nodes->size == 0);
    return Judgement::mismatch;
}

template <typename... T>
Judged is_one_of(const Value& actual, const Value&) {
    return yes_if((actual.as<T>() || ...));
}
// A number beyond 64 bits is an integer if it is written as one.
bool is_whole(const Value& value) {
    const auto* big = value.as<BigNumber>();
    return value.as<std::int64_t>() || (big && big->digits.find_first_of(".eE") == std::string::npos);
}
Judged is_integer_value(const Value& actual, const Value&) { return yes_if(is_whole(actual)); }
Judged is_float_value(const Value& actual, const Value&) {
    return yes_if(is_number_value(actual) && !is_whole(actual));
}

// A test of the form of a text.
template <bool (*holds)(std::string_view)>
Judged has_form(const Value& actual, const Value&) {
    const auto* text = actual.as<std::string>();
    return text ? yes_if(holds(*text)) : Judgement::mismatch;
}

bool is_iso_date(std::string_view text) { return parse_utc(text).has_value(); }

bool is_hexadecimal(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); });
}

bool is_four_bytes(std::string_view text) { // RFC 3986's IPv4address, without leading zeros
    const auto parts = split(text, '.');
    return parts.size() == 4 && std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
               const bool is_short =
                   !part.empty() && part.size() <= 3 && std::all_of(part.begin(), part.end(), is_digit);
               return is_short && (part.size() == 1 || part[0] != '0') && parse_integer(part).value_or(256) < 256;
           });
}

// How many of the eight groups the text has, up to the :: or behind it; 9: it is malformed.
std::size_t groups_of_six(std::string_view text, bool may_end_in_four) {
    if (text.empty()) return 0;
    const auto groups = split(text, ':');
    std::size_t count = groups.size();
    for (std::size_t i = 0; i < groups.size(); ++i) {
        const bool is_last = i + 1 == groups.size();
        if (!groups[i].empty() && groups[i].size() <= 4 && is_hexadecimal(groups[i])) continue;
        if (!is_last || !may_end_in_four || !is_four_bytes(groups[i])) return 9;
        ++count;
    }
    return count;
}
bool is_eight_groups(std::string_view text) { // RFC 3986's IPv6address; no zone behind it
    const auto gap = text.find("::");
    if (gap == text.npos) return groups_of_six(text, true) == 8;
    return groups_of_six(text.substr(0, gap), false) + groups_of_six(text.substr(gap + 2), true) < 8;
}

// RFC 9562; also as urn:uuid:…, in braces, and without hyphens.
bool is_uuid_text(std::string_view text) {
    constexpr std::string_view urn = "urn:uuid:";
    if (text.size() == 38 && text.front() == '{' && text.back() == '}')
        text = text.substr(1, 36);
    else if (text.size() == 45 && text.starts_with(urn))
        text.remove_prefix(urn.size());
    else if (text.size() == 32)
        return is_hexadecimal(text);
    constexpr std::size_t sizes[] = {8, 4, 4, 4, 12};
    const auto parts = split(text, '-');
    return std::equal(
        parts.begin(), parts.end(), std::begin(sizes), std::end(sizes),
        [](const std::string& part, std::size_t size) { return part.size() == size && is_hexadecimal(part); });
}

constexpr Predicate predicate_rows[] = {
    {"==", Compared::anything, is_equal},
    {"!=", Compared::anything, is_unequal},
    {">", Compared::ordered, is_ordered<std::is_gt>},
    {">=", Compared::ordered, is_ordered<std::is_gteq>},
    {"<", Compared::ordered, is_ordered<std::is_lt>},
    {"<=", Compared::ordered, is_ordered<std::is_lteq>},
    {"startsWith", Compared::text, is_related<begins_with>},
    {"endsWith", Compared::text, is_related<finishes_with>},
    {"contains", Compared::anything, contains_value},
    {"includes", Compared::anything, is_member}, // deprecated
    {"matches", Compared::pattern, matches_pattern},
    {"exists", Compared::nothing, exists_at_all},
    {"isEmpty", Compared::nothing, is_without_content},
    {"isInteger", Compared::nothing, is_integer_value},
    {"isFloat", Compared::nothing, is_float_value},
    {"isNumber", Compared::nothing, is_one_of<std::int64_t, double, BigNumber>},
    {"isBoolean", Compared::nothing, is_one_of<bool>},
    {"isString", Compared::nothing, is_one_of<std::string>},
    {"isDate", Compared::nothing, is_one_of<Date>},
    {"isCollection", Compared::nothing, is_one_of<Bytes, List, NodeSet, Object>},
    {"isList", Compared::nothing, is_one_of<List, Bytes>},
    {"isObject", Compared::nothing, is_one_of<Object, NodeSet>},
    {"isIsoDate", Compared::nothing, has_form<is_iso_date>},
    {"isIpv4", Compared::nothing, has_form<is_four_bytes>},
    {"isIpv6", Compared::nothing, has_form<is_eight_groups>},
    {"isUuid", Compared::nothing, has_form<is_uuid_text>},
};

}

std::span<const Predicate> predicates() { return predicate_rows; }

const Predicate* find_predicate(std::string_view name) {
    const auto* found = std::find_if(std::begin(predicate_rows), std::end(predicate_rows),
                                     [&](const Predicate& row) { return row.name == name; });
    return found == std::end(predicate_rows) ? nullptr : found;
}

}
