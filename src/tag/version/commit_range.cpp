#include "tag/version/commit_range.h"
#include "sys/git/changed_paths.h"
#include <algorithm>
#include <filesystem>
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
            const auto targets = commits_[i].message().reverts;
            for (const auto& target : targets) all_here &= TRY(take(target));
            if (all_here && !targets.empty()) gone_[i] = true;
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

// Those that concern the component, each with what it changes.
Result<void> keep_own(const Component& component, const sys::Repository& git, std::vector<RangeCommit>& commits,
                      const std::vector<sys::HistoryCommit>& history) {
    if (component.include.empty() && component.exclude.empty()) return {};
    using More = sys::Repository::More;
    const auto way = way_to_globs(component, git);
    sys::ChangedPaths changed(git, beginnings(component, way.string()));
    std::vector<RangeCommit> own;
    for (std::size_t i = 0; i < commits.size(); ++i) {
        bool is_own = false;
        TRY_VOID(changed.of(history[i], [&](const std::string& path) -> Result<More> {
            is_own =
                belongs(component, way.empty() ? path : std::filesystem::path(path).lexically_relative(way).string());
            return is_own ? More::no : More::yes;
        }));
        if (is_own) own.push_back(std::move(commits[i]));
    }
    commits = std::move(own);
    return {};
}

struct Walked {
    std::vector<RangeCommit> commits;
    std::vector<sys::HistoryCommit> history; // of the same
    bool base_reached = false;
};

Result<Walked> walk(const sys::Repository& git, const std::string& base, const std::string& head) {
    std::vector<RangeCommit> read;
    std::vector<std::string> bases;
    if (!base.empty()) bases.push_back(base);
    auto history = TRY(git.history(bases, head, [&](const sys::CommitText& commit) {
        read.push_back({std::string(commit.id), std::string(commit.message)});
        return Result<void>();
    }));
    Walked walked;
    walked.base_reached = base.empty() || history.reached.front();
    for (const auto& commit : history.commits) walked.commits.push_back(std::move(read[commit.number]));
    walked.history = std::move(history.commits);
    return walked;
}

Result<CommitRange> finish(const Component& component, const sys::Repository& git, std::optional<VersionTag> base,
                           Walked walked) {
    CommitRange range{std::move(base), std::move(walked.commits), {}};
    TRY_VOID(keep_own(component, git, range.commits, walked.history));
    const auto gone = TRY(Reverts(range.commits, git).find());
    for (std::size_t i = 0; i < gone.size(); ++i)
        if (gone[i]) range.undone.push_back(range.commits[i].id);
    std::size_t at = 0;
    std::erase_if(range.commits, [&](const RangeCommit&) { return gone[at++]; });
    return range;
}

struct Candidate {
    const VersionTag* tag = nullptr;
    std::string commit;
};

// The highest of `tags` that is an ancestor of `head`, by one walk over the whole history.
Result<Candidate> highest_behind(const std::vector<VersionTag>& tags, const std::string& head, Checkout& checkout) {
    const auto commits = TRY(checkout.commits_of_tags());
    std::vector<std::string> asked;
    for (const auto& tag : tags)
        if (const auto commit = commits.find(tag.name); commit != commits.end()) asked.push_back(commit->second);
    const auto* git = TRY(checkout.repository());
    const auto reached = TRY(git->reachable(asked, {head}));
    const std::unordered_set<std::string> behind(reached.begin(), reached.end());
    for (const auto& tag : tags)
        if (const auto commit = commits.find(tag.name); commit != commits.end() && behind.contains(commit->second))
            return Candidate{&tag, commit->second};
    return Candidate{};
}

}

Result<CommitRange> commits_since_version(const Component& component, const std::string& head, Base base,
                                          const std::vector<VersionTag>& tags, Checkout& checkout) {
    const auto& git = *TRY(checkout.repository());
    std::vector<VersionTag> candidates;
    for (const auto& tag : tags)
        if (base == Base::prerelease || !tag.version.is_prerelease()) candidates.push_back(tag);
    // The highest tag is mostly an ancestor, so it is tried first.
    if (!candidates.empty()) {
        if (const auto commit = TRY(checkout.commit_of_tag(candidates.front().name))) {
            auto walked = TRY(walk(git, *commit, head));
            if (walked.base_reached) return finish(component, git, candidates.front(), std::move(walked));
        }
        const auto highest = TRY(highest_behind(candidates, head, checkout));
        if (highest.tag) {
            auto walked = TRY(walk(git, highest.commit, head));
            return finish(component, git, *highest.tag, std::move(walked));
        }
    }
    auto walked = TRY(walk(git, "", head));
    return finish(component, git, std::nullopt, std::move(walked));
}

Result<CommitRange> commits_between(const Component& component, const std::string& base, const std::string& head,
                                    Checkout& checkout) {
    const auto& git = *TRY(checkout.repository());
    auto walked = TRY(walk(git, base, head));
    return finish(component, git, std::nullopt, std::move(walked));
}

}
