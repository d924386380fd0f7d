#include "tag/source/checkout.h"
#include "tag/source/clone.h"
#include <algorithm>
#include <fmt/format.h>
#include <tuple>
#include <unordered_map>

// Which commits the tags lead to, and how far a commit is from them.
namespace fairlead::tag {

namespace {

// packed-refs says that it names what each annotated tag leads to, but `git refs migrate` writes that without doing so.
// A look at some shows it: it then did so for none.
Result<bool> is_peeled(const std::vector<sys::StoredReference>& references, const sys::Repository& git) {
    constexpr std::size_t enough = 256;
    std::vector<std::string> ids;
    const auto step = std::max<std::size_t>(1, references.size() / enough);
    for (std::size_t i = 0; i < references.size(); i += step)
        if (const auto& one = references[i]; one.name.starts_with(tags_folder) && one.peeled == one.id)
            ids.emplace_back(one.id);
    const auto commits = TRY(git.commits_behind(ids));
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (commits[i] && *commits[i] != ids[i]) return false;
    return true;
}

}

Result<const std::vector<Checkout::TagAt>*> Checkout::tags_at() {
    if (tags_at_) return &*tags_at_;
    const auto* git = TRY(repository());
    auto* references = TRY(this->references());
    const auto& all = *TRY(references->whole());
    const bool peeled_told = TRY(is_peeled(all, *git));
    const auto foreign = foreign_tags(git->clone_records().all_refspecs);
    std::vector<TagAt> found, unpeeled;
    found.reserve(all.size());
    std::vector<std::string> ids;
    for (const auto& reference : all) {
        if (!is_tag(reference.name, foreign) || reference.id.empty()) continue;
        const bool annotated = reference.peeled != reference.id;
        const TagAt tag{reference.name.substr(tags_folder.size()), annotated ? reference.id : std::string_view(),
                        reference.peeled};
        if (!reference.peeled.empty() && (annotated || peeled_told)) {
            found.push_back(tag);
        } else {
            unpeeled.push_back({tag.name, reference.id, {}});
            ids.emplace_back(reference.id);
        }
    }
    peeled_ = TRY(git->commits_behind(ids));
    for (std::size_t i = 0; i < peeled_.size(); ++i) {
        auto& tag = unpeeled[i];
        if (!peeled_[i]) continue; // a tag of a tree or a file
        if (*peeled_[i] == tag.object) tag.object = {};
        tag.commit = *peeled_[i];
        found.push_back(tag);
    }
    tags_at_ = std::move(found);
    return &*tags_at_;
}

Result<std::map<std::string, std::string>> Checkout::commits_of_tags() {
    std::map<std::string, std::string> commits;
    for (const auto& tag : *TRY(tags_at())) commits.emplace(tag.name, tag.commit);
    return commits;
}

Result<std::size_t> Checkout::commit_count(const std::string& head) {
    const auto* git = TRY(repository());
    const auto commit = TRY(git->resolve(head));
    return TRY(git->range("", commit)).size();
}

namespace {

// Of several tags at one commit git takes the newest annotated one, else the first by name.
template <typename Found>
std::string preferred(Found begin, Found end, const sys::Repository& git) {
    std::optional<std::tuple<bool, std::int64_t, std::string_view>> first;
    for (auto found = begin; found != end; ++found) {
        const auto& tag = **found;
        const auto time = tag.object.empty() ? std::nullopt : git.tagged_at(tag.object);
        const auto place = std::make_tuple(!time, -time.value_or(0), tag.name);
        if (!first || place < *first) first = place;
    }
    return first ? std::string(std::get<2>(*first)) : std::string();
}

}

Result<Checkout::Described> Checkout::describe(const std::string& head) {
    constexpr std::size_t candidates = 10; // as git looks at
    const auto* git = TRY(repository());
    const auto id = resolve(head).value_or(head);
    if (const auto known = require(Tags::behind); !known.ok()) {
        // The tag that is being built is an answer at its own commit, whatever else the clone lacks.
        if (own_tag_.empty() || resolve(std::string(tags_folder) + own_tag_) != id) return known.error();
        return Described{own_tag_, 0, own_tag_};
    }
    std::unordered_map<std::string_view, std::vector<const TagAt*>> tags_at;
    for (const auto& tag : *TRY(this->tags_at())) tags_at[tag.commit].push_back(&tag);
    Described best{{}, 0, id.substr(0, 7)};
    if (tags_at.empty() && !git->is_shallow()) return best;
    std::size_t looked_at = 0, seen = 0;
    using More = sys::Repository::More;
    const auto walked = git->each_ancestor(id, [&](const std::string& commit) -> Result<More> {
        // As many newer commits are not behind this one, so it can't be nearer than that.
        if (!best.tag.empty() && looked_at >= best.distance) return More::no;
        ++looked_at;
        const auto here = tags_at.find(commit);
        if (here == tags_at.end()) return More::yes;
        std::size_t distance = 0;
        if (commit != id) distance = TRY(git->range(commit, id)).size();
        if (best.tag.empty() || distance < best.distance)
            best = {preferred(here->second.begin(), here->second.end(), *git), distance, {}};
        return ++seen < candidates && best.distance > 0 ? More::yes : More::no;
    });
    if (!walked.ok()) return cut_short(walked.error());
    if (!best.tag.empty())
        best.text = best.distance == 0 ? best.tag : fmt::format("{}-{}-g{}", best.tag, best.distance, id.substr(0, 7));
    return best;
}

}
