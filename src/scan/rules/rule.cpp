#include "scan/rules/rule.h"
#include "base/path.h"
#include "base/text.h"
#include "scan/rules/check.h"
#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <vector>

namespace fairlead::scan {
namespace {

// Where a word may begin: at the start, after anything but \w, and after what only looks like part of a word: escapes
// of string literals, of JSON and of names that git quotes, of URLs (also twice), colours of a terminal.
constexpr std::string_view boundary =
    R"((?:^|\W|\\[abefnrtv0]|\\[0-3][0-7]{2}|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|%(?:25)*[0-9A-Fa-f]{2}|\x1b\[[0-9;]*m))";

// What stands between a name and its value: = := => ?= .= ::= : || and the first two as URLs and JSON write them;
// quotes as well.
constexpr std::string_view assignment = R"((?:[:.?]{0,3}={1,3}>?|:|\|\||%3[ADad]|\\u003[aAdD]))";
// YAML's block scalars: the value stands in the next line.
constexpr std::string_view block = R"((?:[>|][-+1-9]{0,2}(?:[ \t]+#[^\n]*)?[ \t\r]*\n\s{1,40})?)";
// Headers say how, before they say it: "Authorization: Bearer …".
constexpr std::string_view scheme = R"((?:(?i:bearer|token)(?:\s{1,3}|%20|\+))?)";
constexpr std::string_view quote = R"((?:\\{0,3}["'`]|%2[27]|\\u002[27]|&quot;|&#3[49];))";
constexpr std::string_view value_end = R"((?:[\\"'`\s;,)\]}<>&\x1b]|%(?:0[AaDd]|2[0267]|3[Bb]|7[Dd])|$))";

// Where a token ends. If its letters include the hyphen, more of it would follow one.
std::string_view end_of_token(std::string_view pattern) {
    const auto has = [&](std::string_view part) { return pattern.find(part) != pattern.npos; };
    return has("-]") || has("[-") || has(R"(\-)") ? R"((?:[^\w-]|$))" : R"((?:\W|$))";
}

// A short name of a service is within other words, too: CameraKit, SetSysctl.
std::string name_of_service(std::string_view keyword) {
    constexpr std::size_t long_enough = 7; // so that it may be written in any way: LaunchDarkly, launchdarkly
    if (keyword.size() >= long_enough) return std::string(keyword);
    std::string first_up(keyword);
    first_up.replace(0, 1, upper(keyword.substr(0, 1)));
    return fmt::format(R"((?-i:(?:\b|[0-9_]){}|{}|{}))", keyword, first_up, upper(keyword));
}

std::string near_expression(const Rule& rule) {
    const bool of_service = rule.check == check_named || rule.opens == Opens::nothing_alone;
    std::vector<std::string> words;
    for (const std::string_view keyword : rule.keywords)
        if (!keyword.empty()) words.push_back(of_service ? name_of_service(keyword) : std::string(keyword));
    const std::string names = join(words, "|"), value = fmt::format("({})", rule.pattern);
    // api_key = "…", "apiKey": "…", api-key => '…', api_key: str = "…", API_KEY = @"…", api_key%3D…%26, api_key: >-,
    // env["api_key"] = "…"
    const std::string assigned =
        fmt::format(R"({}?\]?(?:\s*:\s*[A-Za-z]\w{{0,20}})?\s{{0,3}}{}\s{{0,3}}{}(?:[@$A-Za-z]?{})?{}{}{})", quote,
                    assignment, block, quote, scheme, value, value_end);
    // name="api_key" value="…", "name": "api_key", "value": "…"
    const std::string paired =
        fmt::format(R"({0}(?:,?\s{{0,3}}{0}|\s{{1,3}})value(?:{0}\s{{0,3}}:|\s{{0,3}}=)\s{{0,3}}{0}{1}{2}{0})", quote,
                    scheme, value);
    // define("api_key", "…"), ["api_key", "…"]: two in brackets
    const std::string listed = fmt::format(
        R"([(\[{{]\s{{0,3}}{0}[\w.-]{{0,40}}(?i:{1})[\w.-]{{0,20}}{0}\s{{0,3}},\s{{0,3}}[@$A-Za-z]?{0}{2}{3}{0}\s{{0,3}}[)\]}}])",
        quote, names, scheme, value);
    // <api_key>…</api_key>, <string name="api_key">…</string>
    const std::string enclosed =
        fmt::format(R"({}?>(?:\s{{0,3}}{}\s{{0,3}}</|[ \t\r]*\n\s{{1,40}}{}\s*$))", quote, value, value);
    // ENV API_KEY … of a Dockerfile, --api-key …
    const std::string spaced = fmt::format(
        R"((?:^\s{{0,20}}(?i:ENV|ARG)\s{{1,3}}|--)[\w-]{{0,40}}(?i:(?:{})(?:word|wd|phrase|ential)?s?)\s{{1,3}}{}?{}{})",
        names, quote, value, value_end);
    return fmt::format(R"([\w.-]{{0,40}}(?i:{})[\w .-]{{0,20}}(?:{}|{}|{})|{}|{})", names, assigned, paired, enclosed,
                       listed, spaced);
}

}

std::span<const Rule* const> rules() {
    static const std::vector<const Rule*> all = [] {
        std::vector<const Rule*> pointers;
        for (const auto table : {forge_rules(), cloud_rules(), talk_rules(), service_rules(), prefixed_rules(),
                                 named_rules(), identifier_rules(), file_rules(), settings_rules(), key_rules()})
            for (const Rule& rule : table) pointers.push_back(&rule);
        return pointers;
    }();
    return all;
}

const Rule* find_rule(std::string_view id) {
    const auto found = std::find_if(rules().begin(), rules().end(), [&](const Rule* rule) { return rule->id == id; });
    return found == rules().end() ? nullptr : *found;
}

bool is_for(const Rule& rule, std::string_view path) {
    if (rule.files[0].empty()) return true;
    std::string name; // once, and only if it is asked for: this is done for every file
    return std::any_of(std::begin(rule.files), std::end(rule.files), [&](std::string_view end) {
        if (end.empty()) return false;
        const std::size_t star = end.rfind('*');
        if (star == end.npos) return path.ends_with(end) || (end.front() == '/' && path == end.substr(1));
        if (!path.ends_with(end.substr(star + 1))) return false; // most files
        if (name.empty()) name = lower(file_name(path));
        return name_matches(end, name);
    });
}

std::string to_expression(const Rule& rule) {
    const std::string pattern(rule.pattern);
    switch (rule.shape) {
    case Shape::token: return fmt::format("{}({}){}", boundary, pattern, end_of_token(pattern));
    case Shape::sealed: return pattern;
    case Shape::near: return near_expression(rule);
    case Shape::raw:
    case Shape::block: break;
    }
    const std::size_t at = rule.pattern.find(R"(\b\b)");
    return at == pattern.npos ? pattern : std::string(pattern).replace(at, 4, boundary);
}

std::string sample(std::string_view joined) { return replace_all(joined, "|", ""); }

}
