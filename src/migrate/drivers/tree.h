#pragma once
#include "base/result.h"
#include "sys/files/beneath.h"
#include "sys/git/repository.h"
#include <memory>
#include <optional>
#include <string>
#include <vector>

// The files of a project: those of the work tree or, for a foreign change (a fork's), of its base commit. Runs nothing,
// and reads nothing outside of the tree.
namespace fairlead::migrate::drivers {

constexpr std::uint64_t largest_read = 4u << 20; // bytes of a file that is not SQL

class Tree {
  public:
    Tree() = default; // an empty tree
    // Error (could_not): the folder can't be opened.
    static Result<Tree> of_work_tree(const sys::Path& folder);
    // A folder outside of the repository isn't part of the change, so it is read itself.
    static Result<Tree> of_commit(const sys::Path& folder, const std::string& commit);

    // Paths have '/' between their parts and start at the folder. "../x" leads further up, but not out of the tree.
    bool has_file(const std::string& path) const;
    bool has_folder(const std::string& path) const;
    // Nothing: there is no such file. Error: it can't be read, or leads out of the tree.
    Result<std::optional<std::string>> text(const std::string& path, std::uint64_t limit = largest_read) const;
    struct Entry {
        std::string name;
        bool is_folder = false;
    };
    // Returns sorted entries; empty if the folder doesn't exist. Something that is neither file nor folder (a pipe, a
    // link that leads out of the tree) is listed as a file; reading it returns an error. Error: the folder can't be
    // read, or leads out of the tree.
    Result<std::vector<Entry>> list(const std::string& folder) const;
    // Returns the files of the folder and its subfolders, relative to the folder. Leaves out folders of package
    // managers and of git. `is_whole`: nothing was skipped because it can't be read, or because of the limits (100,000
    // entries, 12 folders deep).
    struct Walk {
        std::vector<std::string> files;
        bool is_whole = true;
    };
    Walk walk(const std::string& folder) const;

    // Makes a path relative to the folder: "%(here)s/x", "./x", "a/../x". Nothing: it leads out of the tree.
    std::optional<std::string> within(const sys::Path& path) const;
    const sys::Path& folder() const { return folder_; }

  private:
    std::string from_root(const std::string& path) const;
    sys::Path folder_;   // absolute, links resolved
    std::string prefix_; // the folder relative to the root: "" or "backend/"
    std::optional<sys::Root> root_;
    std::shared_ptr<const sys::Repository> repository_;
    std::string commit_;
};

}
