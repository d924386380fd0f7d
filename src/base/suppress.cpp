#include "base/suppress.h"
#include "base/day.h"
#include "base/text.h"
#include "base/words.h"
#include <algorithm>
#include <cctype>
#include <optional>

namespace fairlead {
namespace {

constexpr std::string_view marker = "fairlead: ignore";
constexpr std::string_view first_word = "fairlead";
constexpr std::string_view gitleaks_marker = "gitleaks:allow";

bool is_separator(char c) { return c == '-' || c == '/' || c == '.'; }

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

// The day at the end of a reason that stands behind a word that was meant for `until`; empty: there is none.
std::string_view day_after_slip(std::string_view reason) {
    static const std::vector<std::string> known = {"until"};
    constexpr std::string_view meant[] = {"til",      "till", "bis",    "expires", "expire", "expiry",
                                          "expiring", "ends", "ending", "upto",    "valid"};
    while (!reason.empty() && std::string_view(").,;").find(reason.back()) != std::string_view::npos)
        reason.remove_suffix(1);
    const auto blank = reason.find_last_of(blanks);
    const auto day = reason.substr(blank + 1); // npos + 1 is 0
    if (blank == reason.npos || !looks_like_day(day) || std::count_if(day.begin(), day.end(), is_separator) != 2)
        return {};
    auto before = trim(reason.substr(0, blank));
    while (!before.empty() && std::string_view(":=").find(before.back()) != std::string_view::npos)
        before.remove_suffix(1);
    const auto word = lower(before.substr(before.find_last_of(" \t(,;") + 1)); // npos + 1 is 0
    const bool is_meant = is_one_of(meant, word) || !nearest(word, known).empty();
    return is_meant ? day : std::string_view();
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
    if (std::find(suppression.rules.begin(), suppression.rules.end(), "*") != suppression.rules.end())
        suppression.wrong = "'*' is not a rule; name each rule";
    rest.remove_prefix(close + 1);
    rest = before_end_of_comment(rest);
    if (const std::size_t at = find_until(rest); at != rest.npos) {
        std::string_view day = trim(rest.substr(at + 5));
        if (day.ends_with(')')) day = trim(day.substr(0, day.size() - 1)); // (until 2027-01-31)
        suppression.until = day;
        rest = trim(rest.substr(0, at));
        if (!is_day(day))
            suppression.wrong = (looks_like_day(day) ? "'" + std::string(day) + "'" : "the text after 'until'") +
                                " is not a day; write a day such as 2027-01-31";
    } else if (const auto slip = day_after_slip(rest); !slip.empty()) {
        suppression.wrong = "the day '" + std::string(slip) + "' is not after the word until; write until 2027-01-31";
    }
    if (rest.empty()) suppression.wrong = "it gives no reason";
    suppression.reason = rest;
    return true;
}

// Where nothing but the comment stands in the line.
bool begins_line(std::string_view line, std::size_t at) {
    return std::none_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(at),
                        [](unsigned char c) { return std::isalnum(c) != 0; });
}

// What follows `name` in the line, in whatever case and after any blanks; nothing where it doesn't.
std::optional<std::string_view> after(std::string_view line, std::string_view name) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (lower(line.substr(0, name.size())) != name) return std::nullopt;
    return line.substr(name.size());
}

// `fairlead: ignor[rule] why`, `fairlead ignore[rule] why`: what stands between the first word and the bracket is meant
// for ignore.
bool read_misspelled(std::string_view line, std::size_t at, int number, std::vector<Suppression>& found) {
    static const std::vector<std::string> words = {"ignore", "ignore-file"};
    auto rest = line.substr(at + first_word.size());
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t:.-"), rest.size()));
    const auto bracket = rest.find('[');
    const auto word = lower(rest.substr(0, bracket));
    if (bracket == rest.npos || word.find_first_not_of("abcdefghijklmnopqrstuvwxyz-_") != word.npos) return false;
    if (nearest(word, words).empty()) return false;
    Suppression suppression{.line = number, .alone = begins_line(line, at)};
    if (!parse_rest(rest.substr(bracket), suppression)) return false;
    suppression.wrong = "only fairlead: ignore[rule] counts, in exactly these letters";
    found.push_back(std::move(suppression));
    return true;
}

