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
#include <utility>
#include <vector>

// Reads a git repository with libgit2 (started when first used); runs no hooks and writes nothing. If a callback is
// called for each of many items, an error of the callback ends the walk, and the walk returns that error. A stop
// request (sys/signals.h) also ends the walk.
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
    std::string headers; // tree, parents, author, committer, encoding, signatures and all other headers
    std::string message;
};
CommitParts parts_of_commit(std::string_view bytes);

// A commit as a walk over many commits shows it; valid during the call.
struct CommitText {
    std::string_view id; // 40 hex digits
    std::string_view message;
    std::size_t parents = 0;
    std::string_view headers = {}; // as CommitParts::headers
};

using ObjectId = std::array<unsigned char, 20>; // all zero: no object

struct HistoryCommit {
    std::string id;                 // 40 hex digits
    std::size_t number = 0;         // number of the call of `read` that passed its message, from 0
    std::uint64_t behind = 0;       // bit i: the commit is bases[i] or an ancestor of bases[i]
    ObjectId tree{}, tree_before{}; // of the commit, and of its first parent
};
struct History {
    std::vector<HistoryCommit> commits; // newest first
    std::vector<bool> reached;          // for each base: whether it is head or an ancestor of head
};

struct Reference {
    std::string name;   // refs/tags/v1.2.3
    std::string commit; // the commit, through annotated tags; empty if the reference doesn't lead to a commit
};

// Returns owner and name of the repository that a remote's URL names: "acme/shop" of git@github.com:acme/shop.git.
// Empty: the remote is a path on this machine, or there is none.
std::string repository_name(std::string_view remote);

// Git's record of where a clone came from: git-config(1), remote.<name>.*.
struct CloneRecords {
    std::vector<std::string> remotes; // by name
    // the remote to fetch from: origin, else the first one; "origin" also if there is no remote
    std::string remote = "origin";
    std::vector<std::string> refspecs;
    std::vector<std::string> all_refspecs; // of every remote
    std::string tag_option;                // --no-tags, --tags; empty: git fetches tags with their commits
    std::string filter;                    // filter of a partial clone: blob:none; empty: the clone has all objects
    bool is_shallow = false;
};

// The lines that a change adds to one file.
struct AddedLines {
    enum class What {
        lines,
        bytes,    // a binary file that was added or changed; reported once, with its whole content
        name,     // only the file's name is new
        too_large // the file is larger than largest_content, and nothing of it was read
    };
    std::string path;
    std::string commit; // the commit that adds the lines; empty for staged changes
    What what = What::lines;
    int first_line = 1;                               // line number of the start of `text` in the new file
    std::string text = {};                            // lines without their ends, '\n' between them
    std::vector<std::string> before = {}, after = {}; // up to 64 lines around `text` in the new file
    int lines_of_file = 0;                            // of the new file; with What::lines
};

// The folder in which git looks for hooks (githooks(5)).
struct HooksFolder {
    std::string path; // absolute; it need not exist
    // who chose it: git's default (hooks/ in the common git folder), or whose configuration set core.hooksPath
    enum class By { git, repository, user } by = By::git;
    std::string written = {}; // core.hooksPath, with "~/" expanded
};

// Bytes that are read of one file at most. Without a limit, the author of a commit could fill our memory.
constexpr std::uint64_t largest_content = 256u << 20;

struct GitState; // libgit2's handles

class Repository {
  public:
    // Searches upwards from `folder`, not above GIT_CEILING_DIRECTORIES. Error (could_not): is_missing() is true for
    // the error if there is no repository.
    static Result<Repository> open(const std::string& folder);
    static bool is_missing(const Error& error); // folder is in no repository
    Repository(Repository&&) noexcept;
    Repository& operator=(Repository&&) noexcept;
    ~Repository();

    std::string work_tree() const; // absolute, without '/' at the end; empty for a bare repository
    std::string git_folder() const;
    // Variables of the environment, such as GIT_CONFIG_COUNT, are ignored.
    HooksFolder hooks_folder() const;
    bool is_shallow() const;
    std::string damage() const; // damage among its packs that a fetch can't repair; empty: no damage known
    // Returns the command that removes replacements. With refs/replace/ or info/grafts, git shows other commits than
    // the stored commits, which we read. Empty: there are no replacements, or git ignores them. Git ignores them if
    // core.useReplaceRefs is off, if GIT_NO_REPLACE_OBJECTS is set, if a name under refs/replace/ isn't an id, or if a
    // line of grafts is a comment (git-replace(1), gitrepository-layout(5)).
    Result<std::string> replacements() const;
    std::optional<std::string> head_branch() const; // refs/heads/main; nothing when detached
    // Returns the target of a symbolic reference: refs/remotes/origin/main for refs/remotes/origin/HEAD. Nothing: the
    // reference isn't symbolic.
    std::optional<std::string> symbolic_target(const std::string& reference) const;
    std::optional<std::string> head_commit() const;               // nothing before the first commit
    Result<std::string> resolve(std::string_view revision) const; // returns a commit id; follows annotated tags
    // Returns for each object its commit: the object itself, or the commit that its annotated tags lead to. Nothing:
    // there is no such commit. Error (could_not): an object is missing, though the clone is not a partial clone that
    // left it out.
    Result<std::vector<std::optional<std::string>>> commits_behind(const std::vector<std::string>& ids) const;
    // Returns the commit that a reference leads to; nothing if it leads to a tree or a file.
    Result<std::optional<std::string>> commit_of(const std::string& reference) const;
    // Returns the annotated tags on the way from a revision to its commit, the outermost first: id and text of each.
    Result<std::vector<std::pair<std::string, CommitParts>>> tags_to_commit(std::string_view revision) const;
    std::optional<std::int64_t>
    tagged_at(std::string_view id) const; // time of an annotated tag, given its object's id, in seconds since 1970
    Result<Commit> commit(std::string_view id) const;
    Result<CommitParts> text_of(std::string_view id) const; // of a commit
    Result<std::vector<Reference>> references(std::string_view prefix) const;
    Result<bool> is_ancestor(std::string_view ancestor, std::string_view descendant) const;
    // Returns the best common ancestor; nothing if there is no common ancestor. Error as for range() if objects are
    // missing.
    Result<std::optional<std::string>> merge_base(std::string_view one, std::string_view other) const;
    Result<bool> is_dirty() const; // whether tracked files are changed or staged, even if git was told not to look
    std::optional<std::string> remote_url(std::string_view name) const;
    std::string remote() const; // CloneRecords::remote
    CloneRecords clone_records() const;

