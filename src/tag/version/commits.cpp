#include "tag/version/commits.h"
#include "base/text.h"
#include <algorithm>
#include <cctype>

namespace fairlead::tag {

namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_'; }

std::string_view take_line(std::string_view& text) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

void parse_header(std::string_view header, CommitMessage& message) {
    message.description = trim(header);
    const auto end = static_cast<std::size_t>(std::find_if_not(header.begin(), header.end(), is_word) - header.begin());
    auto rest = header.substr(end);
    std::string_view scope;
    if (end == 0) return;
    if (rest.starts_with('(')) {
        const auto close = rest.find(')');
        if (close == std::string_view::npos || close == 1) return;
        scope = rest.substr(1, close - 1);
        rest.remove_prefix(close + 1);
    }
    const bool breaking = rest.starts_with('!');
    if (breaking) rest.remove_prefix(1);
    if (!rest.starts_with(": ") || trim(rest.substr(1)).empty()) return;
    message.conventional = true;
    message.type = lower(header.substr(0, end));
    message.scope = scope;
    message.breaking = breaking;
    message.description = trim(rest.substr(1));
}

struct Footer {
    std::string_view token, value;
};

constexpr std::string_view breaking_tokens[] = {"BREAKING CHANGE", "BREAKING-CHANGE"};

// The one footer that counts anywhere below the header, since nobody writes it by chance: with a colon at the start of
// a line, or of an item in the list that a squash makes. Its text may begin on the next line.
std::optional<Footer> parse_breaking(std::string_view line) {
    if (line.starts_with("* ")) line.remove_prefix(2);
    for (const auto token : breaking_tokens)
        if (line.starts_with(token) && line.substr(token.size()).starts_with(':'))
            return Footer{token, trim(line.substr(token.size() + 1))};
    return std::nullopt;
}

// `Token: value` or `Token #value`; the token has dashes for blanks.
std::optional<Footer> parse_footer(std::string_view line) {
    const auto end = static_cast<std::size_t>(std::find_if_not(line.begin(), line.end(), is_word) - line.begin());
    const auto rest = line.substr(end);
    if (end == 0 || (!rest.starts_with(": ") && !rest.starts_with(" #"))) return std::nullopt;
    return Footer{line.substr(0, end), trim(rest.substr(2))};
}

void add_note(CommitMessage& message, std::string_view text) {
    if (!message.breaking_note.empty() && !text.empty()) message.breaking_note += ' ';
    message.breaking_note += text;
}

void add_reverted(std::string_view line, CommitMessage& message) {
    constexpr std::string_view phrase = "This reverts commit ";
    for (auto at = line.find(phrase); at != std::string_view::npos; at = line.find(phrase)) {
        line.remove_prefix(at + phrase.size());
        const auto size = std::min(line.find_first_not_of("0123456789abcdef"), line.size());
        if (size >= 7 && size <= 40) message.reverts.emplace_back(line.substr(0, size));
    }
}

}

CommitMessage parse_message(std::string_view text) {
    CommitMessage message;
    // Lines of blanks are git's to clean away; a blank before the type makes a header that begins with no type.
    for (auto first = text; !first.empty() && trim(take_line(first)).empty();) text = first;
    parse_header(take_line(text), message);
    bool below_header = false, after_blank = false, in_footers = false, note_open = false;
    while (!text.empty()) {
        const auto line = take_line(text);
        const bool blank = trim(line).empty();
        add_reverted(line, message);
        const auto breaking = below_header ? parse_breaking(line) : std::nullopt;
        const auto footer = !breaking && (after_blank || in_footers) ? parse_footer(line) : std::nullopt;
        if (breaking) {
            message.breaking = true;
            add_note(message, breaking->value);
        } else if (footer && lower(footer->token) == "release-as") {
            message.release_as = std::string(footer->value);
        } else if (footer && lower(footer->token) == "release-level") {
            message.release_level = std::string(footer->value);
        } else if (note_open && !footer) {
            add_note(message, trim(line));
        }
        note_open = breaking || (note_open && !footer && !blank);
        in_footers = breaking || footer || (in_footers && !blank);
        after_blank = blank;
        below_header |= blank;
    }
    return message;
}

bool is_revert(const CommitMessage& message) {
    const auto header = lower(message.description);
    return message.type == "revert" || header.starts_with("revert") || header.starts_with("reapply");
}

namespace {

bool is_version(std::string_view word) {
    if (const auto at = word.rfind('@'); at != word.npos) word.remove_prefix(at + 1);
    if (word.starts_with('v')) word.remove_prefix(1);
    const auto dot = word.find('.');
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return dot != word.npos && dot > 0 && dot + 1 < word.size() && is_digit(word[0]) && is_digit(word[dot + 1]) &&
           std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(dot), is_digit);
}

}

bool names_release(std::string_view description) {
    constexpr std::string_view telling[] = {"release", "releases", "released",  "releasing",
                                            "version", "versions", "changelog", "changelogs"};
    constexpr std::string_view filling[] = {
        "bump",     "bumped",      "bumps",    "prepare",    "prepares", "preparing", "for",   "to",
        "from",     "next",        "set",      "cut",        "tag",      "new",       "start", "begin",
        "publish",  "development", "dev",      "update",     "the",      "of",        "patch", "minor",
        "major",    "updates",     "packages", "and",        "notes",    "number",    "final", "updated",
        "updating", "add",         "adds",     "everywhere", "merge",    "branch",    "in"};
    bool told = false;
    const auto words = lower(description);
    for (std::size_t at = 0; at < words.size();) {
        const auto end = std::min(words.find_first_of(" \t/()[]'\"`,:", at), words.size());
        auto word = std::string_view(words).substr(at, end - at);
        at = end + 1;
        while (word.ends_with('.') || word.ends_with('!')) word.remove_suffix(1);
        const bool says_nothing = std::none_of(word.begin(), word.end(),
                                               [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; });
        const bool tells =
            is_version(word) || std::find(std::begin(telling), std::end(telling), word) != std::end(telling);
        told |= tells;
        if (!tells && !says_nothing && std::find(std::begin(filling), std::end(filling), word) == std::end(filling))
            return false;
    }
    return told;
}

}
