#pragma once
#include "base/result.h"
#include "sys/files/files.h"
#include <string>
#include <string_view>
#include <vector>

// The small files of a ledger's folder. What another user may not see is not absent: that is an error (could_not).
namespace fairlead::ledger {

inline constexpr unsigned file_mode = 0640, folder_mode = 0750;

Result<std::string> read_or_empty(const sys::Path& path);           // absent: empty
Result<std::vector<std::string>> names_in(const sys::Path& folder); // sorted; absent: none
// Adds a line after the whole ones: one that a dying writer or a full disk tore goes.
Result<void> add_after_whole_lines(const sys::Path& path, std::string_view line, sys::Sync sync = sys::Sync::yes);

// What is damaged gets the name "<path>.damaged-1", or the next one that is free; what to say of it.
Result<sys::Path> free_name_aside(const sys::Path& path);
Result<std::string> set_aside(const sys::Path& path, const Error& error);
std::string told_with_place(const Error& error); // "file:line: message"

// Temporary files of sys::write_file and sys::replace_symlink that nobody renamed: `.name.<12 hex digits>`.
bool is_leftover(std::string_view name);
Result<void> remove_leftovers(const sys::Path& folder);

}
