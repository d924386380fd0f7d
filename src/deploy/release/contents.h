#pragma once
#include "base/dropped.h"
#include "base/result.h"
#include "sys/files/files.h"
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// The content of a release, from a folder or an archive: plain files, folders and links that stay within it, without
// their original modes. The builder of a release is not trusted. Errors (no) name the file and what to do.
namespace fairlead::sys {
class Archive;
class TreeBuilder;
}

namespace fairlead::deploy {

struct Entry {
    std::string path;    // '/'-separated, relative to the release's folder
    char kind = 'f';     // f file, x executable file, l link, d folder
    std::string content; // SHA-256 of a file, target of a link
    std::uint64_t size = 0;
    std::vector<Right> rights = {}; // rights in the source, which the release never gets
};

// Limits above which a release is refused, even if its archive states smaller sizes.
struct ContentLimits {
    std::uint64_t bytes = 4ull << 30; // of all files together
    std::uint64_t files = 500'000;    // including folders and links
    std::uint64_t ratio = 100;        // for an archive: unpacked size to packed size
};

enum class Stage { built, prepared }; // built: as delivered; prepared: after prepare
// Error (no): a limit is exceeded; the message names the key that raises it.
Result<void> check_limits(std::uint64_t files, std::uint64_t bytes, const ContentLimits& limits, Stage stage);

// Whether a path is never part of a release: .git, .env files, byte code and caches.
bool is_left_out(std::string_view path);

// Returns the entries below `folder` without those left out. Also an error: a socket, device or pipe.
Result<std::vector<Entry>> list_folder_entries(const sys::Path& folder, const std::vector<std::string>& exclude,
                                               const ContentLimits& limits);
Result<std::vector<Entry>> list_everything(const sys::Path& folder); // without limits, nothing left out
// Returns the sorted members of a tar archive. With `to`, creates them there; otherwise writes nothing.
Result<std::vector<Entry>> read_archive(const sys::Path& archive, const std::vector<std::string>& exclude,
                                        const ContentLimits& limits, sys::TreeBuilder* to);
Result<std::vector<Entry>> read_members(sys::Archive& archive, const std::vector<std::string>& exclude,
                                        const ContentLimits& limits, sys::TreeBuilder* to);
// Creates the entries of `folder` in `to`. Error: an entry has changed since it was listed.
Result<void> copy_entries(const sys::Path& folder, const std::vector<Entry>& entries, sys::TreeBuilder& to);

// Error: a link, followed as the kernel does, leads out of the release. Targets below /usr, where only root may write,
// are allowed, for example the interpreter of a virtual environment.
Result<void> check_links(const std::vector<Entry>& entries);

Dropped dropped_of(const std::vector<Entry>& entries);
std::string digest_of(const std::vector<Entry>& entries); // 64 hex digits; order does not matter

}
