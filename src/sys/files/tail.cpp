#include "sys/files/tail.h"
#include <algorithm>
#include <sys/stat.h>
#include <unistd.h>

namespace fairlead::sys {

namespace {

constexpr std::size_t longest_tail_line = 64u << 10;

}

Result<bool> Tail::open() {
    struct stat there {};
    if (::stat(path_.c_str(), &there) != 0) {
        if (errno == ENOENT) return false;
        return path_error(path_.string(), "read");
    }
    if (file_.is_open() && there.st_dev == device_ && there.st_ino == inode_) return false;
    auto opened = TRY(open_regular(path_.string()));
    if (::fstat(opened.descriptor.get(), &there) != 0) return path_error(path_.string(), "read");
    file_ = std::move(opened.descriptor);
    device_ = there.st_dev;
    inode_ = there.st_ino;
    offset_ = 0;
    torn_.clear();
    skipping_ = false;
    return true;
}

Result<std::string> Tail::read(std::uint64_t limit) {
    if (!file_.is_open()) return std::string();
    struct stat now {};
    if (::fstat(file_.get(), &now) != 0) return path_error(path_.string(), "read");
    const auto size = static_cast<std::uint64_t>(now.st_size);
    if (size < offset_) {
        offset_ = 0;
        torn_.clear();
    }
    std::string bytes(static_cast<std::size_t>(std::min(limit, size - offset_)), '\0');
    ssize_t count = 0;
    do count = ::pread(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset_));
    while (count < 0 && errno == EINTR);
    if (count < 0) return path_error(path_.string(), "read");
    bytes.resize(static_cast<std::size_t>(count));
    offset_ += bytes.size();
    at_end_ = offset_ >= size;
    if (skipping_) {
        const auto end = bytes.find('\n');
        if (end == bytes.npos) return std::string();
        bytes.erase(0, end + 1);
        skipping_ = false;
    }
    const auto end = bytes.rfind('\n') + 1; // 0: no line ends here
    auto lines = end > 0 ? torn_ + bytes.substr(0, end) : std::string();
    if (end > 0) torn_.clear();
    torn_ += bytes.substr(end);
    skipping_ = torn_.size() > longest_tail_line;
    if (skipping_) torn_.clear();
    return lines;
}

Result<std::string> Tail::more(std::uint64_t limit, std::uint64_t before) {
    const bool begun = first_ ? TRY(open()) : false;
    first_ = false;
    if (begun) {
        const auto size = inspect(path_).size;
        offset_ = size > before ? size - before : 0;
        skipping_ = offset_ > 0;
        if (skipping_) --offset_; // a line may begin right there
    }
    auto lines = TRY(read(limit));
    if (at_end_ && TRY(open())) lines += TRY(read(limit));
    return lines;
}

}
