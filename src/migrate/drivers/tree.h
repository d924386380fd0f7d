#pragma once
#include "base/result.h"
#include "sys/files/beneath.h"
#include "sys/git/repository.h"
#include <memory>
#include <optional>
#include <string>
#include <vector>

// The files of a project, as somebody's word has them: the work tree's, or of a foreign change the base commit's.
// Nothing is run, and nothing outside of the tree is read.
namespace fairlead::migrate::drivers {

constexpr std::uint64_t largest_read = 4u << 20; // bytes of a file that is no SQL

class Tree {
  public:
    Tree() = default; // nothing is there
    // Error (could_not): the folder can't be opened.
    static Result<Tree> of_work_tree(const sys::Path& folder);
    // Of a folder outside of the repository, which is no part of the change: the folder itself.
    static Result<Tree> of_commit(const sys::Path& folder, const std::string& commit);

    // Paths are '/'-separated, from the folder; "../x" leads further up, as far as the tree goes.
    bool has_file(const std::string& path) const;
    bool has_folder(const std::string& path) const;
    // Nothing: no such file. Error: it can't be read, or leads out of the tree.
    Result<std::optional<std::string>> text(const std::string& path, std::uint64_t limit = largest_read) const;
    struct Entry {
        std::string name;
        bool is_folder = false;
    };
    // Sorted; none where the folder isn't there. What is neither file nor folder (a pipe, a link that leads out) counts
    // as a file: whoever reads it is told why that can't be. Error: it can't be read, or leads out of the tree.
    Result<std::vector<Entry>> list(const std::string& folder) const;
    // Those files, from the folder, of it and the folders below that are the project's own: not what a package manager
    // or git put there. `is_whole` says whether all was looked at: at most 100,000 entries, 12 folders deep.
    struct Walk {
        std::vector<std::string> files;
        bool is_whole = true;
    };
    Walk walk(const std::string& folder) const;

    // As seen from the folder: "%(here)s/x", "./x", "a/../x". Nothing: it leads out of the tree.
    std::optional<std::string> within(const sys::Path& path) const;
    const sys::Path& folder() const { return folder_; }

  private:
    std::string from_root(const std::string& path) const;
    sys::Path folder_;   // absolute, links resolved
    std::string prefix_; // the folder as the root has it: "" or "backend/"
    std::optional<sys::Root> root_;
    std::shared_ptr<const sys::Repository> repository_;
    std::string commit_;
};

}
