#pragma once
#include "sys/descriptor.h"
#include "sys/files/files.h"
#include "sys/sha256.h"
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

// Builds a tree in a folder of our own (0700) from files of others. Files get mode 0644 or 0755, folders 0755, whatever
// the umask is. Every name must be new, and links are not followed. Paths are relative and have plain names. Errors
// (could_not) name the path.
namespace fairlead::sys {

struct User; // sys/account.h

class TreeBuilder {
  public:
    // `folder` must be absent, and the folder above it must exist. `modes` limits the mode of every file.
    static Result<TreeBuilder> create(const Path& folder, unsigned modes = 0777);
    Result<void> folder(const std::string& path); // also makes the folders above; no error if it exists
    Result<void> close_folder(const std::string& path, unsigned group); // mode 0750, for this group only
    Result<void> link(const std::string& path, const std::string& target);
    Result<void> hard_link(const std::string& from, const std::string& path); // `from` is a file in this tree

    struct Finish {
        unsigned mode = 0644;
        std::int64_t modified_ns = 0;  // since 1970; 0: now
        std::optional<unsigned> group; // nothing: our own group
    };
    // A new file of the tree that is being written.
    class File {
      public:
        Result<void> write(std::string_view bytes);
        // Completes the file, and returns the SHA-256 of its content.
        Result<std::string> finish(const Finish& finish);

      private:
        friend class TreeBuilder;
        File(Descriptor file, std::string name, unsigned modes)
            : file_(std::move(file)), name_(std::move(name)), modes_(modes) {}
        Descriptor file_;
        std::string name_;
        unsigned modes_;
        Sha256 digest_;
    };
    Result<File> file(const std::string& path); // also makes the folders above

  private:
    TreeBuilder(Descriptor root, Path path, unsigned modes)
        : root_(std::move(root)), path_(std::move(path)), modes_(modes) {}
    Result<int> enter(const std::string& folder); // the descriptor of `folder`; the caller must not close it
    std::string shown(const std::string& path) const { return (path_ / path).string(); }

    Descriptor root_, last_;
    Path path_;
    unsigned modes_;
    std::string last_folder_; // the path of last_
};

// Reads the rest of a file from its current position, in pieces.
Result<void> read_pieces(const OpenFile& file, const std::string& name,
                         const std::function<Result<void>(std::string_view)>& take);
// Gives everything below a private folder of ours to a user. The folder itself stays ours and is opened to the user's
// group, because an owner could open it to everybody.
Result<void> give_tree(const Path& folder, const User& user);
// Makes the missing folders of `path` with mode 0755, whatever the umask is.
Result<void> make_open_folders(const Path& path);
// Like make_open_folders(), for a path below `base`; follows no link. With `owner`, new folders belong to that user.
Result<void> make_folders_of(const Path& base, const std::string& path, const User* owner);
// Lets everybody enter a private folder of ours, and syncs it.
Result<void> open_to_all(const Path& folder);

}
