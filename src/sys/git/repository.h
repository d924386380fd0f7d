#pragma once
#include "base/result.h"
#include "base/time.h"
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A git repository, read with libgit2 (started when first used); it runs no hooks and writes nothing. Where a function
// is called for each of many, its error ends the walk and is the walk's; so does a stop request (sys/signals.h).
namespace fairlead::sys {

struct Commit {
    std::string id; // 40 hex digits
    std::vector<std::string> parents;
    std::string message;
    std::string author_name, author_email;
    std::int64_t author_time = 0, committer_time = 0; // seconds since 1970
    int author_offset = 0, committer_offset = 0;      // minutes east of UTC
};

// A commit as it is stored, byte for byte (git-hash-object(1)).
struct CommitParts {
    std::string headers; // tree, parents, author, committer, encoding, signatures and whatever else stands there
    std::string message;
};
CommitParts parts_of_commit(std::string_view bytes);

// What a walk over many commits shows of each; valid during the call.
struct CommitText {
    std::string_view id; // 40 hex digits
    std::string_view message;
    std::size_t parents = 0;
    std::string_view headers = {}; // as of CommitParts
};

using ObjectId = std::array<unsigned char, 20>; // all zero: none

struct HistoryCommit {
    std::string id;                 // 40 hex digits
    std::size_t number = 0;         // of the reading that showed its message, from 0
    std::uint64_t behind = 0;       // bit i: it is bases[i], or an ancestor of it
    ObjectId tree{}, tree_before{}; // its own, and its first parent's
};
struct History {
    std::vector<HistoryCommit> commits; // newest first
    std::vector<bool> reached;          // of each base: whether it is an ancestor of head, or head itself
};

struct Reference {
    std::string name;   // refs/tags/v1.2.3
    std::string commit; // peeled; empty when it does not lead to a commit
};

// What git wrote down about where a clone came from: git-config(1), remote.<name>.*.
struct CloneRecords {
    std::vector<std::string> remotes; // by name
    std::string remote = "origin";    // to fetch from: origin, else the first; without any it is still called so
    std::vector<std::string> refspecs;
    std::vector<std::string> all_refspecs; // of every remote
    std::string tag_option;                // --no-tags, --tags; empty: tags come with the commits that they name
    std::string filter;                    // of a partial clone: blob:none; empty: it has all objects
    bool is_shallow = false;
};

// What a change adds to one file.
struct AddedLines {
    enum class What {
        lines,
        bytes,    // of a binary file that was added or changed: comes once, with its whole content
        name,     // only that is new
        too_large // more than largest_content; nothing of it was read
    };
    std::string path;
    std::string commit; // that adds them; empty for staged changes
    What what = What::lines;
    int first_line = 1;                               // number of the first of `text` in the new file
    std::string text = {};                            // lines without their ends, '\n' between them
    std::vector<std::string> before = {}, after = {}; // up to 64 lines around them in the new file
};

// What is read of one file at most. Whoever may choose the content of a commit may not choose our memory.
constexpr std::uint64_t largest_content = 256u << 20;

struct GitState; // libgit2's handles

class Repository {
  public:
    // Searches upward from `folder`, not beyond GIT_CEILING_DIRECTORIES. is_missing() tells this error from others
    // (kind could_not).
    static Result<Repository> open(const std::string& folder);
    static bool is_missing(const Error& error); // folder is in no repository
    Repository(Repository&&) noexcept;
    Repository& operator=(Repository&&) noexcept;
    ~Repository();

