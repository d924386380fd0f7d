#pragma once
#include "base/result.h"
#include "deploy/settings.h"
#include "sys/files.h"
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// An immutable release: named by its version and by the digest of its files, whether it comes as a folder or as a tar.
namespace fairlead::deploy {

struct Entry {
    std::string path;    // '/'-separated, from the release's folder
    char kind = 'f';     // f file, x executable file, l link, d folder
    std::string content; // SHA-256 of a file, target of a link
    std::uint64_t size = 0;
};

// What is recorded of a release; releases/<id>.json in the state folder.
struct ReleaseInfo {
    std::string id, version, digest, commit;
    bool prepared = false; // fetched whole and its prepare commands have run
};

struct Release {
    ReleaseInfo info;
    sys::Path folder;           // where its files are now
    std::vector<Entry> entries; // sorted by path
    std::uint64_t bytes = 0;
    std::shared_ptr<sys::TemporaryFolder> unpacked; // of a tar, kept as long as needed
};

std::string digest_of(const std::vector<Entry>& entries);                  // 64 hex digits; order does not matter
std::string release_id(std::string_view version, std::string_view digest); // "1.4.0-3f2a9c1b77d0"
std::string version_of(std::string_view id);                               // "1.4.0"
Result<void> check_version(std::string_view version); // [A-Za-z0-9._+-], at most 64, not starting with . or -

// Never part of a release: .git, .env files, byte code and caches.
bool is_left_out(std::string_view path);

// Files below `folder` less what is left out. Error (no): a socket, device or pipe.
Result<std::vector<Entry>> list_entries(const sys::Path& folder, const std::vector<std::string>& exclude);

// Reads settings.release_path. An empty `version` is the short commit, or "0" without a repository.
Result<Release> read_release(const Settings& settings, const std::string& version, const std::string& commit);

// Copies the entries to `to` and checks that they are still what was read; everything synced.
Result<void> copy_release(const Release& release, const sys::Path& to);

std::string to_json(const ReleaseInfo& info);
Result<ReleaseInfo> parse_release_info(std::string_view text, const std::string& file);

}
