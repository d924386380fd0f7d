#include "base/text.h"
#include "smoke/check.h"
#include "sys/pattern/pattern.h"
#include <algorithm>
#include <cctype>
#include <fmt/format.h>

namespace fairlead::smoke {

Result<Matcher> parse_matcher(std::string_view text) {
    Matcher matcher;
    if (text.starts_with("! ") || (text.starts_with("!") && text.size() > 1 && (text[1] == '~' || text[1] == '/'))) {
        matcher.negated = true;
        text = trim(text.substr(1));
    }
    if (text.starts_with("~")) {
        matcher.how = Matcher::How::contains;
        text = trim(text.substr(1));
        if (text.empty()) return usage("'~' needs a text; write the text that must be contained: \"~ <title>\"");
    } else if (text.size() > 1 && text.front() == '/' && text.back() == '/') {
        matcher.how = Matcher::How::pattern;
        text = text.substr(1, text.size() - 2);
        if (text.empty()) return usage("'//' matches everything; write the pattern between the slashes");
        if (auto compiled = sys::Pattern::compile(text); !compiled) return compiled.error();
    } else if (text == "nonempty") {
        matcher.how = Matcher::How::nonempty;
    } else if (matcher.negated && text.empty()) {
        return usage("'!' needs an expectation; write the text that must not match: \"! ~ error\"");
    }
    matcher.text = text;
    return matcher;
}

Result<Matcher> parse_expected(std::string_view text) {
    if (!trim(text).empty()) return parse_matcher(text);
    return usage("the value is empty; write the expected value, /^$/ for an empty text, or leave it out");
}

bool matches(const Matcher& matcher, std::string_view value) {
    bool found = false;
    switch (matcher.how) {
    case Matcher::How::equals: found = value == matcher.text; break;
    case Matcher::How::contains: found = value.find(matcher.text) != std::string_view::npos; break;
    case Matcher::How::nonempty: found = !value.empty() && value != "[]" && value != "{}" && value != "null"; break;
    case Matcher::How::pattern: {
        const auto pattern = sys::Pattern::compile(matcher.text);
        found = pattern.ok() && pattern->matches(value);
        break;
    }
    }
    return found != matcher.negated;
}

std::string describe(const Matcher& matcher) {
    const std::string not_ = matcher.negated ? "not " : "";
    switch (matcher.how) {
    case Matcher::How::equals: return fmt::format("{}'{}'", not_, matcher.text);
    case Matcher::How::contains: return fmt::format("{}something with '{}'", not_, matcher.text);
    case Matcher::How::nonempty: return not_ + "something that is not empty";
    case Matcher::How::pattern: return fmt::format("{}a match of /{}/", not_, matcher.text);
    }
    return "";
}

Result<std::vector<StatusRange>> parse_statuses(const std::vector<std::string>& texts) {
    const auto is_status = [](std::string_view text) {
        return text.size() == 3 && text[0] >= '1' && text[0] <= '5' &&
               std::isdigit(static_cast<unsigned char>(text[1])) && std::isdigit(static_cast<unsigned char>(text[2]));
    };
    const auto number = [](std::string_view text) { return std::stoi(std::string(text)); };
    std::vector<StatusRange> ranges;
    for (const auto& given : texts) {
        const auto text = trim(given);
        if (is_status(text)) {
            ranges.push_back({number(text), number(text)});
        } else if (text.size() == 3 && text.substr(1) == "xx" && text[0] >= '1' && text[0] <= '5') {
            const int hundreds = (text[0] - '0') * 100;
            ranges.push_back({hundreds, hundreds + 99});
        } else if (text.size() == 7 && text[3] == '-' && is_status(text.substr(0, 3)) && is_status(text.substr(4))) {
            const StatusRange range{number(text.substr(0, 3)), number(text.substr(4))};
            if (range.first > range.last)
                return usage(fmt::format("'{}' is not a range of statuses; write the lower status first: {}-{}", text,
                                         range.last, range.first));
            ranges.push_back(range);
        } else {
            return usage(fmt::format("status '{}' is not understood; expected 200, 200-299 or 2xx", text));
        }
    }
    if (ranges.empty()) return usage("no expected status is given; write 200, 200-299 or 2xx");
    return ranges;
}

Result<std::vector<int>> parse_codes(const std::vector<std::string>& texts) {
    std::vector<int> codes;
    for (const auto& range : TRY(parse_statuses(texts)))
        for (int status = range.first; status <= range.last; ++status) codes.push_back(status);
    return codes;
}

std::string describe(const std::vector<StatusRange>& statuses) {
    std::vector<std::string> words;
    for (const auto& range : statuses)
        words.push_back(range.first == range.last ? std::to_string(range.first)
                                                  : fmt::format("{}-{}", range.first, range.last));
    return one_of(words);
}

}
