#include "scan/gitleaks/go_encoding.h"
#include "base/text.h"
#include "base/utf8.h"
#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <span>

namespace fairlead::scan::gitleaks {
namespace {

struct Escape {
    char32_t character;
    std::string_view written;
};
constexpr Escape json_escapes[] = {{'"', "\\\""},    {'\\', "\\\\"},   {'\b', "\\b"},       {'\f', "\\f"},
                                   {'\n', "\\n"},    {'\r', "\\r"},    {'\t', "\\t"},       {'<', "\\u003c"},
                                   {'>', "\\u003e"}, {'&', "\\u0026"}, {0x2028, "\\u2028"}, {0x2029, "\\u2029"}};
constexpr Escape xml_escapes[] = {{'"', "&#34;"}, {'\'', "&#39;"}, {'&', "&amp;"},  {'<', "&lt;"},
                                  {'>', "&gt;"},  {'\t', "&#x9;"}, {'\n', "&#xA;"}, {'\r', "&#xD;"}};

std::string_view escape_of(char32_t character, std::span<const Escape> escapes) {
    const auto found = std::find_if(escapes.begin(), escapes.end(),
                                    [&](const Escape& escape) { return escape.character == character; });
    return found == escapes.end() ? std::string_view() : found->written;
}

bool fits_into_xml(const CodePoint& point) {
    return point.valid && point.value >= 0x20 && point.value != 0xFFFE && point.value != 0xFFFF;
}

// unicode.IsSpace
bool is_space_of_go(char32_t point) {
    constexpr std::u32string_view others = U"\u0085\u00A0\u1680\u2028\u2029\u202F\u205F\u3000";
    return point == ' ' || (point >= '\t' && point <= '\r') || (point >= 0x2000 && point <= 0x200A) ||
           others.find(point) != others.npos;
}

bool is_quoted_in_csv(std::string_view field) {
    if (field.empty()) return false;
    const CodePoint first = decode_front(field);
    return field == "\\." || field.find_first_of(",\"\r\n") != field.npos ||
           (first.valid && is_space_of_go(first.value));
}

}

std::string go_json(std::string_view text) {
    std::string out = "\"";
    while (!text.empty()) {
        const CodePoint point = decode_front(text);
        const std::string_view escape = escape_of(point.value, json_escapes);
        if (!escape.empty())
            out += escape;
        else if (point.value < 0x20)
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(point.value));
        else
            out += point.valid ? text.substr(0, point.bytes) : "\\ufffd";
        text.remove_prefix(point.bytes);
    }
    return out + '"';
}

std::string go_number(float number) {
    const bool is_tiny = number != 0 && number < 1e-6F && number > -1e-6F;
    char buffer[64];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, number,
                                   is_tiny ? std::chars_format::scientific : std::chars_format::fixed);
    return replace_all({buffer, end.ptr}, "e-0", "e-");
}

std::string go_csv(std::string_view field) {
    return is_quoted_in_csv(field) ? '"' + replace_all(field, "\"", "\"\"") + '"' : std::string(field);
}

std::string go_xml(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const CodePoint point = decode_front(text);
        const std::string_view escape = escape_of(point.value, xml_escapes);
        if (!escape.empty())
            out += escape;
        else
            out += fits_into_xml(point) ? text.substr(0, point.bytes) : "\xEF\xBF\xBD";
        text.remove_prefix(point.bytes);
    }
    return out;
}

void GoJson::open(char bracket, std::string_view key) {
    start(key) += bracket;
    ++depth_;
    first_ = true;
}

void GoJson::close(char bracket) {
    --depth_;
    if (!first_) new_line();
    text_ += bracket;
    first_ = false;
}

void GoJson::put(std::string_view key, const std::vector<std::string>& texts) {
    open('[', key);
    for (const std::string& text : texts) put({}, text);
    close(']');
}

std::string& GoJson::start(std::string_view key) {
    if (!first_) text_ += ',';
    if (depth_ > 0) new_line();
    first_ = false;
    if (!key.empty()) text_ += go_json(key) + ": ";
    return text_;
}

void GoJson::new_line() {
    text_ += '\n';
    text_.append(depth_, indent_);
}

}
