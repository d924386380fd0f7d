#include "tag/version/commit_range.h"
#include "sys/git/changed_paths.h"
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <unordered_set>

namespace fairlead::tag {

namespace {

// Commits of the range that cancel out: a revert and what it reverts.
class Reverts {
  public:
    Reverts(const std::vector<RangeCommit>& commits, const sys::Repository& git)
        : commits_(commits), git_(git), gone_(commits.size()) {}

    // From the newest on, so that a revert that was itself reverted takes nothing away.
    Result<std::vector<bool>> find() {
        for (std::size_t i = 0; i < commits_.size(); ++i) {
            if (gone_[i] || commits_[i].text.find("This reverts commit ") == std::string::npos) continue;
            bool all_here = true;
            const auto message = commits_[i].message();
            for (const auto& target : message.reverts) all_here &= TRY(take(target));
            if (all_here && !message.reverts.empty() && is_revert(message)) gone_[i] = true; // else it does more
        }
        return std::move(gone_);
    }

  private:
    // Whether the commit that `id` (maybe shortened) names is in the range, which it then leaves.
    Result<bool> take(const std::string& id) {
        if (numbers_.empty())
            for (std::size_t i = 0; i < commits_.size(); ++i) numbers_.emplace(commits_[i].id, i);
        const auto found = numbers_.lower_bound(id);
        if (found == numbers_.end() || !found->first.starts_with(id)) return false;
        if (gone_[found->second]) return true;
        gone_[found->second] = true;
        // With a merge goes what it brought in.
        const auto parents = TRY(git_.commit(found->first)).parents;
        if (parents.size() < 2) return true;
        for (const auto& merged : TRY(git_.range(parents.front(), found->first)))
            if (const auto other = numbers_.find(merged); other != numbers_.end()) gone_[other->second] = true;
        return true;
    }

    const std::vector<RangeCommit>& commits_;
    const sys::Repository& git_;
    std::vector<bool> gone_;
    std::map<std::string_view, std::size_t> numbers_; // of the commits by id, made for the first revert
};

// From the work tree to the folder where the globs start; empty: they are the same.
std::filesystem::path way_to_globs(const Component& component, const sys::Repository& git) {
    std::error_code ignored;
    if (component.folder.empty() || git.work_tree().empty()) return {};
    const auto way = std::filesystem::weakly_canonical(component.folder, ignored)
                         .lexically_relative(std::filesystem::weakly_canonical(git.work_tree(), ignored));
    return way == "." || way.string().starts_with("..") ? std::filesystem::path() : way;
}

// The commits of a walk, and which of them concern which component.
class Selection {
  public:
    Selection(const sys::Repository& git, const std::vector<RangeWanted>& wanted) : wanted_(wanted) {
        std::vector<std::string> begin;
        for (const auto& one : wanted) {
            if (way_.contains(one.component)) continue;
            const auto way = way_to_globs(*one.component, git);
            way_[one.component] = way;
            if (takes_all(*one.component)) continue;
            const auto its = beginnings(*one.component, way.string());
            begin.insert(begin.end(), its.begin(), its.end());
            if (its.empty()) begin.emplace_back();
        }
        changed_.emplace(git, std::move(begin));
    }

    // Which of `asked` (numbers of `wanted`) the commit belongs to.
    Result<std::vector<std::size_t>> of(const sys::HistoryCommit& commit, const std::vector<std::size_t>& asked) {
        std::vector<const Component*> own, open;
        for (const auto number : asked) {
            const auto* component = wanted_[number].component;
            auto& list = takes_all(*component) ? own : open;
            if (std::find(list.begin(), list.end(), component) == list.end()) list.push_back(component);
        }
        using More = sys::Repository::More;
        const auto look = [&](const std::string& path) -> Result<More> {
            std::erase_if(open, [&](const Component* component) {
                const auto& way = way_[component];
                const bool is_own = belongs(
                    *component, way.empty() ? path : std::filesystem::path(path).lexically_relative(way).string());
                if (is_own) own.push_back(component);
                return is_own;
            });
            return open.empty() ? More::no : More::yes;
        };
        if (!open.empty()) TRY_VOID(changed_->of(commit, look));
        std::vector<std::size_t> found;
        for (const auto number : asked)
            if (std::find(own.begin(), own.end(), wanted_[number].component) != own.end()) found.push_back(number);
        return found;
    }

