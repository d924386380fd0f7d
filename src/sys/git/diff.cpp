// What changes add. The attributes of the repository are not asked which files are text: whoever hides a secret in
// a change would write `* -diff` first.
#include "sys/encoding.h"
#include "sys/files/beneath.h"
#include "sys/git/links.h"
#include "sys/git/state.h"
#include "sys/git/trees.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <map>

namespace fairlead::sys {
namespace {

using Each = Repository::EachAdded;

struct AddedRun { // of added lines in the new file
    int first;
    int count;
};

// A file that a change adds, alters or renames: its new content, and the old one unless it is new.
struct Change {
    std::string path;
    git_oid now;
    std::optional<git_oid> before;
    bool new_name = false;
    std::optional<std::string> edited = {}; // its content if only the work tree has it: `now` is no object then
    bool same_content() const { return before && git_oid_equal(&*before, &now) != 0; }
};
using Changes = std::map<std::string, Change>;

std::string_view bytes_of_blob(const GitBlob& blob) {
    if (!blob) return {};
    return {static_cast<const char*>(git_blob_rawcontent(blob.get())),
            static_cast<std::size_t>(git_blob_rawsize(blob.get()))};
}

// The content of a file as text: UTF-16 is not a binary file.
class Content {
  public:
    explicit Content(GitBlob blob) : blob_(std::move(blob)), decoded_(decoded_text(bytes_of_blob(blob_))) {}
    explicit Content(std::string_view edited) : edited_(edited), decoded_(decoded_text(edited)) {}
    std::string_view text() const {
        return decoded_ ? std::string_view(*decoded_) : blob_ ? bytes_of_blob(blob_) : edited_;
    }

  private:
    GitBlob blob_;
    std::string_view edited_;
    std::optional<std::string> decoded_;
};

int count_lines(std::string_view bytes) {
    const auto ends = std::count(bytes.begin(), bytes.end(), '\n');
    return static_cast<int>(ends) + (bytes.empty() || bytes.ends_with('\n') ? 0 : 1);
}

// Goes through the lines of a text, forward only. No place of a line is kept: a text may have as many as bytes.
class Lines {
  public:
    explicit Lines(std::string_view text) : text_(text) {}
    // The lines of a run, which begins behind the last one, as they stand in the text.
    std::string_view take(const AddedRun& run) {
        skip(run.first - line_);
        const std::size_t begin = at_;
        skip(run.count);
        begin_ = begin;
        return text_.substr(begin, at_ - begin);
    }
    // Of what was taken last.
    std::vector<std::string> before(std::size_t most) const {
        std::vector<std::string> lines;
        for (std::size_t end = begin_; end > 0 && lines.size() < most;) {
            const std::size_t newline = end < 2 ? text_.npos : text_.rfind('\n', end - 2);
            const std::size_t begin = newline == text_.npos ? 0 : newline + 1;
            lines.push_back(plain(text_.substr(begin, end - begin)));
            end = begin;
        }
        std::reverse(lines.begin(), lines.end());
        return lines;
    }
    std::vector<std::string> after(std::size_t most) const {
        std::vector<std::string> lines;
        for (std::size_t begin = at_; begin < text_.size() && lines.size() < most;) {
            const std::size_t end = std::min(text_.find('\n', begin), text_.size() - 1) + 1;
            lines.push_back(plain(text_.substr(begin, end - begin)));
            begin = end;
        }
        return lines;
    }
    // Without the end of the last line, and without carriage returns at the ends of lines.
    static std::string plain(std::string_view lines) {
        if (lines.ends_with('\n')) lines.remove_suffix(1);
        if (lines.ends_with('\r')) lines.remove_suffix(1);
        std::string text;
        text.reserve(lines.size());
        for (std::size_t begin = 0, end = 0; begin < lines.size(); begin = end + 1) {
            end = std::min(lines.find("\r\n", begin), lines.size());
            text += lines.substr(begin, end - begin);
        }
        return text;
    }

