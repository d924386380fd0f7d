#pragma once
#include "sys/descriptor.h"
#include "sys/files/files.h"
#include <string>
#include <string_view>
#include <sys/types.h>

// What files.cpp and beneath.cpp do alike with a file that is open.
namespace fairlead::sys {

FileType file_type(mode_t mode);
// Error (could_not): a folder, a pipe, a device ...
Result<OpenFile> regular_file(Descriptor descriptor, const std::string& name);
// What is left of the file; one that grows meanwhile is read to its new end, within the limit.
Result<std::string> read_all(const OpenFile& file, const std::string& name, std::uint64_t limit);
// In the same folder, so that rename(2) is atomic; hidden, so that globs of the user's don't meet it.
Path temporary_name(const Path& path);
// Makes what was entered or left there last; one that may be written but not listed is let be.
Result<void> sync_folder(const Path& folder);
// `from` becomes `to`, and no folder is synced. False: something has that name, and nothing changed.
Result<bool> rename_to_free(const Path& from, const Path& to);
// Of write.cpp. Whoever reads a pipe may be slow; after a stop request it has half a second, then it is an error.
Result<void> write_all(int descriptor, std::string_view bytes, const std::string& name);
bool await_reader(int descriptor); // until a short line can be written without waiting; false: a stop came first
// For appending; a pipe that nobody reads is an error instead of a wait. `verb`: "opened for writing".
Result<Descriptor> open_to_append(const std::string& path, int flags, unsigned mode, std::string_view verb);

constexpr Milliseconds lock_poll_interval{50}; // between two tries to take a lock that somebody holds

}
