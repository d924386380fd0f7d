#pragma once
#include "base/result.h"
#include "sys/descriptor.h"
#include "sys/files/files.h"
#include <cstdint>
#include <string>

namespace fairlead::sys {

// Follows a file that another program appends to, and returns only new, whole lines. If the file is renamed and begun
// again (logrotate), the old file is read to its end first. If the file is truncated (copytruncate), reading begins
// again at its start.
class Tail {
  public:
    explicit Tail(Path path) : path_(std::move(path)) {}
    // Returns about `limit` bytes at most; the rest comes with the next call. The first call begins at a line's start,
    // `before` bytes before the end. Lines longer than 64 KiB are left out. An absent file has no lines. Error
    // (could_not): the file can't be read, or is not a regular file.
    Result<std::string> more(std::uint64_t limit = 4u << 20, std::uint64_t before = 0);
    const std::string& unfinished() const { return torn_; } // the beginning of a line whose end hasn't come yet

  private:
    Result<std::string> read(std::uint64_t limit);
    Result<bool> open(); // false: the file is absent, or is open already

    Path path_;
    Descriptor file_;
    std::uint64_t device_ = 0, inode_ = 0, offset_ = 0;
    std::string torn_;      // the beginning of an unfinished line
    bool skipping_ = false; // skipping to the end of a line that is too long, or began before our first read
    bool first_ = true, at_end_ = true;
};

}