    std::string work_tree() const; // absolute, without '/' at the end; empty for a bare one
    std::string git_folder() const;
    bool is_shallow() const;
    std::string damage() const; // what is broken among its packs, so that no fetch helps; empty: nothing is known
    // refs/replace/ and info/grafts tell git to see other commits than those that are stored; we see the stored. The
    // command that takes them away; empty: there are none, or git ignores them, too: core.useReplaceRefs is off,
    // GIT_NO_REPLACE_OBJECTS is set, a name under refs/replace/ is no id, a line of grafts is a comment
    // (git-replace(1), gitrepository-layout(5)).
    Result<std::string> replacements() const;
    std::optional<std::string> head_branch() const; // refs/heads/main; nothing when detached
    // What a symbolic reference names: refs/remotes/origin/main of refs/remotes/origin/HEAD; nothing: it is none.
    std::optional<std::string> symbolic_target(const std::string& reference) const;
    std::optional<std::string> head_commit() const;               // nothing before the first commit
    Result<std::string> resolve(std::string_view revision) const; // to a commit id, tags peeled
    // For each of these objects the commit that it is or, through annotated tags, leads to; nothing where there is
    // none. Error (could_not): an object is missing, and not on purpose as in a partial clone.
    Result<std::vector<std::optional<std::string>>> commits_behind(const std::vector<std::string>& ids) const;
    // The commit that a reference leads to; nothing when that is a tree or a file.
    Result<std::optional<std::string>> commit_of(const std::string& reference) const;
    std::optional<std::int64_t>
    tagged_at(std::string_view id) const; // of an annotated tag's object, seconds since 1970
    Result<Commit> commit(std::string_view id) const;
    Result<CommitParts> text_of(std::string_view id) const; // of a commit
    Result<std::vector<Reference>> references(std::string_view prefix) const;
    Result<bool> is_ancestor(std::string_view ancestor, std::string_view descendant) const;
    // Best common ancestor; nothing when there is none. Error as of range() when objects are missing.
    Result<std::optional<std::string>> merge_base(std::string_view one, std::string_view other) const;
    Result<bool> is_dirty() const; // tracked files changed or staged
    std::optional<std::string> remote_url(std::string_view name) const;
    std::string remote() const; // CloneRecords::remote
    CloneRecords clone_records() const;

    // Commits reachable from `head` and not from `base` (empty: all), newest first, merges included.
    // Error (could_not) with the fetch command to run when an object or the boundary is missing.
    Result<std::vector<std::string>> range(std::string_view base, std::string_view head) const;
    // For those who want the messages, too: commits reachable from `head` and not from all of `bases`, at most
    // most_bases of them (none, or an empty one: all commits); each object is read once. `read` is called for every
    // commit that the walk looks at, some of no range among them.
    static constexpr std::size_t most_bases = 63;
    Result<History> history(const std::vector<std::string>& bases, std::string_view head,
                            const std::function<Result<void>(const CommitText&)>& read) const;
    // `head` and its ancestors, newest first, until `each` wants no more; error as of range() where the history ends
    // early.
    enum class More { no, yes };
    Result<void> each_ancestor(std::string_view head,
                               const std::function<Result<More>(const std::string& id)>& each) const;
    // Those of `commits` that are one of `heads` or ancestors of one.
    Result<std::vector<std::string>> reachable(const std::vector<std::string>& commits,
                                               const std::vector<std::string>& heads) const;
    Result<std::vector<std::string>> tracked_files() const; // paths in the index, sorted
    // Tracked files that are there, and new ones that are not ignored; sorted. A bare repository's are those tracked.
    Result<std::vector<std::string>> work_tree_files() const;
    Result<std::vector<std::string>> left_out_files() const; // of those: not in a sparse work tree; sorted
    Result<std::vector<std::string>> submodules() const;     // of those: sorted
    // Lines that the commit adds; for a merge those that are in none of its parents. Error (could_not) also where the
    // commit changes more than a million files and folders, or a folder that git itself would not make.
    using EachAdded = std::function<Result<void>(AddedLines)>;
    Result<void> added_lines(std::string_view commit, const EachAdded& each) const;
    Result<void> added_between(std::string_view base, std::string_view head,
                               const EachAdded& each) const; // net difference of two trees
    Result<void> staged_lines(const EachAdded& each) const;  // index against HEAD
    Result<std::size_t> staged_files() const;                // how many differ there, removed ones too
    Result<std::string> read_blob(std::string_view commit, std::string_view path) const;
    // The file as the commit has it, each object checked against its id; nothing when there is none. Error: usage for a
    // link or a folder; could_not, with the command that fetches it, when an object is missing.
    Result<std::optional<std::string>> file_at(std::string_view commit, std::string_view path) const;
    // What a folder ("" for the top) of the commit holds, checked like that; nothing when there is none. Links and
    // submodules are left out.
    struct FolderEntry {
        std::string name;
        bool is_folder = false;
    };
    Result<std::optional<std::vector<FolderEntry>>> folder_at(std::string_view commit, std::string_view path) const;
    // Content in the index; nothing for what is not there, in conflict, promised (git add -N) or a submodule.
    Result<std::optional<std::string>> in_index(std::string_view path) const;
    Result<std::string> read_staged(std::string_view path) const; // content in the index

  private:
    friend class ChangedPaths;
    friend class PastTrees;
    explicit Repository(std::unique_ptr<GitState> state);
    std::unique_ptr<GitState> state_;
};

}
