#include "tag/release/account.h"
#include "base/text.h"
#include "base/url.h"
#include <algorithm>
#include <map>
#include <string_view>
#include <unordered_map>

namespace fairlead::tag {

namespace {

// Nothing that a reader of release notes looks for, unless the project's table of types says otherwise.
constexpr std::string_view house[] = {"chore", "ci", "docs", "doc", "test", "tests", "build", "style", "refactor"};

// acme of https://github.com/acme/shop
std::string account_of(const WebLinks& links) {
    const auto url = parse_url(links.url);
    return url.ok() && !url->path.empty() ? url->path.substr(1, url->path.find('/', 1) - 1) : std::string();
}

// Which commits belong together. A walk along first parents, the oldest first, so that what a merge brought is what
// nothing before it had.
class Grouping {
  public:
    Grouping(const std::vector<LogCommit>& commits, const WebLinks& links)
        : commits_(commits), host_(links.host), repository_owner_(account_of(links)), queued_(commits.size()) {
        for (std::size_t i = 0; i < commits.size(); ++i) numbers_.emplace(commits[i].id, i);
    }

    std::vector<Change> group() {
        if (!commits_.empty()) push(0, none);
        while (!lines_.empty()) {
            if (lines_.back().commits.empty()) {
                lines_.pop_back();
                continue;
            }
            const auto commit = lines_.back().commits.back();
            const auto owner = owner_of(commit, lines_.back().owner);
            if (push_merged(commit, owner)) continue; // first what it brought
            lines_.back().commits.pop_back();
            take(commit, owner);
        }
        return std::move(changes_);
    }

  private:
    static constexpr auto none = static_cast<std::size_t>(-1);
    struct Line {
        std::vector<std::size_t> commits; // newest first
        std::size_t owner;                // the change whose merge brought it
    };

    std::size_t number_of(const std::string& id) const {
        const auto found = numbers_.find(id);
        return found == numbers_.end() ? none : found->second;
    }

    void push(std::size_t tip, std::size_t owner) {
        Line line{{}, owner};
        for (auto at = tip; at != none && !queued_[at];
             at = commits_[at].parents.empty() ? none : number_of(commits_[at].parents.front())) {
            queued_[at] = true;
            line.commits.push_back(at);
        }
        lines_.push_back(std::move(line));
    }

    bool push_merged(std::size_t commit, std::size_t owner) {
        const auto& parents = commits_[commit].parents;
        for (std::size_t i = 1; i < parents.size(); ++i) {
            const auto parent = number_of(parents[i]);
            if (parent == none || queued_[parent]) continue;
            push(parent, owner);
            return true;
        }
        return false;
    }

    // The change that a commit and what it merges belong to; none: to nobody's.
    std::size_t owner_of(std::size_t number, std::size_t line_owner) {
        if (const auto found = of_merge_.find(number); found != of_merge_.end()) return found->second;
        const auto& commit = commits_[number];
        auto pull = pull_request_of(commit.text, host_);
        // On somebody's branch "(#12)" mostly names an issue, unless it was squashed there by the host itself.
        if (!pull || (line_owner != none && commit.parents.size() < 2 && !commit.by_host)) return line_owner;
        if (is_between_lines(*pull, repository_owner_)) return line_owner;
        changes_.push_back({});
        changes_.back().pull_request = std::move(pull);
        return of_merge_[number] = changes_.size() - 1;
    }

    void take(std::size_t number, std::size_t owner) {
        if (!commits_[number].own) return;
        if (owner == none || commits_[number].undone) {
            owner = changes_.size();
            changes_.push_back({});
            if (commits_[number].undone) changes_.back().pull_request = pull_request_of(commits_[number].text, host_);
        }
        changes_[owner].commits.push_back(number);
    }

