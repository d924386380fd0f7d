#pragma once
#include "base/result.h"
#include "deploy/release/contents.h"
#include "deploy/settings.h"
#include "sys/files/files.h"
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// An immutable release, named by its version and by the digest of its files; its source is a folder or a tar archive.
namespace fairlead::deploy {

// The suffix of a release's commit if it was made from changed files.
inline constexpr std::string_view dirty_suffix = "-dirty";
std::string_view without_dirty(std::string_view commit);

// The record of a release; releases/<id>.json in the state folder.
struct ReleaseInfo {
    std::string id, version, digest, commit;
    std::string sealed;    // SHA-256 of the list of its sealed files; empty: sealed by a version without lists
    bool prepared = false; // completely fetched, its prepare commands have run, and it is sealed
    bool carries = false;  // the settings and variables of its checks are kept (deploy/carried.h)
};

struct Release {
    ReleaseInfo info;
    sys::Path source; // its folder or its archive
    bool is_archive = false;
    std::vector<std::string> exclude; // for a folder and for an archive
    std::vector<Entry> entries;       // sorted by path
    std::uint64_t bytes = 0;
};

std::string release_id(std::string_view version, std::string_view digest); // "1.4.0-3f2a9c1b77d0"
std::string version_of(std::string_view id);                               // "1.4.0"
Result<void> check_version(std::string_view version); // [A-Za-z0-9._+-], at most 64, not starting with . or -

// Names the release at `path`. The commit is the given commit, or else that of its repository. The version is the given
// version, release.version, or that commit. Error (usage): the version is invalid.
Result<ReleaseInfo> name_release(const Settings& settings, const std::string& path, const std::string& version,
                                 const std::string& commit, const std::string& digest);

ContentLimits limits_of(const Settings& settings);

// Reads settings.release_path without unpacking it. An empty `version` means the short commit, or "0" without a
// repository.
Result<Release> read_release(const Settings& settings, const std::string& version, const std::string& commit);

// Creates the release in a new folder `to`, which only we can enter, with our own modes. Error (no): the source has
// changed since it was read; then the new folder is removed.
Result<void> build_release(const Settings& settings, const Release& release, const sys::Path& to);

// `of`: the owner (ledger/checked.h). Empty: no owner is written; when reading, any owner is accepted.
std::string to_json(const ReleaseInfo& info, const std::string& of = "");
Result<ReleaseInfo> parse_release_info(std::string_view text, const std::string& file, const std::string& of = "");

}
