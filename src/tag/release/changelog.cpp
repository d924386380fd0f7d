#include "tag/release/changelog.h"
#include "base/printable.h"
#include "base/text.h"
#include "report/github.h"
#include "sys/data/json.h"
#include "tag/release/references.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace fairlead::tag {

namespace {

// Text of an item, in which nothing begins a list, a heading or a rule of its own.
std::string item_text(std::string text) {
    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const bool numbered = digits > 0 && digits < text.size() && (text[digits] == '.' || text[digits] == ')');
    if (numbered)
        text.insert(digits, "\\");
    else if (text.starts_with('-') || text.starts_with('+') || text.starts_with('='))
        text.insert(0, "\\");
    return text;
}

std::string listed(const std::vector<std::string>& names) {
    constexpr std::size_t most = 3;
    if (names.size() <= 1) return names.empty() ? "" : names.front();
    const auto shown = names.size() > most ? most : names.size() - 1;
    const auto rest = names.size() - shown;
    return fmt::format("{} and {}", join({names.data(), shown}, ", "),
                       names.size() > most ? fmt::format("{} other{}", rest, rest == 1 ? "" : "s") : names.back());
}

class Writer {
  public:
    Writer(const ChangelogWanted& wanted, const Log& log, Style style)
        : wanted_(wanted), log_(log), markdown_(style == Style::markdown) {
        mentions_ = wanted.links.url.starts_with("https://github.com/");
    }

    std::string heading() const {
        const auto date = wanted_.date.empty() ? "" : " - " + wanted_.date;
        if (!markdown_) return one_line(wanted_.title) + date + "\n";
        return fmt::format(
            "## {}{}\n",
            linked(report::escape_markdown(wanted_.title), wanted_.links.comparison(log_.previous, wanted_.current)),
            date);
    }

    std::string section(std::string_view title, const std::string& lines) const {
        if (lines.empty()) return {};
        return markdown_ ? fmt::format("\n### {}\n\n{}", report::escape_markdown(title), lines)
                         : fmt::format("\n{}:\n{}", one_line(title), lines);
    }

    std::string line(const Change& change, const std::string& said) const {
        const auto& scope = change.message.scope;
        std::vector<std::string> names;
        for (const auto& person : change.people)
            if (!person.name.empty()) names.push_back(name(person));
        return fmt::format("- {}{} ({}){}{}\n",
                           scope.empty() ? "" : fmt::format(fmt::runtime(markdown_ ? "**{}:** " : "{}: "), text(scope)),
                           markdown_ ? item_text(markdown_of(said, wanted_.links)) : text(said), reference(change),
                           names.empty() ? "" : " by ", listed(names));
    }

    std::string newcomer(const Newcomer& newcomer) const {
        return fmt::format("- {} in {}\n", name(newcomer.person), reference(log_.changes[newcomer.change]));
    }

    std::string left_out() const {
        std::map<std::string, std::size_t> counts;
        std::size_t all = 0;
        for (const auto& change : log_.changes) {
            if (change.left_out.empty()) continue;
            counts[change.left_out] += change.commits.size();
            all += change.commits.size();
        }
        if (all == 0) return {};
        std::vector<std::pair<std::string, std::size_t>> sorted(counts.begin(), counts.end());
        std::stable_sort(sorted.begin(), sorted.end(),
                         [](const auto& a, const auto& b) { return a.second > b.second; });
        std::vector<std::string> parts;
        for (const auto& [reason, count] : sorted) parts.push_back(fmt::format("{} {}", count, text(reason)));
        return fmt::format("\nLeft out: {} commit{} ({})\n", all, all == 1 ? "" : "s", join(parts, ", "));
    }

  private:
    std::string text(std::string_view said) const { return markdown_ ? report::escape_markdown(said) : one_line(said); }

    std::string linked(const std::string& shown, const std::string& url) const {
        return url.empty() || !markdown_ ? shown : fmt::format("[{}]({})", shown, url);
    }

    std::string reference(const Change& change) const {
        if (const auto& pull = change.pull_request)
            return linked(pull->mark + pull->number, wanted_.links.pull(pull->number));
        std::vector<std::string> ids;
        for (auto commit = change.commits.rbegin(); commit != change.commits.rend(); ++commit) {
            const auto& id = log_.commits[*commit].id;
            ids.push_back(linked(id.substr(0, 7), wanted_.links.commit(id)));
        }
        return listed(ids);
    }

