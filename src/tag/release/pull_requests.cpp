#include "tag/release/pull_requests.h"
#include "base/text.h"
#include <algorithm>
#include <array>
#include <cctype>

namespace fairlead::tag {

namespace {

std::string_view first_line(std::string_view text) { return trim(text.substr(0, text.find('\n'))); }

std::string_view body_of(std::string_view text) {
    const auto end = text.find('\n');
    return end == text.npos ? std::string_view() : text.substr(end + 1);
}

constexpr std::string_view see = "See merge request ";

std::string title_in(std::string_view body) {
    while (!body.empty()) {
        const auto line = first_line(body);
        if (!line.empty()) return line.starts_with(see) ? std::string() : std::string(line);
        body = body_of(body);
    }
    return {};
}

// The number that follows `before` in `text`.
std::string_view number_after(std::string_view text, std::string_view before) {
    const auto at = text.rfind(before);
    return at == text.npos ? std::string_view() : issue_number(text.substr(at + before.size()));
}

std::optional<PullRequest> of_squash(std::string_view subject) {
    const auto at = subject.rfind('(');
    if (at == subject.npos || !subject.ends_with(')') || at + 3 > subject.size()) return std::nullopt;
    const char mark = subject[at + 1];
    const auto number = issue_number(subject.substr(at + 2));
    if ((mark != '#' && mark != '!') || number.empty() || at + 2 + number.size() + 1 != subject.size())
        return std::nullopt;
    return PullRequest{std::string(number), std::string(trim(subject.substr(0, at))), mark};
}

// Up to the next blank, without quotes.
std::string word_after(std::string_view text, std::string_view before) {
    const auto at = text.find(before);
    if (at == text.npos) return {};
    text.remove_prefix(at + before.size());
    text = text.substr(0, text.find(' '));
    while (text.starts_with('\'')) text.remove_prefix(1);
    while (text.ends_with('\'')) text.remove_suffix(1);
    return std::string(text);
}

struct Form {
    std::string_view start, before_number, before_branch;
    bool has_owner;
};
constexpr Form forms[] = {{"Merge pull request #", "Merge pull request #", " from ", true},
                          {"Merged in ", "(pull request #", "Merged in ", false},
                          {"Merge pull request '", "' (#", ") from ", false}};

std::optional<PullRequest> of_merge(std::string_view subject, std::string_view body) {
    for (const auto& form : forms) {
        if (!subject.starts_with(form.start)) continue;
        const auto number = number_after(subject, form.before_number);
        if (number.empty()) continue;
        PullRequest pull{std::string(number), title_in(body), '#', {}, word_after(subject, form.before_branch)};
        if (const auto slash = pull.branch.find('/'); form.has_owner && slash != pull.branch.npos) {
            pull.owner = pull.branch.substr(0, slash);
            pull.branch.erase(0, slash + 1);
        }
        if (form.start.ends_with('\'')) // Gitea's holds the title
            pull.title = subject.substr(form.start.size(), subject.rfind("' (#") - form.start.size());
        if (const auto same = of_squash(pull.title); same && same->number == pull.number) pull.title = same->title;
        return pull;
    }
    return std::nullopt;
}

std::optional<PullRequest> of_gitlab(std::string_view subject, std::string_view body) {
    for (auto rest = body; !rest.empty(); rest = body_of(rest)) {
        const auto line = first_line(rest);
        if (!line.starts_with(see)) continue;
        const auto number = number_after(line, "!");
        if (number.empty()) return std::nullopt;
        const bool merge = is_plain_merge(subject);
        return PullRequest{std::string(number),
                           merge ? title_in(body) : std::string(subject),
                           '!',
                           {},
                           merge ? word_after(subject, "Merge branch ") : std::string()};
    }
    return std::nullopt;
}

}

std::string_view issue_number(std::string_view text) {
    constexpr std::size_t longest = 7;
    const auto size = std::min(text.find_first_not_of("0123456789"), text.size());
    if (size == 0 || size > longest || text[0] == '0') return {};
    return text.substr(0, size);
}

bool is_plain_merge(std::string_view message) {
    const auto subject = first_line(message);
    constexpr std::string_view starts[] = {"Merge branch ",    "Merge branches ",     "Merge remote-tracking branch",
                                           "Merge tag ",       "Merge commit ",       "Merge remote branch ",
                                           "Merge tags ",      "Merge pull request ", "Merged in ",
                                           "Automatic merge ", "Merge https://",      "Merge git://"};
    return std::any_of(std::begin(starts), std::end(starts), [&](auto start) { return subject.starts_with(start); });
}

std::optional<PullRequest> pull_request_of(std::string_view message, Host host) {
    while (!message.empty() && std::isspace(static_cast<unsigned char>(message[0]))) message.remove_prefix(1);
    const auto subject = first_line(message);
    const auto body = body_of(message);
    if (auto merge = of_merge(subject, body)) return merge;
    if (auto gitlab = of_gitlab(subject, body)) return gitlab;
    auto squash = of_squash(subject);
    // GitHub cuts a long title in two.
    constexpr std::string_view cut = "\xE2\x80\xA6"; // …
    if (const auto rest = title_in(body); squash && squash->title.ends_with(cut) && rest.starts_with(cut))
        squash->title.replace(squash->title.size() - cut.size(), cut.size(), rest, cut.size());
    // Elsewhere "#12" is an issue, which has numbers of its own.
    const bool is_pull = squash && host != Host::bitbucket && squash->mark == (host == Host::gitlab ? '!' : '#');
    return is_pull ? std::move(squash) : std::nullopt;
}

bool is_between_lines(const PullRequest& pull, std::string_view owner) {
    constexpr std::string_view lines[] = {"main", "master",  "trunk", "dev",  "develop", "development", "next",
                                          "beta", "staging", "alpha", "edge", "stable",  "canary",      "nightly"};
    // "Merge `stable` into main"
    const auto words = split(lower(pull.title), ' ');
    if (words.size() > 3 && words[0] == "merge" && words[2] == "into") return true;
    if (!pull.owner.empty() && lower(pull.owner) != lower(owner)) return false;
    const auto name = lower(pull.branch);
    return name.starts_with("release/") || std::find(std::begin(lines), std::end(lines), name) != std::end(lines);
}

}
