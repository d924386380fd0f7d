// The Lock of files.h.
#include "sys/clock.h"
#include "sys/descriptor.h"
#include "sys/files/file_parts.h"
#include "sys/files/files.h"
#include <algorithm>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace fairlead::sys {
namespace {

// A plain file with one name; another name may be that of somebody's file, which is neither read nor written.
bool is_only_a_lock(int descriptor) {
    struct stat info {};
    return ::fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode) && info.st_nlink == 1;
}

std::string read_holder(int descriptor) {
    if (!is_only_a_lock(descriptor)) return "another process";
    std::string text(200, '\0');
    const ssize_t count = ::pread(descriptor, text.data(), text.size(), 0);
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }, ' ');
    return text.empty() ? "another process" : text;
}

// Someone may have removed or replaced the file between our open and our flock: then it guards nothing.
bool is_still(int descriptor, const Path& path) {
    struct stat held {
    }, named{};
    return ::fstat(descriptor, &held) == 0 && ::stat(path.c_str(), &named) == 0 && held.st_ino == named.st_ino &&
           held.st_dev == named.st_dev;
}

void write_holder(int descriptor, std::string_view about) {
    // For display only: a full disk must not keep the lock from being taken.
    if (!is_only_a_lock(descriptor)) return;
    if (::ftruncate(descriptor, 0) == 0) [[maybe_unused]]
        const ssize_t written = ::pwrite(descriptor, about.data(), about.size(), 0);
}

}

Result<Lock> Lock::take(const Path& path, std::string_view about, Milliseconds wait) {
    const auto deadline = real_clock().steady() + wait;
    while (true) {
        Descriptor descriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (!descriptor.is_open() && errno == ELOOP)
            return could_not(fmt::format("lock '{}' is a link; move it elsewhere", path.string()));
        if (!descriptor.is_open()) return path_error(path.string(), "opened as a lock");
        struct stat info {};
        if (::fstat(descriptor.get(), &info) == 0 && !S_ISREG(info.st_mode))
            return could_not(fmt::format("lock '{}' is not a regular file; move it elsewhere", path.string()));
        if (::flock(descriptor.get(), LOCK_EX | LOCK_NB) == 0) {
            if (!is_still(descriptor.get(), path)) continue;
            write_holder(descriptor.get(), about);
            return Lock(descriptor.release());
        }
        if (errno == EINTR) continue;
        if (errno != EWOULDBLOCK) return path_error(path.string(), "locked");
        const auto left = std::chrono::ceil<Milliseconds>(deadline - real_clock().steady());
        if (left.count() <= 0) {
            return could_not(fmt::format(
                "lock '{}' is held by {}; try again when it has ended, or end it there with `kill -TERM PID`",
                path.string(), read_holder(descriptor.get())));
        }
        if (!real_clock().sleep(std::min(left, lock_poll_interval))) {
            return could_not(fmt::format("interrupted while waiting for lock '{}'", path.string()));
        }
    }
}

bool Lock::is_at(const Path& path) const { return is_still(descriptor_, path); }

Lock::~Lock() {
    if (descriptor_ < 0) return;
    write_holder(descriptor_, ""); // nobody holds it any more
    ::close(descriptor_);
}

}
