#include "tag/source/clone.h"
#include "base/shell.h"
#include "tag/source/exchange.h"
#include "tag/source/refspecs.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <tuple>

namespace fairlead::tag {

bool is_tag(std::string_view name, const std::vector<std::string>& foreign) {
    return name.starts_with(tags_folder) && std::none_of(foreign.begin(), foreign.end(), [&](const std::string& place) {
               return name.starts_with(place);
           });
}

namespace {

using Began = Exchanges::Began;

// What is known of a clone, looked up once.
struct Known {
    const sys::Repository& git;
    sys::References& references;
    sys::CloneRecords records;
    Exchanges exchanges;
    std::vector<std::string> branches; // names of the remote's, or of a bare clone's own
    std::size_t tags = 0;
    bool is_empty = true; // no reference at all, and no commit
    bool is_cloned = false;

    bool orders(std::string_view option) const { return records.tag_option == option; }
    bool tags_by_default() const { return records.tag_option.empty(); }
    bool leaves_tags_out() const { return !left_out_by(records.refspecs, tags_folder).empty(); }
    bool fetched() const { return !exchanges.last.objects.empty(); }
    // One branch of several; a bare clone or a mirror has no refspec that says so.
    bool is_narrow() const {
        if (records.refspecs.empty() || git.work_tree().empty()) return branches.size() < 2;
        // A refspec for all that came after a clone of one: the branches beside it came later, every one.
        const auto later =
            static_cast<std::size_t>(std::count_if(branches.begin(), branches.end(), [&](const auto& name) {
                return is_cloned && exchanges.came_later.contains(name);
            }));
        return !bring_branches(records.refspecs) || branches.empty() || (later > 0 && branches.size() <= later + 1);
    }
    // Whether an exchange took all tags, or those of what it fetched, by its own words: the remote's refspecs may have
    // been others then.
    bool takes_all(const FetchWords& fetch) const {
        const auto& refspecs = fetch.refspecs.empty() ? records.refspecs : fetch.refspecs;
        return bring_tags(fetch.refspecs) || (fetch.tags && left_out_by(refspecs, tags_folder).empty());
    }
    // All branches; what else there is by now, an exchange about some of them didn't ask.
    bool keeps_up(const FetchWords& fetch) const {
        const auto& refspecs = fetch.refspecs.empty() ? records.refspecs : fetch.refspecs;
        return takes_all(fetch) || (follows(fetch) && bring_branches(refspecs));
    }
    bool follows(const FetchWords& fetch) const {
        const auto& refspecs = fetch.refspecs.empty() ? records.refspecs : fetch.refspecs;
        return !fetch.no_tags && !orders("--no-tags") && keep_any(refspecs) &&
               left_out_by(refspecs, tags_folder).empty();
    }
};

bool looks_cloned(const Known& known) {
    const auto& exchanges = known.exchanges;
    if (exchanges.began != Began::unknown || known.records.remotes.empty()) return exchanges.began == Began::cloned;
    if (!exchanges.last.is_told) return !known.is_empty;
    if (known.records.refspecs.empty()) return true; // bare, with a remote: `git remote add` would have made one
    const auto head = fmt::format("{}{}/HEAD", remotes_folder, known.records.remote);
    return exchanges.has_logs && known.references.contains(head); // the beginning of the log expired
}

Result<Known> look(const sys::Repository& git, sys::References& references) {
    auto exchanges = TRY(exchanges_of(git));
    Known known{git, references, git.clone_records(), std::move(exchanges)};
    auto places = places_of(known.records.refspecs, heads_folder);
    if (places.empty())
        places.push_back(known.records.refspecs.empty() ? std::string(heads_folder)
                                                        : fmt::format("{}{}/", remotes_folder, known.records.remote));
    const auto foreign = foreign_tags(known.records.all_refspecs);
    for (const auto& one : references.names()) {
        known.tags += is_tag(one.name, foreign);
        const bool is_there = std::any_of(places.begin(), places.end(),
                                          [&](const std::string& place) { return one.name.starts_with(place); });
        if (is_there && !one.name.ends_with("/HEAD")) known.branches.emplace_back(one.name);
    }
    const auto head = TRY(sys::stored_head(git.git_folder(), references));
    known.is_empty = head.id.empty() && references.names().empty();
    known.is_cloned = looks_cloned(known);
    return known;
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
    if (ids.empty()) return false;
    const auto commits = TRY(commits_of(ids, git));
    const auto known = TRY(commits_of(others, git));
    const auto reached = TRY(git.reachable(commits, known));
    return reached.size() < commits.size();
}

// Names that a pattern for some of the tags would have brought, too: v1.0.0 and v1.2.0, api/v1.0.0 and api/v1.1.0.
bool are_of_one_line(const std::vector<std::string_view>& names) {
    const auto [first, last] = std::minmax_element(names.begin(), names.end());
    const auto differ = std::mismatch(first->begin(), first->end(), last->begin(), last->end()).first;
    const std::string_view shared = first->substr(0, static_cast<std::size_t>(differ - first->begin()));
    return shared.find_first_of("0123456789/@-_") != shared.npos;
}

// git brings by itself the tags of the commits that it fetches. One that is behind nothing else that was fetched came
// with all others, by --tags; or was named, and then is listed as one to merge: alone, or beside all others where
// refs/tags/* was named. Where all tags are `ordered`, one is
// enough that came before the last fetch.
Result<bool> shows_all_tags(const Known& known, bool ordered) {
    if (!known.fetched() || name_some_tags(known.records.refspecs) || known.leaves_tags_out()) return false;
    const auto& fetched = known.exchanges.last.objects;
    const auto foreign = foreign_tags(known.records.all_refspecs);
    std::vector<std::string> branches, named, followed, before;
    std::vector<std::string_view> names; // of those named
    for (const auto& reference : *TRY(known.references.whole())) {
        if (reference.id.empty()) continue;
        const auto found = fetched.find(std::string(reference.id));
        if (!is_tag(reference.name, foreign)) {
            branches.emplace_back(reference.id);
        } else {
            (found == fetched.end() ? before : found->second ? followed : named).emplace_back(reference.id);
            if (found != fetched.end() && !found->second) names.push_back(reference.name.substr(tags_folder.size()));
        }
    }
    const auto head = TRY(sys::stored_head(known.git.git_folder(), known.references));
    if (!head.id.empty()) branches.push_back(head.id);
    if (named.size() > 1 && named.size() == known.tags && !are_of_one_line(names)) {
        const bool apart = TRY(any_apart(named, branches, known.git));
        if (apart) return true;
    }
    branches.insert(branches.end(), named.begin(), named.end());
    if (ordered) followed = std::move(before);
    return any_apart(followed, branches, known.git);
}

// Whether the last fetch shows that it took all tags, as the remote's refspecs or its tag option order.
bool followed_the_order(const Known& known, bool by_refspec) {
    const auto& last = known.exchanges.last;
    const auto& newest = known.exchanges.newest;
    if (!known.fetched() || last.settings_newer) return false;                   // the order may be newer, too
    if (by_refspec && last.asked_head) return last.asked_tag || known.tags == 0; // as fetch_all_tags() has it
    if (!by_refspec) return last.followed && known.orders("--tags") && !name_some_tags(known.records.refspecs);
    if (last.asked_tag) return false;
    if (!last.followed) return known.tags == 0 && last.unasked;
    // What is asked for by name brings tags, too: those behind it.
    return last.unasked || last.asked.empty() || known.orders("--no-tags") ||
           (known.exchanges.has_logs &&
            std::all_of(newest.begin(), newest.end(), [](const FetchWords& fetch) { return fetch.refspecs.empty(); }));
}

// A tag that the last fetch saw, and that is not here under its name; empty: there is none.
std::string seen_and_not_kept(const Known& known) {
    std::set<std::string_view> seen(known.exchanges.last.tags.begin(), known.exchanges.last.tags.end());
    if (seen.empty()) return {};
    for (const auto& one : known.references.names())
        if (one.name.starts_with(tags_folder)) seen.erase(one.name.substr(tags_folder.size()));
    return seen.empty() ? std::string() : std::string(*seen.begin());
}

// The last fetch asked for one thing, a tag or a commit, that is newer than all that came in whole: what else there is
// by now, it didn't ask.
Result<bool> went_on_alone(const Known& known) {
    const auto& last = known.exchanges.last;
    if (last.asked.size() != 1 || known.branches.empty()) return false;
    if (last.asked_tag) return true; // which may be a new one
    std::vector<std::string> branches;
    for (const auto& name : known.branches) {
        const auto* branch = TRY(known.references.find(name));
        if (branch && !branch->id.empty()) branches.emplace_back(branch->id);
    }
    if (std::find(branches.begin(), branches.end(), last.asked.front()) != branches.end()) return false;
    return any_apart(last.asked, branches, known.git);
}

// Whether the clone itself took all tags. One by --no-tags has none; an option or a refspec may have been written
// later.
bool cloned_with_tags(const Known& known) {
    if (!known.is_cloned || known.is_narrow()) return false;
    return known.tags_by_default() ||
           (known.tags > 0 && !known.fetched() && (!known.orders("--no-tags") || bring_tags(known.records.refspecs)));
}

// Whether one exchange took all tags that there were, and those after it at least the tags of what they fetched.
Result<bool> has_all_tags(const Known& known) {
    const auto& [records, exchanges] = std::tie(known.records, known.exchanges);
    const auto& last = exchanges.last;
    const bool by_refspec = bring_tags(records.refspecs);
    const bool ordered = by_refspec || (known.orders("--tags") && !known.leaves_tags_out());
    if (ordered && followed_the_order(known, by_refspec)) return true;
    const bool shown = TRY(shows_all_tags(known, false));
    if (shown) return true;
    const bool kept_up = std::all_of(exchanges.newest.begin(), exchanges.newest.end(),
                                     [&](const FetchWords& fetch) { return known.keeps_up(fetch); });
    const bool told = exchanges.has_logs || !known.fetched(); // else nobody knows what a later fetch left out
    const bool by_refspecs = last.followed && (last.unasked || last.asked.empty()) && !name_tags(records.refspecs) &&
                             !known.leaves_tags_out();
    if (!(kept_up && told) && !by_refspecs) return false;
    const bool alone = TRY(went_on_alone(known));
    if (alone) return false;
    // What a fetch that failed leaves is an empty FETCH_HEAD: nothing came by it.
    const bool brought = last.is_told && (known.fetched() || !exchanges.is_own);
    const bool from_nowhere = records.remotes.empty() && !brought && exchanges.fetches.empty();
    const bool pushed = exchanges.began == Began::here && exchanges.pushed && exchanges.fetches.empty() &&
                        !known.fetched(); // the remote came from it
    if (from_nowhere || pushed || cloned_with_tags(known) ||
        std::any_of(exchanges.fetches.begin(), exchanges.fetches.end(),
                    [&](const FetchWords& fetch) { return known.takes_all(fetch); }))
        return true;
    // A shallow one may have been cut since, so that what was behind a branch is no more.
    return ordered && !records.is_shallow ? shows_all_tags(known, true) : Result<bool>(false);
}

// Whether the tags of the commits that are here came with them.
Result<bool> has_followed_tags(const Known& known) {
    const auto& [records, exchanges] = std::tie(known.records, known.exchanges);
    if (known.orders("--no-tags")) return false;
    // Commits that were made here and never pushed are nobody else's, and so are their tags.
    const bool own = exchanges.began == Began::here && !exchanges.pushed && !exchanges.last.is_told;
    if (own && exchanges.fetches.empty()) return true;
    if (!known.fetched()) return known.is_cloned && (known.tags_by_default() || known.tags > 0);
    if (known.leaves_tags_out()) return false;
    if (exchanges.last.followed && !name_tags(records.refspecs)) return true;
    const bool said = !exchanges.newest.empty() &&
                      std::all_of(exchanges.newest.begin(), exchanges.newest.end(), [&](const FetchWords& fetch) {
                          return known.follows(fetch) && !fetch.limited; // which may have been deepened since
                      });
    if (!said) return false;
    const bool alone = TRY(went_on_alone(known));
    return !alone;
}

std::string fetch_of(const sys::CloneRecords& records, std::string_view what) {
    return fmt::format("git fetch {}{}{}", what, records.is_shallow ? "--unshallow " : "", shell_word(records.remote));
}

// Written down as a refspec, so that the next look finds that all tags are here.
std::string fetch_all_tags(const Known& known) {
    const auto& records = known.records;
    const auto& url = known.exchanges.last.url;
    const auto refspecs = shell_word("remote." + records.remote + ".fetch");
    std::string command;
    if (records.remotes.empty() && url.empty()) return {};
    if (records.remotes.empty()) command += fmt::format("git remote add origin {} && ", shell_word(url));
    if (known.leaves_tags_out()) command += fmt::format("git config --unset-all {} '^[\\^]refs/' && ", refspecs);
    if (!bring_tags(records.refspecs))
        command += fmt::format("git config --add {} '+refs/tags/*:refs/tags/*' && ", refspecs);
    command += fetch_of(records, "");
    // Where FETCH_HEAD would not show what was asked for: no tags, or one branch.
    const bool shows = known.tags > 0 && known.branches.size() > 1 && bring_branches(records.refspecs);
    if (!shows) command += fmt::format(" && git fetch {} HEAD '+refs/tags/*:refs/tags/*'", shell_word(records.remote));
    return command;
}

// Why tags may be missing, as git's records have it.
std::string reason_of(const Known& known) {
    const auto& records = known.records;
    if (known.is_empty) return "holds no commit and no tag yet";
    for (const auto& place : places_of(records.refspecs, tags_folder))
        if (place != tags_folder)
            return fmt::format("puts the tags of {} into {} and may lack some in refs/tags/", records.remote, place);
    if (known.orders("--no-tags")) return "was cloned without tags";
    if (const auto refspec = left_out_by(records.refspecs, tags_folder); !refspec.empty())
        return fmt::format("leaves tags out by its refspec {}", shell_word(refspec));
    if (const auto tag = seen_and_not_kept(known); !tag.empty())
        return fmt::format("lacks the tag {}, which its last fetch reported", tag);
    if (known.is_cloned && !known.fetched() && records.refspecs.empty() && known.git.work_tree().empty())
        return "is a bare clone, which keeps no record of the tags that it took";
    if (!known.fetched() && !known.is_cloned) return fmt::format("was never fetched from {}", records.remote);
    if (known.orders("--tags") || bring_tags(records.refspecs))
        return "is set up to fetch all tags, but no fetch shows that it has";
    if (known.is_narrow())
        return records.is_shallow ? "is a shallow clone of a single branch, which may lack tags"
                                  : "is a clone of a single branch, which has only the tags on that branch";
    return records.is_shallow ? "is a shallow clone that may lack tags"
                              : "was not fetched with --tags and may lack tags";
}

}

Result<std::string> history_command(const sys::Repository& git, sys::References& references) {
    const auto known = TRY(look(git, references));
    return cloned_with_tags(known) ? fetch_of(known.records, "--tags ") : fetch_all_tags(known);
}

Result<std::optional<Lack>> lack_of(Tags tags, const std::string& own, const sys::Repository& git,
                                    sys::References& references) {
    using Answer = std::optional<Lack>;
    const auto known = TRY(look(git, references));
    if (!own.empty() && !references.contains(std::string(tags_folder) + own))
        return Answer({fmt::format("has no tag {}, which is being built, so it may lack other tags too", own),
                       fetch_all_tags(known)});
    if (known.is_empty || !seen_and_not_kept(known).empty()) return Answer({reason_of(known), fetch_all_tags(known)});
    const bool all = TRY(has_all_tags(known));
    if (all) return Answer();
    const bool followed = tags == Tags::behind ? TRY(has_followed_tags(known)) : false;
    if (followed) return Answer();
    return Answer({reason_of(known), fetch_all_tags(known)});
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
    if (!records.refspecs.empty() && !bring_branches(records.refspecs)) return std::nullopt;
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
    return fmt::format("git fetch {0}{1} {2} && git remote set-head {1} --auto", records.is_shallow ? "--depth=1 " : "",
                       shell_word(records.remote),
                       shell_word(fmt::format("+refs/heads/*:refs/remotes/{}/*", records.remote)));
}

}
