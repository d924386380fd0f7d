#pragma once
#include "sys/files/files.h"
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Access to the files of a tree that other people may have written, such as a change's work tree. Nothing outside of
// the tree is opened, read, listed, made, replaced or removed, whatever links the tree contains. Every operation keeps
// its folders open, so replacing a folder by a link during the operation can't lead elsewhere. git's own files (.git)
// count as outside. Uses openat2(2) if the kernel has it, else walks from folder to folder; both give the same result.
namespace fairlead::sys {

struct OpenFile;

// Part of the name of a file that is being written. A killed process leaves such a file.
inline constexpr std::string_view written_mark = ".fairlead-";

// `within`: links to places in the tree are followed, also absolute links; `refused`: no link is allowed in the path.
enum class Links { within, refused };

// Paths start at the root, or are absolute paths below the root. Every error (could_not) names the path. If a link
// leaves the tree, the error names the link, but nothing of the link's target.
class Root {
  public:
    enum class Way { kernel, by_hand }; // for tests: `kernel` falls back to `by_hand` without openat2(2)
    // `folder` comes from the user or the runner, so links on the way to it are followed.
    static Result<Root> open(const Path& folder, Way way = Way::kernel);
    // Returns the whole file system, for paths that a flag or the runner names. Any link is followed; only regular
    // files are read.
    static Root everything();
    // Returns a folder of the tree as a new root.
    Result<Root> below(const Path& path, Links links = Links::within) const;

    const Path& path() const; // absolute, links resolved
    bool is_everything() const;
    // Returns `path` (absolute, or from the working folder) relative to the root, "." for the root itself. Nothing: the
    // path is outside. The path need not exist: it is compared by its spelling and by the identity of the folders above
    // it.
    std::optional<std::string> relative(const Path& path) const;
    // Returns the path with links resolved, relative to the root. Missing parts keep their spelling.
    Result<std::string> real(const Path& path) const;

    Result<std::string> read(const Path& path, std::uint64_t limit = 1ull << 31, Links links = Links::within) const;
    Result<OpenFile> open_file(const Path& path, Links links = Links::within) const; // regular files only
    // Returns facts about the path itself: only links in its folders are followed. A missing path gives `absent`; a
    // link out of the tree is an error.
    Result<FileInfo> inspect(const Path& path, Links links = Links::within) const;
    // as inspect(), but follows the last link; a dangling link is `absent`
    Result<FileInfo> look(const Path& path) const;
    struct Entry {
        std::string name;
        FileType type; // of the entry itself
    };
    Result<std::vector<Entry>> list(const Path& path, Links links = Links::within) const; // sorted

    // Writes like write_file: a reader sees the old or the new content. A link at `path` is replaced, never followed.
    Result<void> write(const Path& path, std::string_view bytes, unsigned mode = 0644, Sync sync = Sync::yes,
                       Links links = Links::within) const;
    // Makes the missing folders of `path`, each with `mode`, and returns the last folder, opened.
    Result<Root> make_folders(const Path& path, unsigned mode = 0755, Links links = Links::within) const;
    // Removes a file, a link itself, or a whole folder; no error if the path is absent.
    Result<void> remove(const Path& path, Links links = Links::within) const;

  private:
    struct State;
    explicit Root(std::shared_ptr<const State> state) : state_(std::move(state)) {}
    std::shared_ptr<const State> state_;
};

// Finds the work tree around a folder: the nearest folder upwards with .git (a folder, or the file of a linked work
// tree or a submodule). If a link of an outer work tree is on the way, returns the outer work tree. Nothing: there is
// no .git.
std::optional<std::string> tree_around(const Path& folder);
// Opens the work tree around `folder` as a root; without a work tree, the folder itself.
Result<Root> root_around(const Path& folder);
// Finds the nearest file of this name, from the folder upwards to the top of the work tree. Outside of any work tree, a
// file of another user in a folder that everybody may write is skipped.
std::optional<std::string> nearest_upwards(const Path& folder, std::string_view name);

// A path that somebody names; it starts at `folder` (absolute) unless the path is absolute.
struct Named {
    Root root;
    std::string path; // from the root
};
// For a path from a flag, an input or the runner. The root is the work tree around the path, else `folder`; for a path
// outside of both, the whole file system.
Result<Named> named_by_person(const Path& folder, const Path& path);
// For a path from a file of the tree. Error (usage): the path is outside of the tree; `way_out` ends the message.
Result<Named> named_by_tree(const Root& tree, const Path& folder, const Path& path, std::string_view way_out);

// Like glob() of files.h, below the tree's folder `base`. Also an error: a link in the pattern's fixed prefix leaves
// the tree. A matched link that leaves the tree is returned, but can't be opened.
Result<std::vector<std::string>> glob(const Root& root, const Path& base, std::string_view pattern);

}