    // Lists the commits reachable from `head` but not from `base` (empty: all commits), newest first, merges included.
    // Error (could_not), with the fetch command to run: an object or the boundary is missing.
    Result<std::vector<std::string>> range(std::string_view base, std::string_view head) const;
    // The same for commits that are reachable from any of `heads`, but from none of `bases`.
    Result<std::vector<std::string>> range(const std::vector<std::string>& bases,
                                           const std::vector<std::string>& heads) const;
    // For callers that also want the messages: finds the commits reachable from `head` but not from all of `bases`.
    // There may be most_bases bases. Without a base, or if one is empty, finds all commits. Each object is read once.
    // `read` is called for every commit that the walk looks at, also for some that are in no range.
    static constexpr std::size_t most_bases = 63;
    Result<History> history(const std::vector<std::string>& bases, std::string_view head,
                            const std::function<Result<void>(const CommitText&)>& read) const;
    // Calls `each` for `head` and its ancestors, newest first, until `each` returns `no`. Error as for range() if the
    // history is cut off.
    enum class More { no, yes };
    Result<void> each_ancestor(std::string_view head,
                               const std::function<Result<More>(const std::string& id)>& each) const;
    // Returns the members of `commits` that are among `heads` or are ancestors of a head.
    Result<std::vector<std::string>> reachable(const std::vector<std::string>& commits,
                                               const std::vector<std::string>& heads) const;
    Result<std::vector<std::string>> tracked_files() const; // paths in the index, sorted
    Result<void> require_index() const; // error (could_not): the index is missing, though HEAD has files
    // Returns existing tracked files, and new files that are not ignored; sorted. For a bare repository: the tracked
    // files.
    Result<std::vector<std::string>> work_tree_files() const;
    Result<std::vector<std::string>> left_out_files() const; // tracked files that a sparse work tree leaves out; sorted
    Result<std::vector<std::string>> submodules() const;     // paths of the submodules in the index, sorted
    // Reports the lines that the commit adds; for a merge, the lines that are in no parent. Error (could_not): also if
    // the commit changes more than a million files and folders, or has a folder that git itself would not make.
    using EachAdded = std::function<Result<void>(AddedLines)>;
    Result<void> added_lines(std::string_view commit, const EachAdded& each) const;
    Result<void> added_between(std::string_view base, std::string_view head,
                               const EachAdded& each) const; // the net difference of two trees
    // Reports the lines that tracked files of the work tree add to `base` (empty: the empty tree), by later commits,
    // staged changes or unstaged changes. Line ends are as git would store them.
    Result<void> added_since(std::string_view base, const EachAdded& each) const;
    Result<void> staged_lines(const EachAdded& each) const;   // index against HEAD
    Result<void> unstaged_lines(const EachAdded& each) const; // tracked files of the work tree against the index
    // the number of files that differ between index and HEAD, removed files included
    Result<std::size_t> staged_files() const;
    Result<std::string> read_blob(std::string_view commit, std::string_view path) const;
    // Returns the content of the commit's file, checking each object against its id; nothing if the file is absent.
    // Error (usage): the path is a link or a folder. Error (could_not): an object is missing; the message has the
    // command that fetches it.
    Result<std::optional<std::string>> file_at(std::string_view commit, std::string_view path) const;
    // Lists a folder of the commit ("" for the top), with the same checks; nothing if it is absent. Links and
    // submodules are left out.
    struct FolderEntry {
        std::string name;
        bool is_folder = false;
    };
    Result<std::optional<std::vector<FolderEntry>>> folder_at(std::string_view commit, std::string_view path) const;
    // Returns the file's content in the index; nothing if it is absent, in conflict, only promised (git add -N) or a
    // submodule.
    Result<std::optional<std::string>> in_index(std::string_view path) const;
    Result<std::string> read_staged(std::string_view path) const; // content in the index

  private:
    friend class ChangedPaths;
    friend class CommitFiles;
    friend class PastTrees;
    explicit Repository(std::unique_ptr<GitState> state);
    std::unique_ptr<GitState> state_;
};

}
