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
// Writes a temporary file in the same folder, syncs it, renames it to `path`, and syncs the folder; so `path` has the
// old or the new content. `mode` is subject to the umask. A device or a pipe (/dev/stdout) is written directly.
enum class Sync { yes, no }; // no: for files that are useless after a crash, such as those between a job's steps
Result<void> write_file(const Path& path, std::string_view bytes, unsigned mode = 0644, Sync sync = Sync::yes);
Result<void> append_file(const Path& path, std::string_view bytes, unsigned mode = 0644,
                         Sync sync = Sync::yes); // with one write(2)
// Atomically makes `link` a symbolic link to `target` (temporary name, rename, folder synced).
Result<void> replace_symlink(const Path& target, const Path& link);
struct Link {
    std::string name, target;
    bool operator==(const Link&) const = default;
};
// Replaces several links of one folder in their order, and then syncs the folder once. After an error, earlier links of
// the list stay replaced.
Result<void> replace_symlinks(const Path& folder, const std::vector<Link>& links);
Result<void> make_folders(const Path& path, unsigned mode = 0755);
Result<void> remove_tree(const Path& path);                 // absent is fine
Result<bool> remove_empty_folder(const Path& path);         // rmdir(2); false: it isn't empty, or it is not a folder
Result<void> rename_path(const Path& from, const Path& to); // then both folders are synced
// Writes all waiting data of the path's file system to disk (syncfs(2)). For a large tree this is faster than syncing
// each file.
Result<void> sync_tree(const Path& path);

enum class FileType { absent, file, folder, link, socket, other };
struct FileInfo {
    FileType type = FileType::absent; // of the path itself; links are not followed
    std::uint64_t size = 0;
    unsigned mode = 0;            // permission bits
    std::int64_t modified_ns = 0; // since 1970
};
FileInfo inspect(const Path& path);
// Returns whether a file system, or a folder of one, is mounted at the path, so that it can't be renamed or removed.
bool is_mount_point(const Path& path);
Result<std::string> read_link(const Path& path);
Result<std::vector<std::string>> list_folder(const Path& path); // names, sorted
// Returns the files that match a glob of base/text.h, as the pattern spells them ('/' between names), sorted, without
// folders. Enters neither .git nor links to folders. If the pattern's fixed prefix doesn't exist, returns no files. A
// folder that can't be listed is an error.
Result<std::vector<std::string>> glob(const Path& base, std::string_view pattern);
Result<std::uint64_t> free_bytes(const Path& path);

// A temporary folder of our own; the destructor removes it.
class TemporaryFolder {
  public:
    static Result<TemporaryFolder> make(std::string_view prefix, const Path& parent = {}); // empty parent: TMPDIR
    TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
    TemporaryFolder& operator=(TemporaryFolder&&) = delete;
    ~TemporaryFolder();
    const Path& path() const { return path_; }

  private:
    explicit TemporaryFolder(Path path) : path_(std::move(path)) {}
    Path path_;
};

// flock(2) on a file; the kernel frees the lock when its process dies. `about` is written into the file, for messages
// only.
class Lock {
  public:
    // Waits up to `wait`. Error (could_not), with the holder's `about`: the lock is still in use.
    static Result<Lock> take(const Path& path, std::string_view about, Milliseconds wait);
    Lock(Lock&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
    Lock& operator=(Lock&&) = delete;
    ~Lock();
    bool is_at(const Path& path) const; // whether the locked file is still at `path`

  private:
    explicit Lock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

Result<std::string> read_stream(int descriptor, std::uint64_t limit); // reads to the end; error if longer than `limit`
Result<void> write_stream(int descriptor, std::string_view bytes);    // writes all bytes; EPIPE is an error
// Opens placeholders for standard streams that are closed, so that no file of ours gets their numbers. Writing to such
// a stream stays an error.
void hold_standard_streams();

}
