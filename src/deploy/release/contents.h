#pragma once
#include "base/dropped.h"
#include "base/result.h"
#include "sys/files/files.h"
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// What a release holds, in a folder or in an archive: plain files, folders and links that stay within, of nobody's
// modes. Whoever built it is not trusted. Errors (no) name the file and what to do.
namespace fairlead::sys {
class Archive;
class TreeBuilder;
}

namespace fairlead::deploy {

struct Entry {
    std::string path;    // '/'-separated, from the release's folder
    char kind = 'f';     // f file, x executable file, l link, d folder
    std::string content; // SHA-256 of a file, target of a link
    std::uint64_t size = 0;
    std::vector<Right> rights = {}; // that it had and never gets; of what is read to be deployed
};

// Beyond them a release is refused; whatever it says of itself.
struct ContentLimits {
    std::uint64_t bytes = 4ull << 30; // of all files together
    std::uint64_t files = 500'000;    // and folders and links
    std::uint64_t ratio = 100;        // of an archive: unpacked to packed
};

enum class Stage { built, prepared }; // whether it is what somebody built, or what prepare made of it
// Error (no): it is over one of them; with the key that raises it.
Result<void> check_limits(std::uint64_t files, std::uint64_t bytes, const ContentLimits& limits, Stage stage);

// Never part of a release: .git, .env files, byte code and caches.
bool is_left_out(std::string_view path);

// Those below `folder` less what is left out. Error also: a socket, device or pipe.
Result<std::vector<Entry>> list_folder_entries(const sys::Path& folder, const std::vector<std::string>& exclude,
                                               const ContentLimits& limits);
Result<std::vector<Entry>> list_everything(const sys::Path& folder); // without limits, nothing left out
// The members of the tar archive, sorted. With `to` they are made there, else nothing is written.
Result<std::vector<Entry>> read_archive(const sys::Path& archive, const std::vector<std::string>& exclude,
                                        const ContentLimits& limits, sys::TreeBuilder* to);
Result<std::vector<Entry>> read_members(sys::Archive& archive, const std::vector<std::string>& exclude,
                                        const ContentLimits& limits, sys::TreeBuilder* to);
// Makes the entries of `folder` there as well. Error: one is not what it was when it was listed.
Result<void> copy_entries(const sys::Path& folder, const std::vector<Entry>& entries, sys::TreeBuilder& to);

// Error: a link leads out of the release, as the kernel would follow it. Below /usr, where only root writes and all may
// read, is fine: an interpreter of a virtual environment.
Result<void> check_links(const std::vector<Entry>& entries);

Dropped dropped_of(const std::vector<Entry>& entries);
std::string digest_of(const std::vector<Entry>& entries); // 64 hex digits; order does not matter

}
