#pragma once
#include "sys/descriptor.h"
#include "sys/files/files.h"
#include <string>
#include <string_view>
#include <sys/types.h>

// Functions for open files that files.cpp and beneath.cpp share.
namespace fairlead::sys {

FileType file_type(mode_t mode);
// Error (could_not): the descriptor is a folder, a pipe, a device ...
Result<OpenFile> regular_file(Descriptor descriptor, const std::string& name);
// Reads the rest of the file. If the file grows while it is read, reads to its new end, within the limit.
Result<std::string> read_all(const OpenFile& file, const std::string& name, std::uint64_t limit);
// Returns a name in the same folder, so that rename(2) is atomic. The name is hidden, so that users' globs don't match
// it.
Path temporary_name(const Path& path);
// Writes new and removed names in a folder to disk (fsync). Does nothing for a folder that may be written but not
// listed.
Result<void> sync_folder(const Path& folder);
// Renames `from` to `to` without syncing a folder. False: the name `to` is taken, and nothing changed.
Result<bool> rename_to_free(const Path& from, const Path& to);
// Writes all bytes (in write.cpp). The reader of a pipe may be slow. After a stop request it has half a second more;
// then it is an error.
Result<void> write_all(int descriptor, std::string_view bytes, const std::string& name);
bool await_reader(int descriptor); // waits until a short line can be written at once; false: a stop request came first
// Opens for appending. A pipe without a reader is an error; the function doesn't wait for one. `verb`: "opened for
// writing".
Result<Descriptor> open_to_append(const std::string& path, int flags, unsigned mode, std::string_view verb);

constexpr Milliseconds lock_poll_interval{50}; // between two tries to take a lock that is in use

}
