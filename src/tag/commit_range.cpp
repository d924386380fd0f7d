#include "tag/commit_range.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

// Takes away a revert together with what it reverts where both are there, the newest revert first.
void cancel_reverts(std::vector<RangeCommit>& commits) {
    std::vector<bool> gone(commits.size());
    for (std::size_t i = 0; i < commits.size(); ++i) {
        if (gone[i] || commits[i].text.find("This reverts commit ") == std::string::npos) continue;
        const auto target = commits[i].message().reverts;
        for (std::size_t older = i + 1; target && older < commits.size(); ++older) {
            if (gone[older] || !commits[older].id.starts_with(*target)) continue;
            gone[i] = gone[older] = true;
            break;
        }
    }
    std::size_t at = 0;
    std::erase_if(commits, [&](const RangeCommit&) { return gone[at++]; });
}

Result<void> keep_own(const Component& component, const sys::Repository& git, std::vector<RangeCommit>& commits) {
    if (component.include.empty() && component.exclude.empty()) return {};
    std::vector<RangeCommit> own;
    for (auto& commit : commits)
        if (belongs(component, TRY(git.changed_paths(commit.id)))) own.push_back(std::move(commit));
    commits = std::move(own);
    return {};
}

// A loose tag's id may be that of an annotated tag's object.
Result<void> peel(VersionTag& tag, const sys::Repository& git) {
    tag.commit = TRY(git.resolve("refs/tags/" + tag.name));
    return {};
}

struct Walked {
    std::vector<RangeCommit> commits;
    bool base_reached = false;
};

Result<Walked> walk(const sys::Repository& git, const std::string& base, const std::string& head) {
    std::vector<RangeCommit> read;
    const auto range = TRY(git.text_range(base, head, [&](const sys::CommitText& commit) {
        read.push_back({std::string(commit.id), std::string(commit.message)});
    }));
    Walked walked;
    walked.base_reached = range.base_reached;
    for (const auto number : range.commits) walked.commits.push_back(std::move(read[number]));
    return walked;
}

}

Result<std::vector<VersionTag>> version_tags(const std::string& prefix, Checkout& checkout) {
    std::vector<VersionTag> tags;
    TRY_VOID(checkout.each_tag([&](std::string_view name) {
        if (!name.starts_with(prefix)) return;
        const auto rest = name.substr(prefix.size());
        if (rest.starts_with('v')) return; // the prefix is exact
        if (auto version = parse_semver(rest)) tags.push_back({std::string(name), {}, std::move(*version)});
    }));
    std::sort(tags.begin(), tags.end(),
              [](const VersionTag& a, const VersionTag& b) { return compare(a.version, b.version) > 0; });
    return tags;
}

Result<CommitRange> commits_since_version(const Component& component, const std::string& head, Base base,
                                          const std::vector<VersionTag>& tags, Checkout& checkout) {
    const auto* git = TRY(checkout.repository());
    std::vector<VersionTag> candidates;
    for (const auto& tag : tags)
        if (base == Base::prerelease || !tag.version.is_prerelease()) candidates.push_back(tag);
    CommitRange range;
    Walked walked;
    // The highest tag is mostly an ancestor; if not, one walk over the whole history tells which tags are.
    if (!candidates.empty()) {
        TRY_VOID(peel(candidates.front(), *git));
        walked = TRY(walk(*git, candidates.front().commit, head));
        if (walked.base_reached) range.base = candidates.front();
    }
    if (!candidates.empty() && !range.base) {
        std::vector<std::string> ids;
        for (auto& tag : candidates) {
            TRY_VOID(peel(tag, *git));
            ids.push_back(tag.commit);
        }
        const auto reached = TRY(git->reachable(ids, head));
        for (const auto& tag : candidates)
            if (!range.base && std::find(reached.begin(), reached.end(), tag.commit) != reached.end()) range.base = tag;
        if (range.base) walked = TRY(walk(*git, range.base->commit, head));
    }
    if (!range.base) walked = TRY(walk(*git, "", head));
    range.commits = std::move(walked.commits);
    TRY_VOID(keep_own(component, *git, range.commits));
    cancel_reverts(range.commits);
    return range;
}

Result<CommitRange> commits_between(const Component& component, const std::string& base, const std::string& head,
                                    Checkout& checkout) {
    const auto* git = TRY(checkout.repository());
    CommitRange range;
    range.commits = TRY(walk(*git, base, head)).commits;
    TRY_VOID(keep_own(component, *git, range.commits));
    cancel_reverts(range.commits);
    return range;
}

}
