#include "tag/release/changelog.h"
#include "base/text.h"
#include "report/github.h"
#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> sections = {
    {{"feat", "Features"}, {"fix", "Fixes"}, {"perf", "Performance"}, {"revert", "Reverts"}}};

// `#12` becomes a link to the issue, after the text was made harmless.
std::string with_issue_links(const std::string& text, const WebLinks& links) {
    static constexpr std::string_view mark = "\\#"; // as it stands escaped
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        auto end = at + 1;
        if (text.compare(at, mark.size(), mark) == 0)
            for (end = at + mark.size(); end < text.size() && std::isdigit(static_cast<unsigned char>(text[end]));)
                ++end;
        const bool begins_word = at == 0 || !std::isalnum(static_cast<unsigned char>(text[at - 1]));
        const auto number =
            end > at + mark.size() ? text.substr(at + mark.size(), end - at - mark.size()) : std::string();
        const auto link = number.empty() || !begins_word ? std::string() : links.issue(number);
        out += link.empty() ? text.substr(at, end - at) : fmt::format("[#{}]({})", number, link);
        at = end;
    }
    return out;
}

// Text of an item, in which nothing begins a list, a heading or a rule of its own.
std::string item_text(std::string_view text) {
    auto escaped = report::escape_markdown(text);
    const auto digits = std::min(escaped.find_first_not_of("0123456789"), escaped.size());
    const bool numbered = digits > 0 && digits < escaped.size() && (escaped[digits] == '.' || escaped[digits] == ')');
    if (numbered)
        escaped.insert(digits, "\\");
    else if (escaped.starts_with('-') || escaped.starts_with('+') || escaped.starts_with('='))
        escaped.insert(0, "\\");
    return escaped;
}

struct Entry {
    const RangeCommit& commit;
    CommitMessage message;
};

std::string line(const Entry& entry, const std::string& text, const WebLinks& links) {
    const auto& scope = entry.message.scope;
    const auto short_id = entry.commit.id.substr(0, 7);
    const auto link = links.commit(entry.commit.id);
    return fmt::format("- {}{} ({})\n", scope.empty() ? "" : fmt::format("**{}:** ", report::escape_markdown(scope)),
                       with_issue_links(item_text(text), links),
                       link.empty() ? short_id : fmt::format("[{}]({})", short_id, link));
}

bool is_of_type(const CommitMessage& message, std::string_view type) {
    return message.type == type || (type == "revert" && !message.conventional && !message.reverts.empty());
}

std::string section(std::string_view title, const std::string& lines) {
    return lines.empty() ? std::string() : fmt::format("\n### {}\n\n{}", title, lines);
}

}

std::string changelog(const ChangelogWanted& wanted, const std::vector<RangeCommit>& commits) {
    const auto title = report::escape_markdown(wanted.title);
    const auto comparison = wanted.links.comparison(wanted.previous, wanted.current);
    auto text = fmt::format("## {}{}\n", comparison.empty() ? title : fmt::format("[{}]({})", title, comparison),
                            wanted.date.empty() ? "" : " - " + wanted.date);
    std::vector<Entry> entries;
    for (const auto& commit : commits) entries.push_back({commit, commit.message()});
    std::string breaking;
    for (const auto& entry : entries) {
        const auto& message = entry.message;
        const auto& text_of_it = message.breaking_note.empty() ? message.description : message.breaking_note;
        if (message.breaking) breaking += line(entry, text_of_it, wanted.links);
    }
    text += section("Breaking changes", breaking);
    for (const auto& [type, heading] : sections) {
        std::string lines;
        for (const auto& entry : entries)
            if (is_of_type(entry.message, type) && (!entry.message.breaking || !entry.message.breaking_note.empty()))
                lines += line(entry, entry.message.description, wanted.links);
        text += section(heading, lines);
    }
    return text;
}

}