// A comment that is none for its spelling or for want of a rule. Prose has more behind the word: "ignored", "ignores".
void read_slip(std::string_view line, int number, std::vector<Suppression>& found) {
    const std::string small = lower(line);
    std::optional<std::string_view> rest;
    std::size_t at = small.find(first_word);
    for (; at != small.npos; at = small.find(first_word, at + 1)) {
        const auto colon = after(line.substr(at + first_word.size()), ":");
        rest = colon ? after(*colon, "ignore") : std::nullopt;
        if (rest) break;
        if (read_misspelled(line, at, number, found)) return;
    }
    if (!rest) return;
    Suppression suppression{.line = number, .alone = begins_line(line, at)};
    const bool has_rules = parse_rest(*rest, suppression);
    if (!has_rules && !rest->empty() && std::string_view(" \t[:-").find(rest->front()) == std::string_view::npos)
        return;
    if (has_rules && suppression.wrong.empty())
        suppression.wrong = "only fairlead: ignore[rule] counts, in exactly these letters";
    if (!has_rules) suppression.wrong = "it does not name a rule; write fairlead: ignore[rule] reason";
    found.push_back(std::move(suppression));
}

void read_line(std::string_view line, int number, Slips slips, std::vector<Suppression>& found) {
    const std::size_t before = found.size();
    if (const std::size_t at = line.find(marker); at != line.npos) {
        Suppression suppression{.line = number, .alone = begins_line(line, at)};
        if (parse_rest(line.substr(at + marker.size()), suppression)) found.push_back(std::move(suppression));
    }
    if (slips == Slips::told && found.size() == before) read_slip(line, number, found);
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

std::vector<Suppression> find_suppressions(std::string_view text, Slips slips) {
    std::vector<Suppression> found;
    if (!may_suppress(text) && (slips == Slips::unseen || lower(text).find(first_word) == std::string::npos))
        return found;
    int number = 1;
    for (std::size_t begin = 0; begin <= text.size(); ++number) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        read_line(text.substr(begin, end - begin), number, slips, found);
        begin = end + 1;
    }
    return found;
}

namespace {

bool is_meant(const Suppression& one, int first, int last) {
    return one.whole_file || (one.line >= first && one.line <= last) || (one.alone && one.line == first - 1);
}

template <typename Counts>
const Suppression* find_meant(const std::vector<Suppression>& suppressions, std::string_view rule, int first, int last,
                              Counts counts) {
    const auto found = std::find_if(suppressions.begin(), suppressions.end(), [&](const Suppression& one) {
        const bool names = one.rules.empty() || std::find(one.rules.begin(), one.rules.end(), rule) != one.rules.end();
        return is_meant(one, first, last) && names && counts(one);
    });
    return found == suppressions.end() ? nullptr : &*found;
}

}

const Suppression* covering(const std::vector<Suppression>& suppressions, std::string_view rule, int first, int last,
                            std::string_view today) {
    return find_meant(suppressions, rule, first, last,
                      [&](const Suppression& one) { return why_not(one, today).empty(); });
}

std::string why_not(const Suppression& suppression, std::string_view today) {
    if (!suppression.wrong.empty() || suppression.until.empty() || today <= suppression.until) return suppression.wrong;
    return "its last day was " + suppression.until;
}

const Suppression* wrong_one(const std::vector<Suppression>& suppressions, std::string_view rule, int first, int last,
                             std::string_view today) {
    return find_meant(suppressions, rule, first, last,
                      [&](const Suppression& one) { return !why_not(one, today).empty(); });
}

std::vector<const Suppression*> meant_for(const std::vector<Suppression>& suppressions, int first, int last) {
    std::vector<const Suppression*> found;
    for (const Suppression& one : suppressions)
        if (is_meant(one, first, last)) found.push_back(&one);
    return found;
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
