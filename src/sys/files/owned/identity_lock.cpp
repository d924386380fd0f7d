// A socket's name without a file (unix(7), abstract socket addresses): one process at a time can have it. flock(2) on
// the file itself would be simpler, and would meet the locks of whoever uses it: on NFS the two kinds are one.
#include "sys/files/owned/identity_lock.h"
#include "base/printable.h"
#include "sys/clock.h"
#include "sys/descriptor.h"
#include "sys/files/file_parts.h"
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace fairlead::sys {
namespace {

constexpr int waiting = 128; // who asks for the holder and is never answered

struct Address {
    sockaddr_un name{};
    socklen_t size = 0;
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&name); }
};

Address address_of(const struct stat& file, std::string_view purpose) {
    Address address;
    address.name.sun_family = AF_UNIX;
    auto text = fmt::format("fairlead-{}-{:x}-{:x}", purpose, file.st_dev, file.st_ino);
    text.resize(std::min(text.size(), sizeof(address.name.sun_path) - 1));
    std::memcpy(address.name.sun_path + 1, text.data(), text.size());
    address.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + text.size());
    return address;
}

std::string holder_of(const Address& address) {
    const Descriptor asking(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    struct ucred who {};
    socklen_t size = sizeof(who);
    if (!asking.is_open() || ::connect(asking.get(), address.get(), address.size) != 0 ||
        ::getsockopt(asking.get(), SOL_SOCKET, SO_PEERCRED, &who, &size) != 0 || who.pid <= 0)
        return "another process";
    return who.uid == ::geteuid() ? fmt::format("pid {}", who.pid) : fmt::format("pid {} of user {}", who.pid, who.uid);
}

}

Result<IdentityLock> IdentityLock::take(const Path& path, std::string_view purpose, Milliseconds wait) {
    struct stat file {};
    if (::stat(path.c_str(), &file) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) return IdentityLock(-1);
        return path_error(path.string(), "looked at");
    }
    const auto address = address_of(file, purpose);
    const auto deadline = real_clock().steady() + wait;
    while (true) {
        Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (!socket.is_open()) return path_error(path.string(), "locked");
        if (::bind(socket.get(), address.get(), address.size) == 0) {
            if (::listen(socket.get(), waiting) != 0) return path_error(path.string(), "locked");
            return IdentityLock(socket.release());
        }
        if (errno != EADDRINUSE) return path_error(path.string(), "locked");
        const auto left = std::chrono::ceil<Milliseconds>(deadline - real_clock().steady());
        if (left.count() <= 0)
            return could_not(fmt::format("'{}', perhaps by another name, is held by {}; try again when it has ended, "
                                         "or end it there with `kill -TERM PID`",
                                         printable(path.string()), holder_of(address)));
        if (!real_clock().sleep(std::min(left, lock_poll_interval)))
            return could_not(fmt::format("interrupted while waiting for '{}'", printable(path.string())));
    }
}

IdentityLock::~IdentityLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}
