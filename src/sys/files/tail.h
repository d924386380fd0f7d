#pragma once
#include "base/result.h"
#include "sys/descriptor.h"
#include "sys/files/files.h"
#include <cstdint>
#include <string>

namespace fairlead::sys {

// A file that somebody else writes at its end: what came since the last look, whole lines only. One that was renamed
// and begun anew (logrotate) is read to its end before the new one; one that was cut (copytruncate) begins anew.
class Tail {
  public:
    explicit Tail(Path path) : path_(std::move(path)) {}
    // At most about `limit` bytes; the rest comes with the next call. The first call begins `before` bytes from the
    // end, at a line's begin. A line longer than 64 KiB is left out. A file that is not there (yet) has no lines. Error
    // (could_not): it can't be read, or is no regular file.
    Result<std::string> more(std::uint64_t limit = 4u << 20, std::uint64_t before = 0);

  private:
    Result<std::string> read(std::uint64_t limit);
    Result<bool> open(); // false: there is none, or none but the one that is open

    Path path_;
    Descriptor file_;
    std::uint64_t device_ = 0, inode_ = 0, offset_ = 0;
    std::string torn_;      // begin of a line whose end has not come
    bool skipping_ = false; // to the end of a line that is too long, or was begun before we came
    bool first_ = true, at_end_ = true;
};

}
