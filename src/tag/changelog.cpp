#include "tag/changelog.h"
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
std::string with_issue_links(const std::string& text, const std::string& url) {
    if (url.empty()) return text;
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        auto end = at + 1;
        while (text[at] == '#' && end < text.size() && std::isdigit(static_cast<unsigned char>(text[end]))) ++end;
        const bool begins_word = at == 0 || !std::isalnum(static_cast<unsigned char>(text[at - 1]));
        const bool ends_word = end >= text.size() || !std::isalnum(static_cast<unsigned char>(text[end]));
        const auto word = text.substr(at, end - at);
        // Where the text is escaped, "&#12;" is no issue.
        if (end > at + 1 && begins_word && ends_word && !(at > 0 && text[at - 1] == '&'))
            out += fmt::format("[{}]({}/issues/{})", word, url, word.substr(1));
        else
            out += word;
        at = end;
    }
    return out;
}

std::string line(const RangeCommit& commit, const std::string& text, const std::string& url) {
    const auto& message = commit.message;
    const auto scope =
        message.scope.empty() ? std::string() : fmt::format("**{}:** ", report::escape_markdown(message.scope));
    const auto id = commit.id.substr(0, 7);
    const auto link = url.empty() ? id : fmt::format("[{}]({}/commit/{})", id, url, commit.id);
    return fmt::format("- {}{} ({})\n", scope, with_issue_links(report::escape_markdown(text), url), link);
}

std::string section(std::string_view title, const std::string& lines) {
    return lines.empty() ? std::string() : fmt::format("\n### {}\n\n{}", title, lines);
}

}

std::string changelog(const ChangelogWanted& wanted, const std::vector<RangeCommit>& commits) {
    const bool compares = !wanted.url.empty() && !wanted.previous.empty() && !wanted.current.empty();
    const auto title =
        compares ? fmt::format("[{}]({}/compare/{}...{})", wanted.title, wanted.url, wanted.previous, wanted.current)
                 : wanted.title;
    auto text = fmt::format("## {}{}\n", title, wanted.date.empty() ? "" : " - " + wanted.date);
    std::string breaking;
    for (const auto& commit : commits)
        if (commit.message.breaking)
            breaking +=
                line(commit,
                     commit.message.breaking_note.empty() ? commit.message.description : commit.message.breaking_note,
                     wanted.url);
    text += section("Breaking changes", breaking);
    for (const auto& [type, heading] : sections) {
        std::string lines;
        for (const auto& commit : commits)
            if (commit.message.type == type ||
                (type == "revert" && !commit.message.conventional && commit.message.reverts))
                lines += line(commit, commit.message.description, wanted.url);
        text += section(heading, lines);
    }
    return text;
}

}
