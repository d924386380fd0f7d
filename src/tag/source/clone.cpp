#include "tag/source/clone.h"
#include "base/text.h"
#include "sys/files/files.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace fairlead::tag {

namespace {

// What the last fetch took, by object.
struct LastFetch {
    std::map<std::string, bool, std::less<>> objects; // true: without having been asked for each ("not-for-merge")
    bool one_by_id = false;                           // all that was asked for is one commit, by its id
};

Result<LastFetch> last_fetch(const sys::Repository& git) {
    LastFetch fetch;
    const auto path = sys::Path(git.git_folder()) / "FETCH_HEAD";
    if (sys::inspect(path).type == sys::FileType::absent) return fetch;
    const auto text = TRY(sys::read_file(path, 64u << 20));
    std::size_t asked = 0, by_id = 0;
    for (const auto& line : split(text, '\n')) {
        const auto fields = split(line, '\t'); // id, mark, where from
        if (fields.size() < 3) continue;
        const bool unasked = fields[1] == "not-for-merge";
        fetch.objects[fields[0]] |= unasked;
        if (unasked) continue;
        ++asked;
        if (fields[2].starts_with("'" + fields[0])) ++by_id; // a branch or a tag is called one
    }
    fetch.one_by_id = asked == 1 && by_id == 1;
    return fetch;
}

Result<std::vector<std::string>> commits_of(const std::vector<std::string>& ids, const sys::Repository& git) {
    std::vector<std::string> commits;
    for (auto& commit : TRY(git.commits_behind(ids)))
        if (commit) commits.push_back(std::move(*commit));
    return commits;
}

// Whether one of these objects is behind none of the others.
Result<bool> any_apart(const std::vector<std::string>& ids, const std::vector<std::string>& others,
                       const sys::Repository& git) {
    const auto commits = TRY(commits_of(ids, git));
    const auto known = TRY(commits_of(others, git));
    const auto reached = TRY(git.reachable(commits, known));
    return reached.size() < commits.size();
}

// git brings by itself the tags of the commits that it fetches. One that is behind nothing else that was fetched came
// with all others, by --tags; or was named, and then is listed as one to merge: alone, or beside all others where
// refs/tags/* was named.
Result<bool> took_all_tags(const sys::Repository& git, sys::References& references) {
    const auto fetched = TRY(last_fetch(git)).objects;
    std::vector<std::string> tags, branches, named, followed;
    for (const auto& reference : *TRY(references.whole())) {
        if (reference.id.empty()) continue;
        const bool is_tag = reference.name.starts_with(tags_folder);
        const auto found = fetched.find(reference.id);
        (is_tag ? tags : branches).emplace_back(reference.id);
        if (is_tag && found != fetched.end()) (found->second ? followed : named).emplace_back(reference.id);
    }
    const auto head = TRY(sys::stored_head(git.git_folder(), references));
    if (!head.id.empty()) branches.push_back(head.id);
    if (named.size() > 1 && named.size() == tags.size()) {
        const bool apart = TRY(any_apart(named, branches, git));
        if (apart) return true;
    }
    if (followed.empty()) return false;
    branches.insert(branches.end(), named.begin(), named.end());
    return any_apart(followed, branches, git);
}

std::string fetch_of(const sys::CloneRecords& records, std::string_view what) {
    return fmt::format("git fetch {}{}{}", what, records.is_shallow ? "--unshallow " : "", records.remote);
}

// Written down as a refspec, so that the next look finds that all tags are here.
std::string fetch_all_tags(const sys::CloneRecords& records) {
    return fmt::format("git config --add remote.{}.fetch '+refs/tags/*:refs/tags/*' && {}", records.remote,
                       fetch_of(records, ""));
}

}

std::string history_command(const sys::Repository& git) {
    const auto records = git.clone_records();
    const bool all_branches = records.refspecs.empty() || brings(records.refspecs, heads_folder);
    const bool known = brings(records.refspecs, tags_folder) || records.tag_option == "--tags" ||
                       (all_branches && records.tag_option != "--no-tags");
    return known ? fetch_of(records, "--tags ") : fetch_all_tags(records);
}

bool brings(const std::vector<std::string>& refspecs, std::string_view folder) {
    bool found = false;
    for (std::string_view spec : refspecs) {
        if (spec.starts_with('^')) { // leaves some out
            spec.remove_prefix(1);
            if (spec.starts_with(folder) || folder.starts_with(spec.substr(0, spec.find('*')))) return false;
            continue;
        }
        if (spec.starts_with('+')) spec.remove_prefix(1);
        const auto colon = spec.find(':');
        if (colon == spec.npos || colon + 1 == spec.size()) continue; // fetched, but kept under no name
        const auto star = spec.find('*');
        found |= star + 1 == colon && folder.starts_with(spec.substr(0, star));
    }
    return found;
}