  private:
    static bool takes_all(const Component& component) { return component.include.empty() && component.exclude.empty(); }

    const std::vector<RangeWanted>& wanted_;
    std::map<const Component*, std::filesystem::path> way_; // to where its globs start
    std::optional<sys::ChangedPaths> changed_;
};

struct Walked {
    sys::History history;
    std::vector<RangeCommit> read; // by number
};

Result<Walked> walk(const sys::Repository& git, const std::vector<std::string>& bases, const std::string& head) {
    Walked walked;
    walked.history = TRY(git.history(bases, head, [&](const sys::CommitText& commit) {
        walked.read.push_back({std::string(commit.id), std::string(commit.message)});
        return Result<void>();
    }));
    return walked;
}

Result<void> take_reverts_out(CommitRange& range, const sys::Repository& git) {
    const auto gone = TRY(Reverts(range.commits, git).find());
    for (std::size_t i = 0; i < gone.size(); ++i)
        if (gone[i]) range.undone.push_back(range.commits[i].id);
    std::size_t at = 0;
    std::erase_if(range.commits, [&](const RangeCommit&) { return gone[at++]; });
    return {};
}

// `base_of`: of each that is wanted, the number of its base.
Result<std::vector<CommitRange>> sort_out(const std::vector<RangeWanted>& wanted, const Walked& walked,
                                          const std::vector<std::size_t>& base_of, const sys::Repository& git) {
    std::vector<CommitRange> ranges(wanted.size());
    Selection selection(git, wanted);
    std::vector<std::size_t> asked;
    for (const auto& commit : walked.history.commits) {
        asked.clear();
        for (std::size_t i = 0; i < wanted.size(); ++i)
            if (!((commit.behind >> base_of[i]) & 1)) asked.push_back(i);
        const auto found = TRY(selection.of(commit, asked));
        for (const auto number : found) ranges[number].commits.push_back(walked.read[commit.number]);
    }
    for (auto& range : ranges) TRY_VOID(take_reverts_out(range, git));
    return ranges;
}

struct Candidate {
    const VersionTag* tag = nullptr;
    std::string commit;
};

bool counts(const VersionTag& tag, Base base) { return base == Base::prerelease || !tag.version.is_prerelease(); }

// The highest tag of each; whether it is behind head shows in the walk.
Result<std::vector<Candidate>> highest(const std::vector<RangeWanted>& wanted, Checkout& checkout) {
    std::vector<Candidate> found(wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const auto& tags = *wanted[i].tags;
        const auto first =
            std::find_if(tags.begin(), tags.end(), [&](const VersionTag& tag) { return counts(tag, wanted[i].base); });
        if (first == tags.end()) continue;
        const auto commit = TRY(checkout.commit_of_tag(first->name));
        found[i] = {&*first, commit.value_or("")};
    }
    return found;
}

// Of a commit that does nothing but name a release, those before it, the newest first, as long as they are such
// commits, too (the version, the changelog): made of that and pushed without its branch (or the branch was written
// anew), it is no ancestor of what comes next.
std::vector<std::string> made_of(const std::string& commit, const sys::Repository& git) {
    constexpr std::size_t most = 3;
    std::vector<std::string> before;
    while (before.size() < most) {
        const auto read = git.commit(before.empty() ? commit : before.back());
        if (!read.ok() || read->parents.size() != 1) break;
        const auto message = parse_message(read->message);
        if (message.breaking || !names_release(message.description)) break;
        before.push_back(read->parents.front());
    }
    return before;
}

}

Result<std::map<std::string, std::string>> tags_behind(const std::vector<const VersionTag*>& tags,
                                                       const std::string& head, Checkout& checkout) {
    const auto commits = TRY(checkout.commits_of_tags());
    const auto* git = TRY(checkout.repository());
    std::map<std::string, std::vector<std::string>> asked; // by tag, the first that is behind counts
    for (const auto* tag : tags)
        if (const auto commit = commits.find(tag->name); commit != commits.end())
            asked.emplace(tag->name, std::vector{commit->second});
    std::map<std::string, std::string> behind;
    std::map<std::string, std::vector<std::string>> made; // by commit, which may have many tags
    for (const bool aside : {false, true}) {
        std::vector<std::string> ids;
        for (auto& [tag, places] : asked) {
            if (aside) {
                const auto [known, is_new] = made.try_emplace(places.front());
                if (is_new) known->second = made_of(known->first, *git);
                places = known->second;
            }
            ids.insert(ids.end(), places.begin(), places.end());
        }
        if (ids.empty()) break;
        const auto reached = TRY(git->reachable(ids, {head}));
        const std::unordered_set<std::string> here(reached.begin(), reached.end());
        std::erase_if(asked, [&](const auto& one) {
            const auto& places = one.second;
            const auto place = std::find_if(places.begin(), places.end(), [&](auto& id) { return here.contains(id); });
            if (place == places.end()) return false;
            behind.emplace(one.first, *place);
            return true;
        });
    }
    return behind;
}

namespace {

// The highest that is behind `head`, by one walk over the whole history or two.
Result<std::vector<Candidate>> highest_behind(const std::vector<RangeWanted>& wanted, const std::string& head,
                                              Checkout& checkout) {
    std::vector<const VersionTag*> asked;
    for (const auto& one : wanted)
        for (const auto& tag : *one.tags) asked.push_back(&tag);
    const auto behind = TRY(tags_behind(asked, head, checkout));
    std::vector<Candidate> found(wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i)
        for (const auto& tag : *wanted[i].tags) {
            const auto commit = behind.find(tag.name);
            if (!counts(tag, wanted[i].base) || commit == behind.end()) continue;
            found[i] = {&tag, commit->second};
            break;
        }
    return found;
}

// At most as many as one walk takes.
Result<std::vector<CommitRange>> commits_of_some(const std::vector<RangeWanted>& wanted, const std::string& head,
                                                 Checkout& checkout) {
    const auto& git = *TRY(checkout.repository());
    auto candidates = TRY(highest(wanted, checkout));
    while (true) {
        std::vector<std::string> bases;
        std::vector<std::size_t> base_of;
        bool all_behind = true;
        for (const auto& candidate : candidates) {
            const auto known = std::find(bases.begin(), bases.end(), candidate.commit);
            base_of.push_back(static_cast<std::size_t>(known - bases.begin()));
            if (known == bases.end()) bases.push_back(candidate.commit);
        }
        const auto walked = TRY(walk(git, bases, head));
        for (std::size_t i = 0; i < wanted.size(); ++i)
            all_behind &= !candidates[i].tag || walked.history.reached[base_of[i]];
        if (!all_behind) {
            candidates = TRY(highest_behind(wanted, head, checkout));
            continue; // all of them are behind now
        }
        auto ranges = TRY(sort_out(wanted, walked, base_of, git));
        for (std::size_t i = 0; i < wanted.size(); ++i)
            if (candidates[i].tag) ranges[i].base = *candidates[i].tag;
        return ranges;
    }
}

}

Result<std::vector<CommitRange>> commits_since_versions(const std::vector<RangeWanted>& wanted, const std::string& head,
                                                        Checkout& checkout) {
    std::vector<CommitRange> ranges;
    for (std::size_t at = 0; at < wanted.size(); at += sys::Repository::most_bases) {
        const auto from = wanted.begin() + static_cast<std::ptrdiff_t>(at);
        const auto size = std::min(sys::Repository::most_bases, wanted.size() - at);
        const std::vector<RangeWanted> some(from, from + static_cast<std::ptrdiff_t>(size));
        auto found = TRY(commits_of_some(some, head, checkout));
        std::move(found.begin(), found.end(), std::back_inserter(ranges));
    }
    return ranges;
}

Result<CommitRange> commits_since_version(const Component& component, const std::string& head, Base base,
                                          const std::vector<VersionTag>& tags, Checkout& checkout) {
    auto ranges = TRY(commits_since_versions({{&component, &tags, base}}, head, checkout));
    return std::move(ranges.front());
}

Result<CommitRange> commits_between(const Component& component, const std::string& base, const std::string& head,
                                    Checkout& checkout) {
    const auto& git = *TRY(checkout.repository());
    const auto walked = TRY(walk(git, {base}, head));
    auto ranges = TRY(sort_out({{&component, nullptr, Base::release}}, walked, {0}, git));
    return std::move(ranges.front());
}

}
