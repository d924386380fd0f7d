#include "base/suppress.h"
#include "base/text.h"
#include "base/time.h"
#include <algorithm>
#include <cctype>

namespace fairlead {
namespace {

constexpr std::string_view marker = "fairlead: ignore";
constexpr std::string_view gitleaks_marker = "gitleaks:allow";

// 2026-03-31, and not 9999-99-99.
bool is_day(std::string_view text) {
    return text.size() == 10 && parse_utc(std::string(text) + "T00:00:00Z").has_value();
}

bool looks_like_day(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789-/.") == text.npos;
}

// Where the last word `until` of a reason stands, in whatever case: a mistyped day must not silence for ever.
std::size_t find_until(std::string_view reason) {
    const std::string text = ' ' + replace_all(lower(reason), "(", " ");
    const std::size_t at = text.rfind(" until");
    if (at == text.npos) return at;
    const std::string_view rest = std::string_view(text).substr(at + 6);
    if (!rest.empty() && rest.front() != ' ' && rest.front() != ':') return text.npos;
    return at;
}

std::string_view before_end_of_comment(std::string_view text) {
    for (const std::string_view end : {"*/", "-->", "#}", "%>"}) text = text.substr(0, text.find(end));
    return trim(text);
}

// What follows the marker: `[rules] reason until DATE`, less the end of the comment.
bool parse_rest(std::string_view rest, Suppression& suppression) {
    constexpr std::string_view file = "-file";
    if (rest.starts_with(file)) {
        suppression.whole_file = true;
        rest.remove_prefix(file.size());
    }
    const std::size_t close = rest.find(']');
    if (!rest.starts_with('[') || close == rest.npos) return false;
    for (const std::string& word : split(rest.substr(1, close - 1), ',')) {
        std::string_view rule = trim(word);
        for (const std::string_view tool : {"scan/", "preflight/", "migrate/"})
            if (rule.starts_with(tool)) rule.remove_prefix(tool.size());
        if (!rule.empty()) suppression.rules.emplace_back(rule);
    }
    if (suppression.rules.empty()) return false;
    rest.remove_prefix(close + 1);
    rest = before_end_of_comment(rest);
    if (const std::size_t at = find_until(rest); at != rest.npos) {
        std::string_view day = trim(rest.substr(at + 5));
        if (day.ends_with(')')) day = trim(day.substr(0, day.size() - 1)); // (until 2027-01-31)
        suppression.until = day;
        rest = trim(rest.substr(0, at));
        if (!is_day(day))
            suppression.wrong = (looks_like_day(day) ? "'" + std::string(day) + "'" : "what follows 'until'") +
                                " is not a day; write one such as 2027-01-31";
    }
    if (rest.empty()) suppression.wrong = "it gives no reason";
    suppression.reason = rest;
    return true;
}

void read_line(std::string_view line, int number, std::vector<Suppression>& found) {
    if (const std::size_t at = line.find(marker); at != line.npos) {
        Suppression suppression{.line = number};
        suppression.alone = std::none_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(at),
                                         [](unsigned char c) { return std::isalnum(c) != 0; });
        if (parse_rest(line.substr(at + marker.size()), suppression)) found.push_back(std::move(suppression));
    }
    if (const std::size_t at = line.find(gitleaks_marker); at != line.npos) {
        Suppression suppression{.line = number, .of_gitleaks = true};
        suppression.reason = before_end_of_comment(line.substr(at + gitleaks_marker.size()));
        found.push_back(std::move(suppression));
    }
}

}

bool may_suppress(std::string_view text) {
    return text.find(marker) != text.npos || text.find(gitleaks_marker) != text.npos;
}

std::vector<Suppression> find_suppressions(std::string_view text) {
    std::vector<Suppression> found;
    if (!may_suppress(text)) return found;
    int number = 1;
    for (std::size_t begin = 0; begin <= text.size(); ++number) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        read_line(text.substr(begin, end - begin), number, found);
        begin = end + 1;
    }
    return found;
}

namespace {

template <typename Counts>
const Suppression* find_meant(const std::vector<Suppression>& suppressions, std::string_view rule, int first, int last,
                              Counts counts) {
    const auto found = std::find_if(suppressions.begin(), suppressions.end(), [&](const Suppression& one) {
        const bool place =
            one.whole_file || (one.line >= first && one.line <= last) || (one.alone && one.line == first - 1);
        const bool names = one.rules.empty() || std::find(one.rules.begin(), one.rules.end(), rule) != one.rules.end();
        return place && names && counts(one);
    });
    return found == suppressions.end() ? nullptr : &*found;
}

}

const Suppression* covering(const std::vector<Suppression>& suppressions, std::string_view rule, int first, int last,
                            std::string_view today) {
    return find_meant(suppressions, rule, first, last, [&](const Suppression& one) {
        return one.wrong.empty() && (one.until.empty() || today <= one.until);
    });
}

const Suppression* wrong_one(const std::vector<Suppression>& suppressions, std::string_view rule, int first, int last) {
    return find_meant(suppressions, rule, first, last, [](const Suppression& one) { return !one.wrong.empty(); });
}

Stood::Stood(std::string_view text) : lines_(split(text, '\n')) {}

bool Stood::has(const std::vector<std::string>& now, int first, int last) const {
    if (first < 1 || last < first || static_cast<std::size_t>(last) > now.size()) return false;
    return std::search(lines_.begin(), lines_.end(), now.begin() + (first - 1), now.begin() + last) != lines_.end();
}

bool Stood::has(const std::vector<std::string>& now, const Suppression& comment) const {
    return has(now, comment.line, comment.line + (comment.alone && !comment.whole_file ? 1 : 0));
}

}
