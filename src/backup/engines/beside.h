#pragma once
#include "backup/scratch.h"
#include "base/result.h"
#include "base/time.h"
#include "sys/files/files.h"
#include <string>

// Puts restored data in the place of existing data.
namespace fairlead::backup {

// In the message of an error, replaces the paths of open folders (see Beside) by their real paths.
template <typename T>
Result<T> with_names(Result<T> done, const Beside& beside) {
    if (done.ok()) return done;
    auto error = std::move(done).error();
    error.message = beside.named(error.message);
    return error;
}

// Returns an unused name, under which the previous data is kept.
sys::Path before_of(const sys::Path& target, SystemTime now);
// Moves `made` to `target`, in one step if the file system can do so. The previous data is kept under the returned
// name. Empty: there was no previous data.
Result<sys::Path> swap_in(const sys::Path& made, const sys::Path& target, SystemTime now);
// Like swap_in(), for a file: the new file gets the mode and owner of the previous file. Returns a text that says where
// the previous file is now.
Result<std::string> replace_file(const sys::Path& made, const sys::Path& target, SystemTime now);

}
