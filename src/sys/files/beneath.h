#pragma once
#include "sys/files/files.h"
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Files of a tree that others may have written, such as a change's work tree: nothing outside of it is opened, read,
// listed, made, replaced or removed, whatever links the tree holds. Every operation holds on to the folder that it has
// opened: one that is replaced by a link meanwhile leads nowhere else.
// What git keeps (.git) counts as outside.
// openat2(2) where the kernel has it, else by hand from folder to folder; both answer alike.
namespace fairlead::sys {

struct OpenFile;

// Stands in the name of a file that is being written: a process that was killed leaves it behind.
inline constexpr std::string_view written_mark = ".fairlead-";

// Links that stay in the tree are good, absolute ones that lead into it as well; `refused`: none on the whole way.
enum class Links { within, refused };

// Paths are from the root, or absolute ones below it. Every error (could_not) names the path, and one of a link that
// leaves the tree that link: never anything of what it leads to.
class Root {
  public:
    enum class Way { kernel, by_hand }; // of tests: the kernel's is left by itself where there is none
    // `folder` is the user's or the runner's word: links on the way to it are followed.
    static Result<Root> open(const Path& folder, Way way = Way::kernel);
    // The whole file system, for what a flag or the runner names: any link is followed, special files are none of ours.
    static Root everything();
    // A folder of the tree as a root of its own.
    Result<Root> below(const Path& path, Links links = Links::within) const;

    const Path& path() const; // absolute, links resolved
    bool is_everything() const;
    // `path` (absolute, or from the working folder) as seen from the root, "." for itself; nothing: it lies elsewhere.
    // Only the spelling is asked, and which folder above it the root is.
    std::optional<std::string> relative(const Path& path) const;
    // Where the path leads, links resolved, from the root; what isn't there is spelt as it would be made.
    Result<std::string> real(const Path& path) const;

    Result<std::string> read(const Path& path, std::uint64_t limit = 1ull << 31, Links links = Links::within) const;
    Result<OpenFile> open_file(const Path& path, Links links = Links::within) const; // regular files only
    // Of the path itself, links in its folders followed; `absent` is a value, a link on the way out is an error.
    Result<FileInfo> inspect(const Path& path, Links links = Links::within) const;
    Result<FileInfo> look(const Path& path) const; // the same of what it leads to; a link that leads nowhere: absent
    struct Entry {
        std::string name;
        FileType type; // of the entry itself
    };
    Result<std::vector<Entry>> list(const Path& path, Links links = Links::within) const; // sorted

    // As write_file: the old content or the new. A link of that name is replaced, never written through.
    Result<void> write(const Path& path, std::string_view bytes, unsigned mode = 0644, Sync sync = Sync::yes,
                       Links links = Links::within) const;
    // Those that are missing; `mode` is that of each. The last one comes back, opened.
    Result<Root> make_folders(const Path& path, unsigned mode = 0755, Links links = Links::within) const;
    // A file, a link itself, or a whole folder; absent is fine.
    Result<void> remove(const Path& path, Links links = Links::within) const;

  private:
    struct State;
    explicit Root(std::shared_ptr<const State> state) : state_(std::move(state)) {}
    std::shared_ptr<const State> state_;
};

// The work tree around a folder: the nearest one upwards that holds .git (a folder, or the file of a linked work tree
// or of a submodule), but the outer one where a link of that is on the way; nothing when there is none.
std::optional<std::string> tree_around(const Path& folder);
// The root of what belongs together: that work tree, else the folder itself.
Result<Root> root_around(const Path& folder);
// The nearest file of that name, from the folder upwards to the top of the work tree around it. Outside of any, what
// another user of this host has put into a folder that all may write is passed over.
std::optional<std::string> nearest_upwards(const Path& folder, std::string_view name);

// What somebody names, from `folder` (absolute) unless it is absolute itself.
struct Named {
    Root root;
    std::string path; // from the root
};
// By a flag, an input, the runner: beneath the tree around it, else beneath the folder; elsewhere it is as it is.
Result<Named> named_by_person(const Path& folder, const Path& path);
// By a file of the tree: error (usage) when it lies outside. `way_out` completes the sentence.
Result<Named> named_by_tree(const Root& tree, const Path& folder, const Path& path, std::string_view way_out);

// glob() of files.h below `base`, a folder of the tree. Error also when a link in the fixed prefix leaves the tree; one
// that is matched itself is found, and refused when it is opened.
Result<std::vector<std::string>> glob(const Root& root, const Path& base, std::string_view pattern);

}
