#include "tag/release/log.h"
#include "base/text.h"
#include "tag/version/commit_range.h"
#include <algorithm>
#include <fmt/format.h>
#include <unordered_set>

namespace fairlead::tag {

namespace {

using Words = std::unordered_set<std::string>;

// As the commit has it, since a work tree may hold any link. What can't be read maps nobody.
sys::Mailmap mailmap_at(const std::string& commit, const sys::Repository& git) {
    const auto file = git.file_at(commit, ".mailmap");
    return file.ok() && file.value() ? sys::Mailmap::parse(*file.value()) : sys::Mailmap();
}

Result<std::vector<LogCommit>> read_commits(const std::string& base, const std::string& head,
                                            const sys::Mailmap& mailmap, const sys::Repository& git) {
    std::vector<LogCommit> read;
    const auto bases = base.empty() ? std::vector<std::string>() : std::vector{base};
    const auto range = TRY(git.history(bases, head, [&](const sys::CommitText& commit) {
        LogCommit one{std::string(commit.id), {}, std::string(commit.message), {}};
        for (auto headers = commit.headers; headers.find("parent ") != headers.npos;) {
            headers.remove_prefix(headers.find('\n') + 1); // the first is the tree
            if (!headers.starts_with("parent ")) break;
            one.parents.emplace_back(headers.substr(7, 40));
        }
        one.by_host = sys::signature_of(commit.headers, "committer").email == "noreply@github.com";
        one.people = people_of(commit.headers, commit.message, mailmap);
        read.push_back(std::move(one));
        return Result<void>();
    }));
    std::vector<LogCommit> commits;
    for (const auto& commit : range.commits) commits.push_back(std::move(read[commit.number]));
    return commits;
}

// What somebody may be called behind the base. A name of one word is of many, yet to greet the founder as new, for an
// address of theirs that is, is worse than to leave out a newcomer.
std::vector<std::string> calls_of(const Person& person) {
    auto calls = person.keys();
    for (const auto& call : {person.name, person.login})
        if (!call.empty()) calls.push_back("called " + lower(call));
    return calls;
}

// Whoever made a commit that `base` holds.
Result<Words> people_behind(const std::string& base, const sys::Mailmap& mailmap, const sys::Repository& git) {
    Words known;
    Words seen; // most commits are of few
    TRY_VOID(git.history({}, base, [&](const sys::CommitText& commit) {
        const auto author = sys::signature_of(commit.headers, "author");
        const bool alone = commit.message.find("uthored-") == commit.message.npos;
        if (alone && !seen.insert(author.name + '<' + author.email).second) return Result<void>();
        for (const auto& person : people_of(commit.headers, commit.message, mailmap))
            for (auto& key : calls_of(person)) known.insert(std::move(key));
        return Result<void>();
    }));
    return known;
}

std::vector<Newcomer> newcomers_of(const Log& log, Words known) {
    std::vector<std::size_t> changes(log.commits.size(), log.changes.size()); // by commit
    for (std::size_t i = 0; i < log.changes.size(); ++i)
        for (const auto commit : log.changes[i].commits) changes[commit] = i;
    std::vector<Newcomer> newcomers;
    for (auto i = log.commits.size(); i-- > 0;) { // the oldest first
        if (changes[i] == log.changes.size() || log.commits[i].undone) continue;
        // A co-author new to us mostly is the author, with another address.
        const auto& people = log.commits[i].people;
        const auto keys = calls_of(people.front());
        const bool is_known = people.front().bot || people.front().name.empty() || keys.empty() ||
                              std::any_of(keys.begin(), keys.end(), [&](auto& key) { return known.contains(key); });
        for (const auto& person : people)
            for (auto& key : calls_of(person)) known.insert(std::move(key));
        if (!is_known) newcomers.push_back({people.front(), changes[i]});
    }
    return newcomers;
}

std::string shown(const std::string& revision, const std::string& commit, const sys::Repository& git) {
    constexpr std::string_view folder = "refs/tags/";
    const auto tag = revision.starts_with(folder) ? revision.substr(folder.size()) : revision;
    return git.commit_of(std::string(folder) + tag).ok() ? tag : commit.substr(0, 7);
}

}

std::size_t Log::own() const {
    return static_cast<std::size_t>(std::count_if(commits.begin(), commits.end(), [](auto& one) { return one.own; }));
}

Result<Log> read_log(const LogWanted& wanted, Checkout& checkout) {
    const auto& git = *TRY(checkout.repository());
    Log log;
    CommitRange range;
    if (!wanted.from.empty()) {
        const auto base = git.resolve(wanted.from);
        if (!base.ok()) return usage(base.error().message);
        log.base = base.value();
        log.previous = shown(wanted.from, log.base, git);
        range = TRY(commits_between(wanted.component, log.base, wanted.head, checkout));
    } else {
        auto tags = TRY(version_tags(wanted.component, checkout, Tags::behind)).tags;
        // What came before a version is lower than it: a numbering that was begun higher and given up says nothing.
        const auto current =
            std::find_if(tags.begin(), tags.end(), [&](const VersionTag& tag) { return tag.name == wanted.current; });
        if (current != tags.end())
            std::erase_if(tags, [version = current->version](const VersionTag& other) {
                return compare(other.version, version) >= 0;
            });
        auto since = commits_since_version(wanted.component, wanted.head, Base::release, tags, checkout);
        if (!since.ok()) return checkout.cut_short(since.error());
        range = std::move(since).value();
        if (range.base) {
            log.previous = range.base->name;
            log.base = TRY(checkout.commit_of_tag(log.previous)).value_or("");
        }
    }
    const auto mailmap = mailmap_at(wanted.head, git);
    log.commits = TRY(read_commits(log.base, wanted.head, mailmap, git));
    if (!wanted.from.empty() && log.commits.empty() && log.base != wanted.head)
        return usage(fmt::format("--from {} already contains commit {}, where the changelog ends; swap --from and --to",
                                 wanted.from, wanted.head.substr(0, 7)));
    Words own, undone(range.undone.begin(), range.undone.end());
    for (const auto& commit : range.commits) own.insert(commit.id);
    for (auto& commit : log.commits) {
        commit.undone = undone.contains(commit.id);
        commit.own = commit.undone || own.contains(commit.id);
    }
    log.changes = account_for(log.commits, wanted.types, wanted.links);
    if (log.base.empty()) return log;
    auto known = people_behind(log.base, mailmap, git);
    log.newcomers_known = known.ok();
    if (known.ok()) log.newcomers = newcomers_of(log, std::move(known).value());
    return log;
}

}
