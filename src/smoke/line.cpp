#include "base/json_path.h"
#include "base/text.h"
#include "smoke/check.h"
#include <cctype>
#include <fmt/format.h>

namespace fairlead::smoke {

namespace {

std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words;
    for (auto& word : split(line, ' '))
        if (!trim(word).empty()) words.emplace_back(trim(word));
    return words;
}

Result<std::pair<std::string, Matcher>> named_matcher(std::string_view text, std::string_view what) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0)
        return usage(fmt::format("'{}' lacks its value; expected {}=NAME=VALUE", text, what));
    auto matcher = TRY(parse_matcher(text.substr(equals + 1)));
    return std::pair{std::string(text.substr(0, equals)), std::move(matcher)};
}

Result<void> apply(std::string_view key, std::string_view value, Check& check) {
    if (key == "contains") {
        check.expect.body = Matcher{Matcher::How::contains, false, std::string(value)};
    } else if (key == "header") {
        check.expect.headers.push_back(TRY(named_matcher(value, key)));
    } else if (key == "json") {
        auto [path, matcher] = TRY(named_matcher(value, key));
        check.expect.json.emplace_back(TRY(json_location(path)), std::move(matcher));
    } else if (key == "max") {
        check.expect.max = TRY(parse_duration(value));
    } else if (key == "version") {
        check.expect.version = value;
    } else if (key == "method") {
        check.method = upper(value);
    } else {
        const std::vector<std::string> known = {"contains", "header", "json", "max", "version", "method"};
        return usage(fmt::format("'{}' is unknown after a URL; expected {}", key, one_of(known)));
    }
    return {};
}

}

Result<Check> parse_line(std::string_view line) {
    const auto words = words_of(line);
    if (words.empty()) return usage("a check needs a URL");
    Check check;
    check.name = check.url = words[0];
    for (std::size_t i = 1; i < words.size(); ++i) {
        const auto& word = words[i];
        const auto equals = word.find('=');
        if (word == "ok") continue;
        if (equals == std::string::npos)
            check.expect.statuses = TRY(parse_statuses(split(word, ',')));
        else
            TRY_VOID(apply(std::string_view(word).substr(0, equals), std::string_view(word).substr(equals + 1), check));
    }
    return check;
}

Result<Check> parse_line(std::string_view line, const ForEveryUrl& every) {
    auto check = TRY(parse_line(line));
    if (!every.status.empty()) check.expect.statuses = TRY(parse_statuses(split(every.status, ',')));
    if (!every.body.empty()) check.expect.body = TRY(parse_matcher(every.body));
    if (every.max.count() > 0) check.expect.max = every.max;
    for (const auto& pair : every.json) TRY_VOID(apply("json", pair, check));
    for (const auto& pair : every.headers) TRY_VOID(apply("header", pair, check));
    for (auto& header : TRY(parse_headers(every.request_headers))) check.headers.push_back(std::move(header));
    return check;
}

Result<std::vector<std::pair<std::string, std::string>>> parse_headers(const std::vector<std::string>& lines) {
    std::vector<std::pair<std::string, std::string>> headers;
    for (const auto& line : lines) {
        const auto colon = line.find(':');
        if (colon == std::string::npos)
            return usage(fmt::format("header '{}' lacks its colon; expected 'Name: value'", line));
        headers.emplace_back(line.substr(0, colon), trim(std::string_view(line).substr(colon + 1)));
    }
    return headers;
}

}
