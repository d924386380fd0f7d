#pragma once
#include "base/result.h"
#include "deploy/release/contents.h"
#include "deploy/settings.h"
#include "sys/files/files.h"
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// An immutable release: named by its version and by the digest of its files, whether it comes as a folder or as a tar.
namespace fairlead::deploy {

// Behind the commit of a release that was made of changed files.
inline constexpr std::string_view dirty_suffix = "-dirty";

// What is recorded of a release; releases/<id>.json in the state folder.
struct ReleaseInfo {
    std::string id, version, digest, commit;
    std::string sealed;    // SHA-256 of the list of what it was sealed with; empty: before lists were kept
    bool prepared = false; // fetched whole, its prepare commands have run, and it is sealed
    bool carries = false;  // what it was proven with is kept (deploy/carried.h)
};

struct Release {
    ReleaseInfo info;
    sys::Path source; // its folder, or its archive
    bool is_archive = false;
    std::vector<std::string> exclude; // of both
    std::vector<Entry> entries;       // sorted by path
    std::uint64_t bytes = 0;
};

std::string release_id(std::string_view version, std::string_view digest); // "1.4.0-3f2a9c1b77d0"
std::string version_of(std::string_view id);                               // "1.4.0"
Result<void> check_version(std::string_view version); // [A-Za-z0-9._+-], at most 64, not starting with . or -

// Of what lies at `path`: the commit that its repository is at, unless one is given, and the version by what was asked,
// release.version or that commit. Error (usage): a version that is none.
Result<ReleaseInfo> name_release(const Settings& settings, const std::string& path, const std::string& version,
                                 const std::string& commit, const std::string& digest);

ContentLimits limits_of(const Settings& settings);

// Reads settings.release_path; nothing is unpacked for it. An empty `version` is the short commit, or "0" without a
// repository.
Result<Release> read_release(const Settings& settings, const std::string& version, const std::string& commit);

// Makes the release in a new folder `to`, which only we can enter, with our own modes. Error (no): it is no more what
// was read; what was made is taken away again.
Result<void> build_release(const Settings& settings, const Release& release, const sys::Path& to);

// `of`: whose it is (ledger/checked.h); empty: it doesn't say, or anybody's.
std::string to_json(const ReleaseInfo& info, const std::string& of = "");
Result<ReleaseInfo> parse_release_info(std::string_view text, const std::string& file, const std::string& of = "");

}
