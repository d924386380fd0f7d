#include "tag/commits.h"
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

// `Token: value` or `Token #value`; the token has dashes for blanks, but for BREAKING CHANGE.
std::optional<Footer> parse_footer(std::string_view line) {
    constexpr std::string_view breaking = "BREAKING CHANGE";
    auto end = static_cast<std::size_t>(std::find_if_not(line.begin(), line.end(), is_word) - line.begin());
    if (line.starts_with(breaking)) end = breaking.size();
    const auto rest = line.substr(end);
    if (end == 0 || (!rest.starts_with(": ") && !rest.starts_with(" #"))) return std::nullopt;
    return Footer{line.substr(0, end), trim(rest.substr(2))};
}

void take_footer(const Footer& footer, CommitMessage& message, bool& note_open) {
    note_open = footer.token == "BREAKING CHANGE" || footer.token == "BREAKING-CHANGE";
    if (note_open) {
        message.breaking = true;
        message.breaking_note = footer.value;
    } else if (lower(footer.token) == "release-as") {
        message.release_as = std::string(footer.value);
    }
}

std::optional<std::string> reverted(std::string_view line) {
    constexpr std::string_view phrase = "This reverts commit ";
    const auto at = line.find(phrase);
    if (at == std::string_view::npos) return std::nullopt;
    const auto id = line.substr(at + phrase.size());
    const auto size = std::min(id.find_first_not_of("0123456789abcdef"), id.size());
    if (size < 7 || size > 40) return std::nullopt;
    return std::string(id.substr(0, size));
}

}

CommitMessage parse_message(std::string_view text) {
    CommitMessage message;
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text[0]))) text.remove_prefix(1);
    parse_header(take_line(text), message);
    bool after_blank = false, in_footers = false, note_open = false;
    while (!text.empty()) {
        const auto line = take_line(text);
        if (!message.reverts) message.reverts = reverted(line);
        const auto footer = after_blank || in_footers ? parse_footer(line) : std::nullopt;
        if (footer)
            take_footer(*footer, message, note_open);
        else if (note_open && !trim(line).empty())
            message.breaking_note += " " + std::string(trim(line));
        in_footers = footer.has_value() || (in_footers && !trim(line).empty());
        after_blank = trim(line).empty();
        if (after_blank) note_open = false;
    }
    return message;
}

}