    // A mention is for those whose account is known; a bot reads none.
    std::string name(const Person& person) const {
        if (mentions_ && !person.bot && !person.login.empty()) return "@" + person.login;
        return text(person.name);
    }

    const ChangelogWanted& wanted_;
    const Log& log_;
    bool markdown_, mentions_ = false;
};

std::vector<std::string> headings(const CommitTypes& types) {
    std::vector<std::string> all;
    for (const auto& row : types.rows())
        if (!row.section.empty() && std::find(all.begin(), all.end(), row.section) == all.end())
            all.push_back(row.section);
    return all;
}

// What is breaking and says so in words of its own stands below its type, too.
bool stands_in(const Change& change, const std::string& heading) {
    return change.left_out.empty() && change.section == heading && (!change.breaking || !change.notes.empty());
}

}

std::string changelog(const ChangelogWanted& wanted, const Log& log, const CommitTypes& types, Style style) {
    const Writer writer(wanted, log, style);
    std::string breaking, all;
    for (const auto& change : log.changes) {
        if (!change.breaking || !change.left_out.empty()) continue;
        for (const auto& note : change.notes) breaking += writer.line(change, note);
        if (change.notes.empty()) breaking += writer.line(change, change.message.description);
    }
    all += writer.section("Breaking changes", breaking);
    const auto rest = CommitTypes().rows().back().section;
    for (const auto& heading : headings(types)) {
        std::string lines;
        for (const auto& change : log.changes)
            if (stands_in(change, heading)) lines += writer.line(change, change.message.description);
        all += writer.section(heading == rest && all.empty() ? "Changes" : heading, lines); // other than what?
    }
    if (all.empty()) all = log.changes.empty() ? "\nNo changes.\n" : "\nNo notable changes.\n";
    std::string newcomers;
    for (const auto& newcomer : log.newcomers) newcomers += writer.newcomer(newcomer);
    return writer.heading() + all + writer.section("New contributors", newcomers) + writer.left_out();
}

namespace {

sys::Json person_json(const Person& person) {
    sys::Json json{{"name", person.name}};
    if (!person.login.empty()) json["login"] = person.login;
    if (person.bot) json["bot"] = true;
    return json;
}

sys::Json ids_of(const Change& change, const Log& log) {
    auto ids = sys::Json::array();
    for (const auto commit : change.commits) ids.push_back(log.commits[commit].id);
    return ids;
}

sys::Json entry_json(const Change& change, const Log& log, const WebLinks& links) {
    const auto& message = change.message;
    sys::Json json{{"section", change.section},          {"type", message.type},          {"scope", message.scope},
                   {"description", message.description}, {"breaking", change.breaking},   {"notes", change.notes},
                   {"authors", sys::Json::array()},      {"commits", ids_of(change, log)}};
    if (const auto& pull = change.pull_request) {
        json["pull_request"] = pull->number;
        if (const auto url = links.pull(pull->number); !url.empty()) json["url"] = url;
    }
    for (const auto& person : change.people) json["authors"].push_back(person_json(person));
    return json;
}

}

sys::Json account_json(const Log& log, const WebLinks& links) {
    std::size_t listed = 0, left_out = 0;
    sys::Json json{{"commits", log.own()}, {"entries", sys::Json::array()}, {"left_out", sys::Json::object()}};
    for (const auto& change : log.changes) {
        if (change.left_out.empty()) {
            listed += change.commits.size();
            json["entries"].push_back(entry_json(change, log, links));
            continue;
        }
        left_out += change.commits.size();
        auto& ids = json["left_out"][change.left_out];
        for (const auto& id : ids_of(change, log)) ids.push_back(id);
    }
    json["accounted"] = {{"listed", listed}, {"left_out", left_out}};
    if (!log.newcomers_known) return json;
    json["new_contributors"] = sys::Json::array();
    for (const auto& newcomer : log.newcomers) json["new_contributors"].push_back(person_json(newcomer.person));
    return json;
}

}
