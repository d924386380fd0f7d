#pragma once
#include "deploy/release/contents.h"
#include "sys/account.h"
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// A release is sealed after its prepare and before anything of it serves: from then on nobody writes to its files, and
// a list says what they were.
namespace fairlead::deploy {

constexpr std::uint64_t spare_bytes = 64u << 20; // of the disk: no release takes them

// `folder`, whose prepare ran as ourselves: its files lose every right to write and to be somebody else. The list.
Result<std::vector<Entry>> seal_in_place(const sys::Path& folder);

// Of what prepare left in `folder`: its names are counted, sizes taken as they are told, so that a sparse file counts
// whole; nothing is read. Error (no): it is over a limit.
Result<void> check_prepared(const sys::Path& folder, const ContentLimits& limits);

// What `user` has left in `from`, made once more in a new folder `to`: files and folders are ours, of our modes, and no
// descriptor that a process of theirs still holds leads to them. What they had closed to others stays so, open to their
// group. Error (no): a socket, device or pipe; over a limit; the disk would be full. What was made is taken away again.
Result<std::vector<Entry>> seal_copy(const sys::Path& from, const sys::Path& to, const sys::User& user,
                                     const ContentLimits& limits);

std::string to_lines(const std::vector<Entry>& entries);
Result<std::vector<Entry>> parse_lines(std::string_view text, const std::string& file);

struct Drift {
    std::vector<std::string> changed, missing, added; // paths; caches that an interpreter added are none
    bool harms() const { return !changed.empty() || !missing.empty(); }
};
Drift compare(const std::vector<Entry>& sealed, const std::vector<Entry>& found);
std::string describe(const Drift& drift); // "'app.py' was changed", of many the first and their number; empty: no drift

}
