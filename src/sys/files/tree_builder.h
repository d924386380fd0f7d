#pragma once
#include "sys/descriptor.h"
#include "sys/files/files.h"
#include "sys/sha256.h"
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

// A tree that we build in a folder of our own (0700) from what others made. Files get 0644 or 0755, folders 0755,
// whatever the umask says; every name is new, and no link is on the way to it. Paths are relative, of plain names;
// errors (could_not) name the path.
namespace fairlead::sys {

struct User; // sys/account.h

class TreeBuilder {
  public:
    // `folder` must not be there; what is above it must. No file gets more than these modes.
    static Result<TreeBuilder> create(const Path& folder, unsigned modes = 0777);
    Result<void> folder(const std::string& path);                       // and those above it; one that is there is fine
    Result<void> close_folder(const std::string& path, unsigned group); // 0750, for that group only
    Result<void> link(const std::string& path, const std::string& target);
    Result<void> hard_link(const std::string& from, const std::string& path); // `from` is a file that was made

    struct Finish {
        unsigned mode = 0644;
        std::int64_t modified_ns = 0;  // since 1970; 0: now
        std::optional<unsigned> group; // nothing: ours
    };
    // A file that is being written.
    class File {
      public:
        Result<void> write(std::string_view bytes);
        // SHA-256 of what was written.
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
    Result<File> file(const std::string& path); // the folders above it are made

  private:
    TreeBuilder(Descriptor root, Path path, unsigned modes)
        : root_(std::move(root)), path_(std::move(path)), modes_(modes) {}
    Result<int> enter(const std::string& folder); // ours to keep
    std::string shown(const std::string& path) const { return (path_ / path).string(); }

    Descriptor root_, last_;
    Path path_;
    unsigned modes_;
    std::string last_folder_; // that last_ is
};

// All of a file in pieces, from where it stands.
Result<void> read_pieces(const OpenFile& file, const std::string& name,
                         const std::function<Result<void>(std::string_view)>& take);
// All that is below a folder that was ours alone becomes that user's, to work in. The folder itself stays ours, open to
// the user's group: its owner could let everybody in.
Result<void> give_tree(const Path& folder, const User& user);
// Those that are missing, 0755 whatever the umask says.
Result<void> make_open_folders(const Path& path);
// The same of a path below `base`, no link on the way; with `owner` they are that user's.
Result<void> make_folders_of(const Path& base, const std::string& path, const User* owner);
// Lets all enter a folder that was ours alone; synced.
Result<void> open_to_all(const Path& folder);

}
