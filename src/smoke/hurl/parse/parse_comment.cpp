#include "base/printable.h"
#include "base/text.h"
#include "smoke/hurl/parse/grammar.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke::hurl {

namespace {

constexpr std::string_view clear_command = "@cookie_storage_clear", set_command = "@cookie_storage_set:";

// The first line with a letter of the comment right above the entry, which is its name.
std::string title_in(const std::vector<std::string>& lines) {
    constexpr std::string_view frame = "#-=*~_ \t\r";
    std::string found;
    bool in_comment = false;
    for (const auto& line : lines) {
        auto text = trim(std::string_view(line));
        if (!text.starts_with('#')) {
            if (in_comment && !text.empty()) break;
            in_comment = false;
            continue;
        }
        const auto begin = text.find_first_not_of(frame);
        if (!in_comment) found.clear();
        in_comment = true;
        if (begin == text.npos || !found.empty() || text.substr(begin).starts_with("@cookie_storage_")) continue;
        found = text.substr(begin, text.find_last_not_of(frame) + 1 - begin);
    }
    return found;
}

// A line of curl's files of cookies: domain, whether its subdomains count, path, whether only by https, the time of its
// end in seconds since 1970 (0: none), name, value.
std::optional<KeptCookie> cookie_of(std::string_view line) {
    std::vector<std::string> words;
    for (const auto& word : split(replace_all(line, "\t", " "), ' '))
        if (!word.empty()) words.push_back(word);
    if (words.size() < 6 || words.size() > 7) return {};
    constexpr std::string_view only_http = "#HttpOnly_";
    auto& domain = words[0];
    if (domain.starts_with(only_http)) domain.erase(0, only_http.size());
    if (domain.starts_with('.')) domain.erase(0, 1);
    const auto is_truth = [](const std::string& word) { return word == "TRUE" || word == "FALSE"; };
    const auto ends = parse_integer(words[4]);
    constexpr std::int64_t latest = 253'402'300'799; // in the year 9999
    if (domain.empty() || !is_truth(words[1]) || !words[2].starts_with('/') || !is_truth(words[3]) || !ends.ok() ||
        ends.value() < 0 || ends.value() > latest)
        return {};
    KeptCookie cookie{.name = words[5], .value = words.size() > 6 ? words[6] : "", .domain = lower(domain)};
    cookie.path = words[2];
    cookie.host_only = words[1] == "FALSE";
    cookie.secure = words[3] == "TRUE";
    if (ends.value() > 0) cookie.ends = Moment(std::chrono::seconds(ends.value()));
    return cookie;
}

}

Result<void> read_comment(const Reader& reader, std::string_view above, Spot spot, Entry& entry) {
    const auto lines = split(above, '\n');
    entry.title = title_in(lines);
    spot.column = 1;
    for (const auto& line : lines) {
        auto text = trim(std::string_view(line));
        if (text.starts_with('#')) text = trim(text.substr(1));
        if (text.starts_with(clear_command)) {
            entry.clears_cookies = true;
        } else if (text.starts_with(set_command)) {
            auto cookie = cookie_of(text.substr(set_command.size()));
            if (!cookie)
                return reader.wrong(spot, fmt::format("'{}' is not a cookie; expected domain, TRUE or FALSE, path, "
                                                      "TRUE or FALSE, time of its end or 0, name and value, separated "
                                                      "by tabs",
                                                      shortened(trim(text.substr(set_command.size())), 80)));
            entry.cookies.push_back(std::move(*cookie));
        }
        ++spot.line;
    }
    return {};
}

}
