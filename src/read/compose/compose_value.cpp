#include "read/compose/compose_value.h"
#include "base/text.h"
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <optional>

namespace fairlead::read {
namespace {

constexpr std::string_view true_words[] = {"true", "True", "TRUE"}, false_words[] = {"false", "False", "FALSE"},
                           null_words[] = {"", "~", "null", "Null", "NULL"};

template <std::size_t N>
bool is_one(const std::string_view (&words)[N], std::string_view word) {
    return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

// As Go reads one with base 0: 0x1F, 0o17, 017, 0b1, 1_000.
std::optional<std::int64_t> whole_number(std::string text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.erase(0, 1);
    std::erase(text, '_');
    if (text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;
    int base = 10;
    const char kind = text.size() > 1 && text[0] == '0' ? text[1] : '\0';
    if (kind != '\0') base = kind == 'x' || kind == 'X' ? 16 : kind == 'b' || kind == 'B' ? 2 : 8;
    const bool lettered = base != 10 && (kind < '0' || kind > '9');
    if (lettered && base == 8 && kind != 'o' && kind != 'O') return std::nullopt;
    const char* begin = text.data() + (lettered ? 2 : 0);
    const char* end = text.data() + text.size();
    std::int64_t value = 0;
    const auto [stopped, error] = std::from_chars(begin, end, value, base);
    if (error != std::errc() || stopped != end) return std::nullopt;
    return negative ? -value : value;
}

std::optional<double> fraction(std::string_view text) {
    if (text.empty() || text.find_first_not_of("+-.0123456789eE") != std::string_view::npos) return std::nullopt;
    if (text[0] == '+') text.remove_prefix(1);
    double value = 0;
    const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || stopped != text.data() + text.size()) return std::nullopt;
    return value;
}

}

const ComposeValue* ComposeValue::find(std::string_view name) const {
    if (kind != Kind::map) return nullptr;
    const auto found = std::find_if(items.begin(), items.end(), [&](const auto& item) { return item.key == name; });
    return found == items.end() ? nullptr : &*found;
}

ComposeValue* ComposeValue::find(std::string_view name) {
    return const_cast<ComposeValue*>(std::as_const(*this).find(name));
}

const ComposeValue* ComposeValue::at(std::string_view path) const {
    const ComposeValue* value = this;
    while (value != nullptr && !path.empty()) {
        const std::size_t dot = path.find('.');
        value = value->find(path.substr(0, dot));
        path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    }
    return value;
}

std::string_view ComposeValue::text_at(std::string_view path) const {
    const ComposeValue* value = at(path);
    return value != nullptr && value->is_scalar() ? std::string_view(value->text) : std::string_view();
}

ComposeValue compose_value(const sys::YamlNode& node, int file) {
    using Yaml = sys::YamlNode::Kind;
    ComposeValue result;
    result.place = {file, node.line, node.column};
    result.tag = node.tag == "!reset"      ? ComposeValue::Tag::reset
                 : node.tag == "!override" ? ComposeValue::Tag::override
                                           : ComposeValue::Tag::none;
    result.quoted = node.quoted;
    if (node.kind == Yaml::scalar) {
        result.text = node.scalar;
        const bool null = !node.quoted && is_one(null_words, node.scalar);
        result.kind = null ? ComposeValue::Kind::null : ComposeValue::Kind::scalar;
    } else if (node.kind == Yaml::list) {
        result.kind = ComposeValue::Kind::list;
        for (const auto& item : node.items) result.items.push_back(compose_value(item, file));
    } else if (node.kind == Yaml::map) {
        result.kind = ComposeValue::Kind::map;
        for (const auto& [key, value] : node.entries) {
            result.items.push_back(compose_value(value, file));
            result.items.back().key = key.scalar;
            result.items.back().key_place = {file, key.line, key.column};
        }
    }
    return result;
}

ComposeValue compose_text(std::string text, const ComposeValue& at) {
    ComposeValue result;
    result.kind = ComposeValue::Kind::scalar;
    result.text = std::move(text);
    result.place = at.place;
    result.quoted = result.short_form = true;
    return result;
}

std::size_t count_values(const ComposeValue& value) {
    std::size_t count = 1;
    for (const auto& item : value.items) count += count_values(item);
    return count;
}

bool says_the_same(const ComposeValue& one, const ComposeValue& other) {
    return one.key == other.key && one.kind == other.kind && one.text == other.text &&
           std::equal(one.items.begin(), one.items.end(), other.items.begin(), other.items.end(), says_the_same);
}

bool is_plain_text(const ComposeValue& scalar) {
    if (scalar.quoted || scalar.interpolated) return true;
    const std::string& text = scalar.text;
    return !is_one(true_words, text) && !is_one(false_words, text) && !is_one(null_words, text) &&
           !whole_number(text) && !fraction(text);
}

std::string plain_text(const ComposeValue& scalar) {
    const std::string& text = scalar.text;
    if (scalar.quoted || scalar.interpolated) return text;
    if (is_one(true_words, text) || is_one(false_words, text)) return lower(text);
    if (const auto number = whole_number(text)) return std::to_string(*number);
    const auto number = fraction(text);
    if (!number) return text;
    return *number == std::floor(*number) && std::abs(*number) < 1e21 ? fmt::format("{:.0f}", *number)
                                                                      : fmt::format("{}", *number);
}

}