namespace {

// actions/checkout makes a clone of one commit: its refspec is for all branches, but only the commit was asked for,
// mostly with --no-tags, and where the history is short no boundary tells of it. That of a tag has no branch: with one
// it took all, for an annotated tag it then asks once more, for its commit (src/ref-helper.ts).
Result<bool> took_one_commit(Tags tags, const sys::CloneRecords& records, const sys::Repository& git,
                             sys::References& references) {
    const auto fetch = TRY(last_fetch(git));
    if (!fetch.one_by_id || (tags == Tags::behind && fetch.objects.size() > 1)) return false; // some came with it
    const auto folder = fmt::format("{}{}/", remotes_folder, records.remote);
    std::size_t branches = 0;
    bool of_tag = false;
    for (const auto& one : *TRY(references.whole())) {
        branches += one.name.starts_with(folder) && !one.name.ends_with("/HEAD");
        of_tag |= one.name.starts_with(tags_folder) && fetch.objects.contains(one.id);
    }
    return branches <= (of_tag && !records.is_shallow ? 0u : 1u);
}

}

Result<std::optional<Lack>> lack_of(Tags tags, const std::string& own, const sys::Repository& git,
                                    sys::References& references) {
    using Answer = std::optional<Lack>;
    const auto records = git.clone_records();
    if (!own.empty() && !references.contains(std::string(tags_folder) + own))
        return Answer({fmt::format("has no tag {}, which is being built, so it may lack others, too", own),
                       fetch_of(records, "--tags ")});
    if (records.tag_option == "--tags" || brings(records.refspecs, tags_folder)) return Answer();
    const bool without_tags = records.tag_option == "--no-tags";
    // Without refspecs (a bare clone) and without a remote there is no sign that anything was left out.
    const bool one_branch = !records.refspecs.empty() && !brings(records.refspecs, heads_folder);
    const bool one_commit = TRY(took_one_commit(tags, records, git, references));
    const bool complete = !without_tags && (tags == Tags::behind || (!one_branch && !records.is_shallow));
    if (complete && !one_commit) return Answer();
    const bool all_taken = TRY(took_all_tags(git, references));
    if (all_taken) return Answer();
    if (without_tags) return Answer({"was cloned without tags", fetch_all_tags(records)});
    if (one_branch)
        return Answer({records.is_shallow ? "is a shallow clone of one branch that may lack tags"
                                          : "is a clone of one branch, which has only the tags on it",
                       fetch_all_tags(records)});
    return Answer({records.is_shallow ? "is a shallow clone that may lack tags"
                                      : "was fetched for one commit, so it may lack tags",
                   fetch_of(records, "--tags ")});
}

std::optional<std::string> default_branch_of(const sys::Repository& git, sys::References& references) {
    const auto records = git.clone_records();
    std::optional<std::string> branch;
    auto named = records.remotes;
    if (named.empty()) named.push_back(records.remote);
    for (const auto& remote : named) {
        const auto folder = fmt::format("{}{}/", remotes_folder, remote);
        const auto found = references.find(folder + "HEAD");
        const auto target = found.ok() && found.value() ? found.value()->target : std::string_view();
        if (!target.starts_with(folder) || !references.contains(target)) continue;
        const std::string name(target.substr(folder.size()));
        if (remote == "origin") return name;
        if (branch && branch != name) return std::nullopt; // none of them goes before another
        branch = name;
    }
    if (branch || !git.work_tree().empty() || records.remotes.empty()) return branch;
    const auto own = sys::stored_head(git.git_folder(), references);
    if (!own.ok() || own->id.empty() || !own->branch.starts_with(heads_folder)) return std::nullopt;
    return own->branch.substr(heads_folder.size());
}

std::optional<std::string> guess_default_branch(const sys::Repository& git, const sys::References& references) {
    const auto records = git.clone_records();
    if (!records.refspecs.empty() && !brings(records.refspecs, heads_folder)) return std::nullopt;
    std::optional<std::string> guess;
    for (const auto* name : {"main", "master", "trunk", "develop"}) {
        const bool there = references.contains(fmt::format("{}{}", heads_folder, name)) ||
                           references.contains(fmt::format("{}{}/{}", remotes_folder, records.remote, name));
        // Without a remote nothing will ever tell, so the usual one is taken.
        if (there && guess && !records.remotes.empty()) return std::nullopt;
        if (there && !guess) guess = name;
    }
    return guess;
}

std::string default_branch_command(const sys::Repository& git) {
    const auto records = git.clone_records();
    const auto& remotes_here = records.remotes;
    const bool has_origin = std::find(remotes_here.begin(), remotes_here.end(), "origin") != remotes_here.end();
    if (!has_origin && remotes_here.size() != 1) return {}; // none, or nobody says which
    return fmt::format("git fetch {0}{1} '+refs/heads/*:refs/remotes/{1}/*' && git remote set-head {1} --auto",
                       records.is_shallow ? "--depth=1 " : "", records.remote);
}

}