    const std::vector<LogCommit>& commits_;
    Host host_;
    std::string repository_owner_;
    std::unordered_map<std::string_view, std::size_t> numbers_; // of the commits by id
    std::vector<bool> queued_;
    std::vector<Line> lines_;
    std::map<std::size_t, std::size_t> of_merge_; // the change that a commit began
    std::vector<Change> changes_;
};

// What is said twice is one change: a pull request whose commits all carry its number, "Update dependencies" and
// "Update dependencies" of the same author.
void join_twins(std::vector<Change>& changes, const std::vector<LogCommit>& commits) {
    std::map<std::string, std::size_t> first;
    for (std::size_t i = 0; i < changes.size(); ++i) {
        auto& change = changes[i];
        if (change.commits.empty() || commits[change.newest()].undone) continue;
        const auto& commit = commits[change.newest()];
        const auto& pull = change.pull_request;
        const auto who = commit.people.empty() ? std::string() : commit.people.front().email;
        const auto key = pull ? pull->mark + pull->number + ' ' + pull->title
                              : who + '\n' + commit.text.substr(0, commit.text.find('\n'));
        const auto [found, is_new] = first.emplace(key, i);
        if (is_new) continue;
        auto& all = changes[found->second].commits;
        all.insert(all.end(), change.commits.begin(), change.commits.end());
        std::sort(all.rbegin(), all.rend());
        change.commits.clear();
    }
    std::erase_if(changes, [](const Change& change) { return change.commits.empty(); });
}

// What a change is called after: the title of its pull request, or its only commit.
void read_title(Change& change, const std::vector<LogCommit>& commits) {
    const auto& newest = commits[change.newest()].text;
    change.message = parse_message(newest);
    // A squash tells of many things; what it is itself stands in its title.
    const bool reverts_it = lower(change.message.description).starts_with("revert");
    if (!reverts_it) change.message.reverts.clear();
    if (!change.pull_request) return;
    const auto& title = change.pull_request->title;
    const auto reverts = std::move(change.message.reverts);
    if (!title.empty()) {
        change.message = parse_message(title);
    } else if (is_plain_merge(newest)) {
        for (const auto number : change.commits) // the oldest that says something
            if (!is_plain_merge(commits[number].text)) {
                change.message = parse_message(commits[number].text);
                break;
            }
    }
    change.message.reverts = reverts;
    if (title.starts_with("Revert \"")) change.message.reverts.push_back(title); // the pull request that a host makes
}

void read_commits(Change& change, const std::vector<LogCommit>& commits, const CommitTypes& types) {
    change.type = &types.of(change.message);
    const bool titled = change.message.conventional, untold = is_rest(*change.type);
    const auto shown = [](const CommitType& type) { return std::pair(!type.section.empty(), type.level); };
    change.breaking = change.message.breaking;
    for (const auto number : change.commits) {
        auto message = parse_message(commits[number].text);
        if (!lower(message.description).starts_with("revert")) message.reverts.clear();
        change.breaking |= message.breaking;
        const auto& note = message.breaking_note;
        if (!note.empty() && std::find(change.notes.begin(), change.notes.end(), note) == change.notes.end())
            change.notes.push_back(note);
        if (change.commits.size() == 1 || is_plain_merge(commits[number].text)) continue;
        // A title that says "docs" over a commit that is a feature doesn't hide it.
        const auto& type = types.of(message);
        const bool higher = titled ? type.level > Level::none && change.type->level == Level::none
                                   : untold && shown(type) > shown(*change.type);
        if (!higher) continue;
        change.type = &type;
        change.message.type = message.type;
    }
}

void read_people(Change& change, const std::vector<LogCommit>& commits) {
    for (const auto number : change.commits) {
        // Who pressed the button did not make what it merged.
        if (change.commits.size() > 1 && commits[number].parents.size() > 1) continue;
        for (const auto& person : commits[number].people) {
            const auto known = std::find_if(change.people.begin(), change.people.end(),
                                            [&](const Person& other) { return is_same(person, other); });
            if (known == change.people.end())
                change.people.push_back(person);
            else if (known->login.empty() && !person.login.empty())
                *known = person;
        }
    }
    const auto is_bot = [](const Person& person) { return person.bot; };
    if (!std::all_of(change.people.begin(), change.people.end(), is_bot)) std::erase_if(change.people, is_bot);
}

// Neither a row nor a heading of the project's own says that it wants to see these.
bool is_unnamed(const CommitType& type) {
    static const CommitTypes defaults;
    return is_rest(type) && type.level == Level::none && type.section == defaults.rows().back().section;
}

bool is_of_house(std::string_view type) {
    return std::find(std::begin(house), std::end(house), type) != std::end(house);
}

std::string reason_to_leave_out(const Change& change, const std::vector<LogCommit>& commits) {
    const auto& newest = commits[change.newest()];
    if (newest.undone) return "reverted";
    if (change.breaking) return {};
    if (!change.pull_request && is_plain_merge(newest.text)) return "merge";
    const auto& said = change.message.type;
    if (change.type->section.empty()) return said.empty() ? "without a type" : said;
    if (!is_unnamed(*change.type)) return {};
    if (names_release(change.message.description)) return "release";
    const bool by_bots = std::all_of(change.people.begin(), change.people.end(), [](auto& one) { return one.bot; });
    if (by_bots && !change.people.empty()) return "by " + change.people.front().name;
    return is_of_house(said) ? said : std::string();
}

}

std::vector<Change> account_for(const std::vector<LogCommit>& commits, const CommitTypes& types,
                                const WebLinks& links) {
    auto changes = Grouping(commits, links).group();
    join_twins(changes, commits);
    for (auto& change : changes) {
        read_title(change, commits);
        read_commits(change, commits, types);
        read_people(change, commits);
        change.left_out = reason_to_leave_out(change, commits);
        if (change.left_out.empty() && !(is_unnamed(*change.type) && is_of_house(change.message.type)))
            change.section = change.type->section;
    }
    std::stable_sort(changes.begin(), changes.end(),
                     [](const Change& a, const Change& b) { return a.newest() < b.newest(); });
    return changes;
}

}
