// What changes add. The attributes of the repository are not asked which files are text: whoever hides a secret in
// a change would write `* -diff` first.
#include "sys/files/beneath.h"
#include "sys/git/changes.h"
#include "sys/git/links.h"
#include "sys/git/trees.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <map>
#include <utility>

namespace fairlead::sys {
namespace {

using Each = Repository::EachAdded;

// Telling renamed files that were edited, too, compares every new file with every removed one. Beyond this many pairs
// (seconds, then minutes) only those that moved as they were are told; the others count as new.
constexpr std::size_t most_pairs = 100'000;

bool takes_long(const GitState& state, const git_diff* diff) {
    const auto count = [&](git_delta_t kind) { return git_diff_num_deltas_of_type(diff, kind); };
    const std::size_t pairs = count(GIT_DELTA_ADDED) * count(GIT_DELTA_DELETED);
    if (pairs == 0 || pairs > most_pairs) return pairs > 0;
    std::uint64_t bytes = 0; // that would be read for it
    for (std::size_t i = 0; i < git_diff_num_deltas(diff); ++i) {
        const git_diff_delta& delta = *git_diff_get_delta(diff, i);
        if (delta.status == GIT_DELTA_ADDED) bytes += state.size_of(delta.new_file.id);
        if (delta.status == GIT_DELTA_DELETED) bytes += state.size_of(delta.old_file.id);
    }
    return bytes > largest_content;
}

// Which files differ; a renamed file is compared with what it was (git's 50 %).
Result<FileChanges> changes_of(const GitState& state, GitDiff diff) {
    git_diff_find_options find;
    git_diff_find_options_init(&find, GIT_DIFF_FIND_OPTIONS_VERSION);
    find.flags = GIT_DIFF_FIND_RENAMES;
    if (takes_long(state, diff.get())) {
        find.flags |= GIT_DIFF_FIND_EXACT_MATCH_ONLY;
        find.rename_limit = std::numeric_limits<int>::max();
    }
    if (git_diff_find_similar(diff.get(), &find) != 0)
        return could_not(fmt::format("renamed files can't be found: {}", git_reason()));
    FileChanges result;
    for (std::size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i) {
        const git_diff_delta& delta = *git_diff_get_delta(diff.get(), i);
        const bool is_gone = delta.status == GIT_DELTA_DELETED || delta.status == GIT_DELTA_CONFLICTED;
        if (is_gone || !has_content(delta.new_file.mode)) continue;
        FileChange change{delta.new_file.path, delta.new_file.id, std::nullopt, false};
        change.new_name = delta.status == GIT_DELTA_ADDED || delta.status == GIT_DELTA_RENAMED;
        const bool had_content = delta.status != GIT_DELTA_ADDED && has_content(delta.old_file.mode);
        if (had_content) change.before = delta.old_file.id;
        if (change.new_name || !change.same_content()) result.emplace(change.path, change);
    }
    return result;
}

Result<GitDiff> tree_diff(const GitState& state, git_tree* before, git_tree* now) {
    const git_diff_options options = diff_options();
    GitDiff diff;
    if (git_make(diff, git_diff_tree_to_tree, state.handle.get(), before, now, &options) != 0)
        return could_not(fmt::format("two trees of {} can't be compared: {}", state.shown(), git_reason()));
    return diff;
}

// The trees of a commit's parents; of the first commit one null, the empty tree.
Result<std::vector<GitTree>> parent_trees(const GitState& state, std::string_view commit) {
    const git_oid id = TRY(state.id_of(commit));
    const GitCommit owner = TRY(state.commit(id));
    const unsigned parents = git_commit_parentcount(owner.get());
    if (parents == 0 && state.boundary.contains(id)) return state.missing("the parent of commit", id);
    std::vector<GitTree> trees(parents == 0 ? 1 : 0);
    for (unsigned i = 0; i < parents; ++i) {
        auto tree = TRY(state.tree_of(git_id_text(*git_commit_parent_id(owner.get(), i))));
        trees.push_back(std::move(tree));
    }
    return trees;
}

// Whether any file differs in all. Of most merges none does, and there is nothing more to ask.
bool share_a_path(const std::vector<GitDiff>& diffs) {
    std::map<std::string_view, std::size_t> seen;
    for (const GitDiff& diff : diffs)
        for (std::size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i)
            if (++seen[git_diff_get_delta(diff.get(), i)->new_file.path] == diffs.size()) return true;
    return false;
}

}

Result<std::vector<FileChanges>> changes_in(const GitState& state, std::string_view commit) {
    const GitTree now = TRY(state.tree_of(commit));
    const auto parents = TRY(parent_trees(state, commit));
    const git_oid id = TRY(state.id_of(commit));
    TreeBounds bounds(state, id);
    std::vector<GitDiff> diffs;
    for (const GitTree& before : parents) {
        TRY_VOID(bounds.count(before.get(), now.get()));
        auto diff = TRY(tree_diff(state, before.get(), now.get()));
        diffs.push_back(std::move(diff));
    }
    std::vector<FileChanges> changes(diffs.size());
    if (!share_a_path(diffs)) return changes;
    for (std::size_t i = 0; i < diffs.size(); ++i) changes[i] = TRY(changes_of(state, std::move(diffs[i])));
    return changes;
}

Result<void> Repository::added_lines(std::string_view commit, const Each& each) const {
    const auto changes = TRY(changes_in(*state_, commit));
    return report_added(*state_, changes, commit, each);
}

Result<FileChanges> changes_between(const GitState& state, std::string_view base, std::string_view head) {
    const GitTree before = TRY(state.tree_of(base));
    const GitTree now = TRY(state.tree_of(head));
    const git_oid id = TRY(state.id_of(head));
    TRY_VOID(TreeBounds(state, id).count(before.get(), now.get()));
    GitDiff diff = TRY(tree_diff(state, before.get(), now.get()));
    return changes_of(state, std::move(diff));
}

Result<void> Repository::added_between(std::string_view base, std::string_view head, const Each& each) const {
    FileChanges changes = TRY(changes_between(*state_, base, head));
    return report_added(*state_, {std::move(changes)}, head, each);
}

namespace {

// Returns a file of the work tree as git would store it: without the "\r" that core.autocrlf or an attribute adds.
Result<std::string> as_stored(const GitState& state, const std::string& path, const std::string& text) {
    const auto failed = [&] {
        return could_not(fmt::format("{} can't be read as git stores it: {}", path, git_reason()));
    };
    Freed<git_filter_list, git_filter_list_free> filters; // those of libgit2 only: no program of the repository runs
    if (git_make(filters, git_filter_list_load, state.handle.get(), nullptr, path.c_str(), GIT_FILTER_TO_ODB,
                 GIT_FILTER_DEFAULT) != 0)
        return failed();
    if (!filters) return text;
    git_buf stored = GIT_BUF_INIT;
    const int status = git_filter_list_apply_to_buffer(&stored, filters.get(), text.data(), text.size());
    std::string result(stored.ptr ? stored.ptr : "", stored.size);
    git_buf_dispose(&stored);
    if (status != 0) return failed();
    return result;
}

// Reads the files whose content only the work tree has. Links are left out.
Result<void> read_edited(const GitState& state, const std::string& work_tree, FileChanges& changes) {
    Freed<git_odb, git_odb_free> objects;
    if (git_make(objects, git_repository_odb, state.handle.get()) != 0)
        return could_not(fmt::format("the objects of {} can't be read: {}", state.shown(), git_reason()));
    const Root root = TRY(Root::open(work_tree));
    for (auto each = changes.begin(); each != changes.end();) {
        auto& [path, change] = *each;
        if (git_odb_exists(objects.get(), &change.now) != 0) {
            ++each;
            continue;
        }
        const auto info = TRY(root.inspect(path));
        if (info.type != FileType::file) {
            each = changes.erase(each);
            continue;
        }
        ++each;
        const auto text = TRY(root.read(path, largest_content));
        change.edited = TRY(as_stored(state, path, text));
    }
    return {};
}

}

Result<void> Repository::added_since(std::string_view base, const Each& each) const {
    const auto tracked = TRY(tracked_files());
    TRY_VOID(refuse_outward_rules(work_tree(), tracked));
    GitTree before;
    if (!base.empty()) before = TRY(state_->tree_of(base));
    const git_diff_options options = diff_options();
    GitDiff diff;
    if (git_make(diff, git_diff_tree_to_workdir_with_index, state_->handle.get(), before.get(), &options) != 0)
        return could_not(
            fmt::format("the work tree of {} can't be compared with {}: {}", state_->shown(), base, git_reason()));
    FileChanges changes = TRY(changes_of(*state_, std::move(diff)));
    TRY_VOID(read_edited(*state_, work_tree(), changes));
    return report_added(*state_, {std::move(changes)}, "", each);
}

namespace {

// libgit2 takes entries that are assumed unchanged (git-update-index(1)) for equal to HEAD without a look at their ids,
// and core.ignoreStat marks all of them so. A copy: the repository keeps its own index, and asks it for these marks.
Result<GitIndex> index_without_marks(const GitState& state) {
    const GitIndex marked = TRY(state.index());
    GitIndex copy;
    if (git_make(copy, git_index_open, git_index_path(marked.get())) != 0)
        return could_not(fmt::format("the index of {} can't be read: {}", state.shown(), git_reason()));
    for (std::size_t i = 0; i < git_index_entrycount(copy.get()); ++i) {
        auto* entry = const_cast<git_index_entry*>(git_index_get_byindex(copy.get(), i));
        entry->flags &= static_cast<std::uint16_t>(~GIT_INDEX_ENTRY_VALID);
        entry->flags_extended &= static_cast<std::uint16_t>(~GIT_INDEX_ENTRY_SKIP_WORKTREE);
    }
    return copy;
}

Result<GitDiff> staged_diff(const GitState& state, const std::optional<std::string>& head) {
    GitTree before;
    if (head) before = TRY(state.tree_of(*head));
    TRY_VOID(state.require_index(head));
    const GitIndex index = TRY(index_without_marks(state));
    const git_diff_options options = diff_options();
    GitDiff diff;
    if (git_make(diff, git_diff_tree_to_index, state.handle.get(), before.get(), index.get(), &options) != 0)
        return could_not(fmt::format("the index of {} can't be compared with HEAD: {}", state.shown(), git_reason()));
    return diff;
}

bool contains(const std::vector<std::string>& sorted, const char* path) {
    return std::binary_search(sorted.begin(), sorted.end(), path);
}

// Whether one of the files differs that git was told not to look at. A sparse work tree leaves files out: they are the
// same.
Result<bool> hides_changes(const GitState& state, const std::vector<std::string>& left_out) {
    const auto hidden = TRY(state.paths_in_index([](const git_index_entry& entry) {
        return (entry.flags & GIT_INDEX_ENTRY_VALID) != 0 ||
               (entry.flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE) != 0;
    }));
    if (hidden.empty()) return false;
    const GitIndex index = TRY(index_without_marks(state));
    const git_diff_options options = diff_options();
    GitDiff diff;
    if (git_make(diff, git_diff_index_to_workdir, state.handle.get(), index.get(), &options) != 0)
        return could_not(fmt::format("the state of {} can't be read: {}", state.shown(), git_reason()));
    for (std::size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i) {
        const auto* delta = git_diff_get_delta(diff.get(), i);
        if (delta->status != GIT_DELTA_DELETED || !contains(left_out, delta->old_file.path)) return true;
    }
    return false;
}

}

Result<bool> Repository::is_dirty() const {
    if (git_repository_is_bare(state_->handle.get())) return false;
    const auto tracked = TRY(tracked_files());
    TRY_VOID(refuse_outward_rules(work_tree(), tracked));
    git_status_options options;
    git_status_options_init(&options, GIT_STATUS_OPTIONS_VERSION);
    options.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR;
    options.flags = 0; // no untracked and no ignored files
    Freed<git_status_list, git_status_list_free> list;
    if (git_make(list, git_status_list_new, state_->handle.get(), &options) != 0)
        return could_not(fmt::format("the state of {} can't be read: {}", state_->shown(), git_reason()));
    const auto left_out = TRY(left_out_files());
    for (std::size_t i = 0; i < git_status_list_entrycount(list.get()); ++i) {
        const auto* entry = git_status_byindex(list.get(), i);
        if (entry->status != GIT_STATUS_WT_DELETED || !contains(left_out, entry->index_to_workdir->old_file.path))
            return true;
    }
    return hides_changes(*state_, left_out);
}

Result<void> Repository::staged_lines(const Each& each) const {
    GitDiff diff = TRY(staged_diff(*state_, head_commit()));
    FileChanges changes = TRY(changes_of(*state_, std::move(diff)));
    return report_added(*state_, {std::move(changes)}, "", each);
}

Result<void> Repository::unstaged_lines(const Each& each) const {
    const auto tracked = TRY(tracked_files());
    TRY_VOID(refuse_outward_rules(work_tree(), tracked));
    const GitIndex index = TRY(state_->index());
    const git_diff_options options = diff_options();
    GitDiff diff;
    if (git_make(diff, git_diff_index_to_workdir, state_->handle.get(), index.get(), &options) != 0)
        return could_not(
            fmt::format("the work tree of {} can't be compared with the index: {}", state_->shown(), git_reason()));
    FileChanges changes = TRY(changes_of(*state_, std::move(diff)));
    TRY_VOID(read_edited(*state_, work_tree(), changes));
    return report_added(*state_, {std::move(changes)}, "", each);
}

Result<std::size_t> Repository::staged_files() const {
    const GitDiff diff = TRY(staged_diff(*state_, head_commit()));
    const auto promised = TRY(state_->paths_in_index( // git add -N: nothing of it is staged
        [](const git_index_entry& entry) { return (entry.flags_extended & GIT_INDEX_ENTRY_INTENT_TO_ADD) != 0; }));
    std::size_t count = 0;
    for (std::size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i)
        if (const auto& file = git_diff_get_delta(diff.get(), i)->new_file;
            file.mode != GIT_FILEMODE_COMMIT && // a submodule: its files are elsewhere
            !std::binary_search(promised.begin(), promised.end(), file.path))
            ++count;
    return count;
}

}
