#include "smoke/compare/json_answer.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>

namespace fairlead::smoke::compare {

namespace {

using hurl::List;
using hurl::Member;
using hurl::Object;
using hurl::Value;

// The same text for equal numbers: digits without zeros at their ends, and the power of ten.
std::string number_key(const Value& number) {
    const auto* real = number.as<double>();
    const auto text = real ? fmt::format("{}", *real) : hurl::rendered(number).value_or("");
    const bool is_negative = text.starts_with('-');
    const auto e = std::min(text.find_first_of("eE"), text.size());
    auto digits = text.substr(is_negative ? 1 : 0, e - (is_negative ? 1 : 0));
    std::int64_t power = 0;
    if (e < text.size()) {
        const auto parsed = parse_integer(text.substr(e + (text[e + 1] == '+' ? 2 : 1)));
        if (!parsed.ok()) return text;
        power = parsed.value();
    }
    if (const auto point = digits.find('.'); point != digits.npos) {
        power -= static_cast<std::int64_t>(digits.size() - point - 1);
        digits.erase(point, 1);
    }
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
    if (digits.empty()) return "0";
    power += static_cast<std::int64_t>(digits.size() - digits.find_last_not_of('0') - 1);
    digits.erase(digits.find_last_not_of('0') + 1);
    return fmt::format("{}{}e{}", is_negative ? "-" : "", digits, power);
}

}

Result<JsonAnswer> JsonAnswer::read(const Value& root, std::string_view host, const JsonRules& rules) {
    JsonAnswer answer;
    answer.host_ = host;
    for (const auto& path : rules.ignore) {
        const auto found = TRY(path.find(root));
        answer.ignored_.insert(found.begin(), found.end());
    }
    for (const auto& path : rules.unordered) {
        const auto found = TRY(path.find(root));
        answer.unordered_.insert(found.begin(), found.end());
    }
    return answer;
}

std::vector<const Value*> JsonAnswer::elements_of(const Value& list) const {
    std::vector<const Value*> out;
    for (const Value& one : *list.as<List>())
        if (!ignores(one)) out.push_back(&one);
    return out;
}

Members JsonAnswer::members_of(const Value& object) const {
    Members out;
    for (const Member& one : *object.as<Object>())
        if (!ignores(one.value)) out.push_back(&one);
    std::sort(out.begin(), out.end(), [](const Member* a, const Member* b) { return a->name < b->name; });
    return out;
}

void JsonAnswer::append_key(const Value& value, std::string& out) const {
    if (const auto* text = value.as<std::string>()) {
        out += '"' + json_escape(without_host(*text, host_)) + '"';
    } else if (value.as<List>()) {
        std::vector<std::string> keys;
        for (const auto* one : elements_of(value)) append_key(*one, keys.emplace_back());
        if (unordered_.contains(&value)) std::sort(keys.begin(), keys.end());
        out += '[' + join(keys, ",") + ']';
    } else if (value.as<Object>()) {
        out += '{';
        for (const auto* one : members_of(value)) {
            out += '"' + json_escape(one->name) + "\":";
            append_key(one->value, out);
            out += ',';
        }
        out += '}';
    } else {
        const bool is_word = value.as<bool>() || value.as<hurl::Null>();
        out += is_word ? hurl::rendered(value).value_or("") : number_key(value);
    }
}

Keyed JsonAnswer::keyed_elements(const Value& list) const {
    Keyed out;
    for (const auto* one : elements_of(list)) {
        append_key(*one, out.emplace_back().first);
        out.back().second = one;
    }
    std::sort(out.begin(), out.end());
    return out;
}

const Value* member_named(const Members& members, std::string_view name) {
    const auto found = std::lower_bound(members.begin(), members.end(), name,
                                        [](const Member* one, std::string_view wanted) { return one->name < wanted; });
    return found != members.end() && (*found)->name == name ? &(*found)->value : nullptr;
}

Keyed only_in(const Keyed& left, const Keyed& right) {
    Keyed out;
    const auto by_key = [](const auto& a, const auto& b) { return a.first < b.first; };
    std::set_difference(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(out), by_key);
    return out;
}

}
