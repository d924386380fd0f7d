#pragma once
#include "base/result.h"
#include "base/time.h"
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

// Every error names the path and the system's reason; kind could_not unless said otherwise.
namespace fairlead::sys {

using Path = std::filesystem::path;

Result<std::string> read_file(const Path& path, std::uint64_t limit = 1ull << 31); // regular files only
// A temporary file in the same folder, synced, renamed over `path`, folder synced. The old content or the new.
// `mode` is subject to the umask. A device or a pipe (/dev/stdout) is written to as it is.
enum class Sync { yes, no }; // no: for files that nobody wants after a crash, such as those between a job's steps
Result<void> write_file(const Path& path, std::string_view bytes, unsigned mode = 0644, Sync sync = Sync::yes);
Result<void> append_file(const Path& path, std::string_view bytes, unsigned mode = 0644,
                         Sync sync = Sync::yes); // one write(2)
// Atomically makes `link` a symbolic link to `target` (temporary name, rename, folder synced).
Result<void> replace_symlink(const Path& target, const Path& link);
struct Link {
    std::string name, target;
    bool operator==(const Link&) const = default;
};
// The same of several in one folder, in their order; the folder is synced once, behind the last. An error leaves those
// before it replaced.
Result<void> replace_symlinks(const Path& folder, const std::vector<Link>& links);
Result<void> make_folders(const Path& path, unsigned mode = 0755);
Result<void> remove_tree(const Path& path);         // absent is fine
Result<bool> remove_empty_folder(const Path& path); // rmdir(2); false: something lies in it, or it is not a folder
Result<void> rename_path(const Path& from, const Path& to); // then both folders are synced
// All that its file system has still to write (syncfs(2)): of a large tree much sooner done than one by one.
Result<void> sync_tree(const Path& path);

enum class FileType { absent, file, folder, link, socket, other };
struct FileInfo {
    FileType type = FileType::absent; // of the path itself; links are not followed
    std::uint64_t size = 0;
    unsigned mode = 0;            // permission bits
    std::int64_t modified_ns = 0; // since 1970
};
FileInfo inspect(const Path& path);
Result<std::string> read_link(const Path& path);
Result<std::vector<std::string>> list_folder(const Path& path); // names, sorted
// Files (as the pattern spells them, '/'-separated) that match a glob of base/text.h; sorted, folders left out. Enters
// neither .git nor links to folders. A fixed prefix that is not there gives none; a folder that can't be listed, an
// error.
Result<std::vector<std::string>> glob(const Path& base, std::string_view pattern);
Result<std::uint64_t> free_bytes(const Path& path);

// A folder of our own that is removed with its owner.
class TemporaryFolder {
  public:
    static Result<TemporaryFolder> make(std::string_view prefix, const Path& parent = {}); // empty: in TMPDIR
    TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
    TemporaryFolder& operator=(TemporaryFolder&&) = delete;
    ~TemporaryFolder();
    const Path& path() const { return path_; }

  private:
    explicit TemporaryFolder(Path path) : path_(std::move(path)) {}
    Path path_;
};

// flock(2) on a file: freed by the kernel when the holder dies. `about` is written into it for display only.
class Lock {
  public:
    // Waits up to `wait`; error (could_not) quotes what the holder wrote.
    static Result<Lock> take(const Path& path, std::string_view about, Milliseconds wait);
    Lock(Lock&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
    Lock& operator=(Lock&&) = delete;
    ~Lock();
    bool is_at(const Path& path) const; // nobody took the file away, or put another one there

  private:
    explicit Lock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

Result<std::string> read_stream(int descriptor, std::uint64_t limit); // to its end; more than that is an error
Result<void> write_stream(int descriptor, std::string_view bytes);    // all of it; EPIPE is an error
// Takes the numbers of standard streams that are closed, or the next file of ours would get them: what is written to
// such a stream stays an error.
void hold_standard_streams();

}
