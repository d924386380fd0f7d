#include "sys/git/state.h"
#include <fmt/format.h>

namespace fairlead::sys {

Result<std::vector<std::pair<std::string, CommitParts>>> Repository::tags_to_commit(std::string_view revision) const {
    std::vector<std::pair<std::string, CommitParts>> tags;
    GitObject object;
    if (git_make(object, git_revparse_single, state_->handle.get(), std::string(revision).c_str()) != 0)
        return could_not(fmt::format("revision '{}' is unknown in {}", revision, state_->shown()));
    git_oid id = *git_object_id(object.get());
    for (auto type = git_object_type(object.get()); type == GIT_OBJECT_TAG;) {
        TRY_VOID(state_->refuse_large("tag", id, largest_object));
        Freed<git_tag, git_tag_free> tag;
        if (git_make(tag, git_tag_lookup, state_->handle.get(), &id) != 0)
            return could_not(fmt::format("tag {} can't be read: {}", git_id_text(id), git_reason()));
        const std::string bytes = TRY(state_->bytes_of_commit(id));
        tags.emplace_back(git_id_text(id), parts_of_commit(bytes));
        type = git_tag_target_type(tag.get());
        id = *git_tag_target_id(tag.get());
    }
    return tags;
}

std::optional<std::int64_t> Repository::tagged_at(std::string_view id) const {
    const auto wanted = state_->id_of(id);
    Freed<git_tag, git_tag_free> tag;
    if (!wanted.ok() || git_make(tag, git_tag_lookup, state_->handle.get(), &wanted.value()) != 0) return std::nullopt;
    const git_signature* tagger = git_tag_tagger(tag.get());
    return tagger ? tagger->when.time : 0;
}

}
