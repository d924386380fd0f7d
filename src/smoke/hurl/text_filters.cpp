#include "smoke/hurl/text_filters.h"
#include "base/text.h"
#include "base/url.h"
#include "base/utf8.h"
#include "sys/signature.h"
#include <algorithm>

namespace fairlead::smoke::hurl {

std::vector<std::string> split_text(std::string_view text, std::string_view separator) {
    std::vector<std::string> parts;
    if (separator.empty()) {
        parts.emplace_back();
        while (!text.empty()) {
            const auto letter = decode_front(text).bytes;
            parts.emplace_back(text.substr(0, letter));
            text.remove_prefix(letter);
        }
        parts.emplace_back();
        return parts;
    }
    for (auto end = text.find(separator); end != text.npos; end = text.find(separator)) {
        parts.emplace_back(text.substr(0, end));
        text.remove_prefix(end + separator.size());
    }
    parts.emplace_back(text);
    return parts;
}

namespace {

using Groups = std::vector<std::string_view>;

bool is_name_letter(char c) { return c == '_' || is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string_view group_named(std::string_view name, const Groups& groups, const Expression& expression) {
    std::size_t index = groups.size();
    if (std::all_of(name.begin(), name.end(), is_digit)) {
        if (const auto number = parse_integer(name)) index = static_cast<std::size_t>(number.value());
    } else {
        const auto& names = expression.names;
        index = static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
    }
    return index < groups.size() ? groups[index] : std::string_view();
}

void append_replacement(std::string& out, std::string_view by, const Groups& groups, const Expression& expression) {
    while (!by.empty()) {
        const auto dollar = std::min(by.find('$'), by.size());
        out += by.substr(0, dollar);
        by.remove_prefix(dollar);
        if (by.empty()) return;
        const bool is_braced = by.substr(1).starts_with('{');
        const std::size_t begin = is_braced ? 2 : 1;
        std::size_t end = begin;
        if (is_braced)
            end = std::min(by.find('}'), by.size());
        else
            while (end < by.size() && is_name_letter(by[end])) ++end;
        if (by.substr(1).starts_with('$')) {
            out += '$';
            by.remove_prefix(2);
        } else if (end == begin || (is_braced && end == by.size())) { // names no group
            out += '$';
            by.remove_prefix(1);
        } else {
            out += group_named(by.substr(begin, end - begin), groups, expression);
            by.remove_prefix(is_braced ? end + 1 : end);
        }
    }
}

}

std::string replace_matches(std::string_view text, const Expression& expression, std::string_view by) {
    std::string out;
    Groups groups;
    std::size_t copied = 0, at = 0;
    bool has_match = false;
    while (at <= text.size() && expression.pattern.search(text, at, groups)) {
        const auto begin = static_cast<std::size_t>(groups[0].data() - text.data());
        const auto end = begin + groups[0].size();
        if (begin == end && has_match && end == copied) { // an empty match right behind a match is none
            at = end < text.size() ? end + decode_front(text.substr(end)).bytes : end + 1;
            continue;
        }
        out += text.substr(copied, begin - copied);
        append_replacement(out, by, groups, expression);
        has_match = true;
        copied = at = end;
    }
    out += text.substr(copied);
    return out;
}

std::optional<std::string> base64_bytes(std::string_view text, Base64 alphabet) {
    const bool is_standard = alphabet == Base64::standard;
    if (text.find_first_of(is_standard ? "-_" : "+/=") != text.npos) return std::nullopt;
    std::string padded(text);
    while (!is_standard && padded.size() % 4 != 0) padded += '=';
    return sys::from_base64(padded);
}

std::string base64_of(std::string_view bytes, Base64 alphabet) {
    auto text = base64(bytes);
    if (alphabet == Base64::standard) return text;
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    text.resize(std::min(text.find('='), text.size()));
    return text;
}

std::string url_encoded(std::string_view text) { return replace_all(percent_encode(text), "%2F", "/"); }

std::string url_decoded(std::string_view text) { return to_valid_utf8(percent_decode(text)); }

Result<std::optional<std::string>> url_parameter(std::string_view url, std::string_view name) {
    const auto read = parse_url(replace_all(trim(url), " ", "%20"));
    if (!read) return no("not a URL: " + read.error().message);
    if (read->scheme != "http" && read->scheme != "https")
        return no("not a URL of the web: its scheme is '" + read->scheme + "'; expected http or https");
    const auto decode = [](std::string_view part) { return url_decoded(replace_all(part, "+", " ")); };
    for (const auto& pair : split(read->query, '&')) {
        const auto equals = std::min(pair.find('='), pair.size());
        if (pair.empty() || decode(std::string_view(pair).substr(0, equals)) != name) continue;
        return std::optional(decode(std::string_view(pair).substr(std::min(equals + 1, pair.size()))));
    }
    return std::optional<std::string>();
}

}