  private:
    void skip(int lines) {
        for (; lines > 0 && at_ < text_.size(); --lines, ++line_)
            at_ = std::min(text_.find('\n', at_), text_.size() - 1) + 1;
    }
    std::string_view text_;
    std::size_t begin_ = 0, at_ = 0;
    int line_ = 1; // at at_
};

git_diff_options diff_options() {
    git_diff_options options;
    git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
    options.context_lines = 0;
    options.interhunk_lines = 0;
    options.flags =
        GIT_DIFF_IGNORE_SUBMODULES | GIT_DIFF_INCLUDE_TYPECHANGE | GIT_DIFF_FORCE_TEXT | GIT_DIFF_INDENT_HEURISTIC;
    return options;
}

int on_hunk(const git_diff_delta*, const git_diff_hunk* hunk, void* runs) {
    if (hunk->new_lines > 0) static_cast<std::vector<AddedRun>*>(runs)->push_back({hunk->new_start, hunk->new_lines});
    return 0;
}

// Comparing takes about a hundred bytes for each line. Of a file with more of them all count as added.
constexpr int most_lines = 1'000'000;

Result<std::vector<AddedRun>> added_runs(std::string_view before, std::string_view now, const std::string& path) {
    std::vector<AddedRun> runs;
    const int lines = count_lines(now);
    if (before.empty() || lines > most_lines || count_lines(before) > most_lines) {
        if (lines > 0) runs.push_back({1, lines});
        return runs;
    }
    const git_diff_options options = diff_options();
    if (git_diff_buffers(before.data(), before.size(), nullptr, now.data(), now.size(), nullptr, &options, nullptr,
                         nullptr, on_hunk, nullptr, &runs) != 0)
        return could_not(fmt::format("the changes of {} can't be computed: {}", path, git_reason()));
    return runs;
}

std::vector<AddedRun> in_both(const std::vector<AddedRun>& a, const std::vector<AddedRun>& b) {
    std::vector<AddedRun> result;
    for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
        const int first = std::max(a[i].first, b[j].first);
        const int end_of_a = a[i].first + a[i].count, end_of_b = b[j].first + b[j].count;
        const int end = std::min(end_of_a, end_of_b);
        if (first < end) result.push_back({first, end - first});
        end_of_a < end_of_b ? ++i : ++j;
    }
    return result;
}

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

// By the type in its mode, as git sees it: whatever permissions a tree object gives a file, it is one. What has a type
// that git doesn't know is looked at as well.
bool has_content(std::uint32_t mode) {
    constexpr std::uint32_t type = 0170000;
    return (mode & type) != GIT_FILEMODE_COMMIT && (mode & type) != GIT_FILEMODE_TREE;
}

// Which files differ; a renamed file is compared with what it was (git's 50 %).
Result<Changes> changes_of(const GitState& state, GitDiff diff) {
    git_diff_find_options find;
    git_diff_find_options_init(&find, GIT_DIFF_FIND_OPTIONS_VERSION);
    find.flags = GIT_DIFF_FIND_RENAMES;
    if (takes_long(state, diff.get())) {
        find.flags |= GIT_DIFF_FIND_EXACT_MATCH_ONLY;
        find.rename_limit = std::numeric_limits<int>::max();
    }
    if (git_diff_find_similar(diff.get(), &find) != 0)
        return could_not(fmt::format("renamed files can't be found: {}", git_reason()));
    Changes result;
    for (std::size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i) {
        const git_diff_delta& delta = *git_diff_get_delta(diff.get(), i);
        const bool is_gone = delta.status == GIT_DELTA_DELETED || delta.status == GIT_DELTA_CONFLICTED;
        if (is_gone || !has_content(delta.new_file.mode)) continue;
        Change change{delta.new_file.path, delta.new_file.id, std::nullopt, false};
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

// Whether any file differs in all. Of most merges none does, and there is nothing more to ask.
bool share_a_path(const std::vector<GitDiff>& diffs) {
    std::map<std::string_view, std::size_t> seen;
    for (const GitDiff& diff : diffs)
        for (std::size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i)
            if (++seen[git_diff_get_delta(diff.get(), i)->new_file.path] == diffs.size()) return true;
    return false;
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

// Lines of the new content that are in none of the old ones.
Result<std::vector<AddedRun>> runs_of(const GitState& state, const std::vector<const Change*>& one_path,
                                      std::string_view now) {
    std::vector<AddedRun> runs = {{1, std::numeric_limits<int>::max() - 1}};
    for (const Change* change : one_path) {
        if (change->same_content()) return std::vector<AddedRun>();
        GitBlob before; // without one that is too large all lines are new
        if (change->before && state.size_of(*change->before) <= largest_content)
            before = TRY(state.blob(*change->before));
        const Content old(std::move(before));
        const std::vector<AddedRun> added = TRY(added_runs(old.text(), now, change->path));
        runs = in_both(runs, added);
    }
    return runs;
}

constexpr std::size_t around = 64; // lines: a private key of 8192 bits has about a hundred

Result<void> hand_out_lines(const GitState& state, const std::vector<const Change*>& one_path, std::string_view now,
                            const AddedLines& place, const Each& each) {
    const std::vector<AddedRun> runs = TRY(runs_of(state, one_path, now));
    Lines lines(now);
    for (const AddedRun& run : runs) {
        AddedLines added = place;
        added.first_line = run.first;
        added.text = Lines::plain(lines.take(run));
        added.before = lines.before(around);
        added.after = lines.after(around);
        TRY_VOID(each(std::move(added)));
    }
    return {};
}

Result<Content> content_of(const GitState& state, const Change& change) {
    if (change.edited) return Content(std::string_view(*change.edited));
    auto blob = TRY(state.blob(change.now));
    return Content(std::move(blob));
}

// Hands out what `changes` add; of several (a merge: one against each parent) only what is new to all.
Result<void> hand_out(const GitState& state, const std::vector<Changes>& changes, std::string_view commit,
                      const Each& each) {
    using What = AddedLines::What;
    for (const auto& [path, first_change] : changes.front()) {
        if (stop_requested()) return could_not("interrupted while reading the changes");
        std::vector<const Change*> one_path;
        for (const Changes& one : changes)
            if (const auto found = one.find(path); found != one.end()) one_path.push_back(&found->second);
        if (one_path.size() < changes.size()) continue; // as in one of the parents
        const bool new_name =
            std::all_of(one_path.begin(), one_path.end(), [](const Change* change) { return change->new_name; });
        const bool same =
            std::any_of(one_path.begin(), one_path.end(), [](const Change* change) { return change->same_content(); });
        if (same && new_name) TRY_VOID(each({path, std::string(commit), What::name}));
        if (same) continue;
        if (state.size_of(first_change.now) > largest_content) {
            TRY_VOID(each({path, std::string(commit), What::too_large}));
            continue;
        }
        const Content content = TRY(content_of(state, first_change));
        if (looks_binary(content.text())) {
            TRY_VOID(each({path, std::string(commit), What::bytes, 1, std::string(content.text())}));
            continue;
        }
        if (new_name) TRY_VOID(each({path, std::string(commit), What::name})); // it may have no lines
        TRY_VOID(hand_out_lines(state, one_path, content.text(), {path, std::string(commit)}, each));
    }
    return {};
}

}

Result<void> Repository::added_lines(std::string_view commit, const Each& each) const {
    const GitTree now = TRY(state_->tree_of(commit));
    const auto parents = TRY(parent_trees(*state_, commit));
    const git_oid id = TRY(state_->id_of(commit));
    TreeBounds bounds(*state_, id);
    std::vector<GitDiff> diffs;
    for (const GitTree& before : parents) {
        TRY_VOID(bounds.count(before.get(), now.get()));
        auto diff = TRY(tree_diff(*state_, before.get(), now.get()));
        diffs.push_back(std::move(diff));
    }
    if (!share_a_path(diffs)) return {};
    std::vector<Changes> changes;
    for (GitDiff& diff : diffs) {
        auto change = TRY(changes_of(*state_, std::move(diff)));
        changes.push_back(std::move(change));
    }
    return hand_out(*state_, changes, commit, each);
}

Result<void> Repository::added_between(std::string_view base, std::string_view head, const Each& each) const {
    const GitTree before = TRY(state_->tree_of(base));
    const GitTree now = TRY(state_->tree_of(head));
    const git_oid id = TRY(state_->id_of(head));
    TRY_VOID(TreeBounds(*state_, id).count(before.get(), now.get()));
    GitDiff diff = TRY(tree_diff(*state_, before.get(), now.get()));
    Changes changes = TRY(changes_of(*state_, std::move(diff)));
    return hand_out(*state_, {std::move(changes)}, head, each);
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
Result<void> read_edited(const GitState& state, const std::string& work_tree, Changes& changes) {
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
    Changes changes = TRY(changes_of(*state_, std::move(diff)));
    TRY_VOID(read_edited(*state_, work_tree(), changes));
    return hand_out(*state_, {std::move(changes)}, "", each);
}

namespace {

Result<GitDiff> staged_diff(const GitState& state, const std::optional<std::string>& head) {
    GitTree before;
    if (head) before = TRY(state.tree_of(*head));
    TRY_VOID(state.require_index(head));
    const GitIndex index = TRY(state.index());
    const git_diff_options options = diff_options();
    GitDiff diff;
    if (git_make(diff, git_diff_tree_to_index, state.handle.get(), before.get(), index.get(), &options) != 0)
        return could_not(fmt::format("the index of {} can't be compared with HEAD: {}", state.shown(), git_reason()));
    return diff;
}

}

Result<void> Repository::staged_lines(const Each& each) const {
    GitDiff diff = TRY(staged_diff(*state_, head_commit()));
    Changes changes = TRY(changes_of(*state_, std::move(diff)));
    return hand_out(*state_, {std::move(changes)}, "", each);
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
    Changes changes = TRY(changes_of(*state_, std::move(diff)));
    TRY_VOID(read_edited(*state_, work_tree(), changes));
    return hand_out(*state_, {std::move(changes)}, "", each);
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
