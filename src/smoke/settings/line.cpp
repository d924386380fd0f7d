#include "base/text.h"
#include "base/url.h"
#include "smoke/check.h"
#include "smoke/json_body.h"
#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <set>

namespace fairlead::smoke {

namespace {

Result<std::pair<std::string, Matcher>> named_matcher(std::string_view text, std::string_view what) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0)
        return usage(fmt::format("'{}' has no value; expected {}=NAME=VALUE", text, what));
    if (equals + 1 == text.size())
        return usage(fmt::format(
            "'{}={}' has no expected value; write the value, /^$/ for an empty value, or leave it out", what, text));
    auto matcher = TRY(parse_matcher(text.substr(equals + 1)));
    return std::pair{std::string(text.substr(0, equals)), std::move(matcher)};
}

// A method that no server knows is a slip: RFC 9110 section 9.3, PATCH, and what WebDAV and caches are asked with.
Result<std::string> parse_method(std::string_view text) {
    const std::vector<std::string> known = {"GET",     "HEAD",  "POST",  "PUT",      "PATCH",  "DELETE",
                                            "OPTIONS", "TRACE", "QUERY", "PROPFIND", "REPORT", "PURGE"};
    auto method = upper(text);
    if (std::find(known.begin(), known.end(), method) != known.end()) return method;
    const auto near = nearest(method, known);
    return usage(fmt::format("method '{}' is unknown; {}", text,
                             near.empty() ? "expected " + one_of(known) : fmt::format("did you mean {}?", near)));
}

Result<void> apply(std::string_view key, std::string_view value, Check& check) {
    const bool plain = key == "contains" || key == "version" || key == "method";
    if (plain && value.empty()) // a variable that is not set: what was to be expected is not guessed
        return usage(fmt::format("'{}=' has no value; write the value or leave it out", key));
    if (key == "contains") {
        check.expect.body = Matcher{Matcher::How::contains, false, std::string(value)};
    } else if (key == "header") {
        auto header = TRY(named_matcher(value, key));
        check.expect.headers.push_back(std::move(header));
    } else if (key == "json") {
        auto [path, matcher] = TRY(named_matcher(value, key));
        auto location = TRY(parse_json_place(path));
        check.expect.json.emplace_back(std::move(location), std::move(matcher));
    } else if (key == "max") {
        check.expect.max = TRY(parse_duration(value));
    } else if (key == "version") {
        check.expect.version = value;
    } else if (key == "method") {
        check.method = TRY(parse_method(value));
    } else {
        const std::vector<std::string> known = {"contains", "header", "json", "max", "version", "method"};
        return usage(fmt::format("'{}' is unknown after a URL; expected {}", key, one_of(known)));
    }
    return {};
}

}

std::vector<std::string> words_of_line(std::string_view line) {
    std::vector<std::string> words;
    for (auto& word : split(line, ' '))
        if (!trim(word).empty()) words.emplace_back(trim(word));
    return words;
}

Result<Check> parse_line(std::string_view line) {
    const auto words = words_of_line(line);
    if (words.empty()) return usage("a check needs a URL");
    Check check;
    check.name = check.url = words[0];
    std::set<std::string, std::less<>> given;
    for (std::size_t i = 1; i < words.size(); ++i) {
        const auto& word = words[i];
        const auto equals = word.find('=');
        const bool status = equals == std::string::npos;
        const auto key = status ? "status" : word.substr(0, equals);
        if (!given.insert(key).second && key != "header" && key != "json")
            return usage(
                status ? fmt::format("'{}' is a second status after a URL; to allow both, write 200,404", word)
                       : fmt::format(
                             "{}= is given twice after a URL; remove one of the two, or write the URL once for each",
                             key));
        if (word == "ok") continue;
        if (status)
            check.expect.statuses = TRY(parse_statuses(split(word, ',')));
        else
            TRY_VOID(apply(key, std::string_view(word).substr(equals + 1), check));
    }
    return check;
}

Result<void> check_address(const std::string& url, const Place& place) {
    const auto scheme = lower(url.substr(0, url.find("://")));
    if (is_absolute_url(url) && (scheme == "http" || scheme == "https")) {
        const auto parsed = parse_url(url);
        if (parsed.ok()) return {};
        return usage(fmt::format("'{}' is not a URL that can be requested: {}", url, parsed.error().message), place);
    }
    for (const std::string_view start : {"http:", "https:"}) {
        const auto rest = std::string_view(url).substr(std::min(url.size(), start.size()));
        const auto begin = rest.find_first_not_of('/');
        if (url.starts_with(start) && !rest.starts_with("//") && begin != rest.npos)
            return usage(fmt::format("'{}' is not a URL; write {}//{}", url, start, rest.substr(begin)), place);
    }
    const bool host = url.find("://") == url.npos && url.find_first_of(".:") != url.npos && !url.starts_with('/');
    return usage(
        fmt::format("'{}' is not a URL; write {}", url, host ? "https://" + url : "http:// or https:// and a host"),
        place);
}

Result<void> check_expected(const Check& check) {
    const bool body = check.expect.body || !check.expect.json.empty();
    const auto is_interim = [](const StatusRange& one) { return one.last < 200; };
    const auto& statuses = check.expect.statuses;
    if (check.is_http && !check.probe && std::all_of(statuses.begin(), statuses.end(), is_interim))
        return usage(fmt::format("{} is no final answer, so it never passes; to check a WebSocket, use the probe "
                                 "websocket",
                                 describe(statuses)));
    if (check.method == "HEAD" && body) return usage("the answer to a HEAD has no body to compare; use GET");
    const auto is_location = [](const auto& header) { return lower(header.first) == "location"; };
    const auto& headers = check.expect.headers;
    if (check.follows_redirects && std::any_of(headers.begin(), headers.end(), is_location))
        return usage("a check that follows redirects can't expect a location; leave out one of the two");
    if (check.expect.max && check.expect.max->count() <= 0)
        return usage("max is the longest time that is allowed; write a time such as 800ms");
    return {};
}

Result<Check> parse_line(std::string_view line, const ForEveryUrl& every) {
    auto check = TRY(parse_line(line));
    check.follows_redirects = every.follows_redirects;
    if (!every.redirect.empty()) {
        check.expect.statuses = TRY(parse_statuses({"301-303", "307-308"}));
        auto location = TRY(parse_expected(every.redirect));
        check.expect.headers.emplace_back("location", std::move(location));
    }
    if (!every.status.empty()) check.expect.statuses = TRY(parse_statuses(split(every.status, ',')));
    if (!every.body.empty()) check.expect.body = TRY(parse_expected(every.body));
    if (every.max.count() > 0) check.expect.max = every.max;
    for (const auto& pair : every.json) TRY_VOID(apply("json", pair, check));
    for (const auto& pair : every.headers) TRY_VOID(apply("header", pair, check));
    for (auto& header : TRY(parse_headers(every.request_headers))) check.headers.push_back(std::move(header));
    TRY_VOID(check_expected(check));
    return check;
}

Result<std::vector<std::pair<std::string, std::string>>> parse_headers(const std::vector<std::string>& lines) {
    std::vector<std::pair<std::string, std::string>> headers;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto& line = lines[i];
        const auto colon = line.find(':');
        if (colon == std::string::npos) // it is not shown: it may be a secret and nothing else
            return usage(fmt::format("header {} of {} has no colon; write 'Name: value'", i + 1, lines.size()));
        headers.emplace_back(line.substr(0, colon), trim(std::string_view(line).substr(colon + 1)));
    }
    return headers;
}

}
