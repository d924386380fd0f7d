#pragma once
#include "base/result.h"
#include "sys/files/files.h"
#include <string>
#include <string_view>
#include <vector>

// The small files of a ledger's folder. A file that another user hides from us isn't treated as absent: it is an error
// (could_not).
namespace fairlead::ledger {

inline constexpr unsigned file_mode = 0640, folder_mode = 0750;

Result<std::string> read_or_empty(const sys::Path& path);           // absent: empty
Result<std::vector<std::string>> names_in(const sys::Path& folder); // sorted; absent: empty
// Adds a line after the complete lines. Removes an incomplete last line, which a killed writer or a full disk left.
Result<void> add_after_whole_lines(const sys::Path& path, std::string_view line, sys::Sync sync = sys::Sync::yes);

// free_name_aside() returns "<path>.damaged-1" or the next free name. set_aside() renames a damaged file to it, and
// returns the message about that.
Result<sys::Path> free_name_aside(const sys::Path& path);
Result<std::string> set_aside(const sys::Path& path, const Error& error);
std::string told_with_place(const Error& error); // "file:line: message"

// Whether it is a temporary file of sys::write_file or sys::replace_symlink that was never renamed: `.name.<12 hex
// digits>`.
bool is_leftover(std::string_view name);
Result<void> remove_leftovers(const sys::Path& folder);

}
