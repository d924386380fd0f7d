#pragma once
#include "deploy/release/contents.h"
#include "sys/account.h"
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// A release is sealed after its prepare and before it serves. From then on nobody writes to its files, and a list
// records their content.
namespace fairlead::deploy {

constexpr std::uint64_t spare_bytes = 64u << 20; // disk space that no release may use

// Seals `folder`, whose prepare ran as ourselves: removes all write, setuid and setgid bits. Returns the list.
Result<std::vector<Entry>> seal_in_place(const sys::Path& folder);

// Checks the result of prepare in `folder` against the limits. Counts names and apparent sizes (a sparse file counts in
// full) without reading files. Error (no): a limit is exceeded.
Result<void> check_prepared(const sys::Path& folder, const ContentLimits& limits);

// Copies the files that `user` left in `from` into a new folder `to`. The copies belong to us and have our modes, and
// no open descriptor of the user's processes leads to them. Files that were closed to others stay closed, except to the
// user's group. Error (no): a socket, device or pipe; a limit is exceeded; the disk would be full. Then the new folder
// is removed.
Result<std::vector<Entry>> seal_copy(const sys::Path& from, const sys::Path& to, const sys::User& user,
                                     const ContentLimits& limits);

std::string to_lines(const std::vector<Entry>& entries);
Result<std::vector<Entry>> parse_lines(std::string_view text, const std::string& file);

struct Drift {
    std::vector<std::string> changed, missing, added; // paths; caches that an interpreter added don't count
    std::vector<std::string> written;                 // databases of SQLite that came with the release and changed
    bool harms() const { return !changed.empty() || !missing.empty(); }
};
Drift compare(const std::vector<Entry>& sealed, const std::vector<Entry>& found);
// Reads the whole folder of the release. Databases that changed are in `written`.
Result<Drift> drift_of(const sys::Path& folder, const std::vector<Entry>& sealed);
// "'app.py' was changed"; if there are many, the first and their number; empty: no drift
std::string describe(const Drift& drift);

// Data that the application wrote into its release's folder, where other releases won't find it: all SQLite databases,
// also those that came with the release, and other files except logs, locks, caches and files that a build makes again.
struct AppData {
    std::string database;           // the first one; empty: none
    std::vector<std::string> files; // sorted
    // "the database 'app.db'", or the first file in quotes; empty: nothing
    std::string first() const;
};
// Reads names, the beginnings of files, and whole databases.
Result<AppData> app_data_in(const sys::Path& folder, const std::vector<Entry>& sealed);

}
