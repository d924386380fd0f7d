#pragma once
#include "backup/scratch.h"
#include "base/result.h"
#include "base/time.h"
#include "sys/files/files.h"
#include <string>

// What was restored takes the place of what is there.
namespace fairlead::backup {

// What of `done` names a held folder, in the names that people know.
template <typename T>
Result<T> with_names(Result<T> done, const Beside& beside) {
    if (done.ok()) return done;
    auto error = std::move(done).error();
    error.message = beside.named(error.message);
    return error;
}

// A name that nothing has, under which what was there is kept.
sys::Path before_of(const sys::Path& target, SystemTime now);
// `made` gets the target's place, at one moment where the file system can do so; what was there is kept under the
// returned name. Empty: nothing was there.
Result<sys::Path> swap_in(const sys::Path& made, const sys::Path& target, SystemTime now);
// The same; a file that was there gives the new one its mode and owner. What became of it.
Result<std::string> replace_file(const sys::Path& made, const sys::Path& target, SystemTime now);

}
