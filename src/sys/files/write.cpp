// The part of files.h that waits: what is written to a pipe, a terminal or a socket stands still when nobody reads.
#include "sys/descriptor.h"
#include "sys/files/file_parts.h"
#include "sys/files/files.h"
#include "sys/signals.h"
#include <algorithm>
#include <atomic>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fairlead::sys {
namespace {

constexpr std::size_t pipe_piece = 4096; // POSIX: a pipe that poll(2) calls ready takes PIPE_BUF bytes without waiting
constexpr Milliseconds after_stop{500};  // for who still reads: a report of what was undone is worth a moment
std::atomic<bool> nobody_reads{false};   // one wait after a stop is enough, whatever else there is to be written

bool may_wait(int descriptor) {
    struct stat info {};
    return ::fstat(descriptor, &info) == 0 && !S_ISREG(info.st_mode);
}

}

bool await_reader(int descriptor) {
    if (!may_wait(descriptor)) return true;
    for (;;) {
        const bool stopped = stop_requested();
        pollfd files[] = {{descriptor, POLLOUT, 0}, {stopped ? -1 : stop_descriptor(), POLLIN, 0}};
        const auto patience = nobody_reads.load() ? 0 : static_cast<int>(after_stop.count());
        const int ready = ::poll(files, 2, stopped ? patience : -1);
        if (ready < 0 && errno != EINTR) return true; // write(2) says what is wrong
        if (ready > 0 && files[0].revents != 0) return true;
        if (ready != 0 || !stopped) continue;
        nobody_reads.store(true);
        return false;
    }
}

Result<void> write_all(int descriptor, std::string_view bytes, const std::string& name) {
    const bool waits = may_wait(descriptor);
    while (!bytes.empty()) {
        if (waits && !await_reader(descriptor))
            return could_not(fmt::format("interrupted while '{}' was written, because no program reads it", name));
        const ssize_t written =
            ::write(descriptor, bytes.data(), waits ? std::min(bytes.size(), pipe_piece) : bytes.size());
        if (written >= 0)
            bytes.remove_prefix(static_cast<std::size_t>(written));
        else if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK)
            return path_error(name, "written");
    }
    return {};
}

Result<Descriptor> open_to_append(const std::string& path, int flags, unsigned mode, std::string_view verb) {
    // Opened so, a pipe without a reader is an error at once; write_all waits for a slow one.
    Descriptor descriptor(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | flags, mode));
    if (descriptor.is_open()) return descriptor;
    const int number = errno;
    std::error_code unknown;
    if (number == ENXIO && std::filesystem::is_fifo(path, unknown))
        return could_not(fmt::format("'{}' is a pipe that no program reads; start its reader first", path));
    return path_error(path, verb, number);
}

Result<std::string> read_stream(int descriptor, std::uint64_t limit) {
    std::string bytes, block(std::size_t{64} << 10, '\0');
    while (true) {
        const ssize_t count = ::read(descriptor, block.data(), block.size());
        if (count < 0 && errno == EINTR && !stop_requested()) continue;
        if (count < 0) return path_error("standard input", "read");
        if (count == 0) return bytes;
        bytes.append(block, 0, static_cast<std::size_t>(count));
        if (bytes.size() > limit) return could_not(fmt::format("standard input is larger than {} bytes", limit));
    }
}

Result<void> write_stream(int descriptor, std::string_view bytes) {
    return write_all(descriptor, bytes,
                     descriptor == STDOUT_FILENO   ? "standard output"
                     : descriptor == STDERR_FILENO ? "standard error"
                                                   : fmt::format("descriptor {}", descriptor));
}

}
