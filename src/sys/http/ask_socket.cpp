#include "sys/descriptor.h"
#include "sys/http/sockets.h"
#include <algorithm>
#include <chrono>
#include <cstring>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace fairlead::sys {

namespace {

using SocketClock = std::chrono::steady_clock;

// False: the time ran out.
bool await(const Descriptor& socket, short events, SocketClock::time_point end) {
    for (;;) {
        const auto left = std::chrono::ceil<Milliseconds>(end - SocketClock::now()).count();
        if (left <= 0) return false;
        pollfd one{socket.get(), events, 0};
        const int ready = ::poll(&one, 1, static_cast<int>(std::min<long>(left, 60'000)));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return false;
    }
}

}

Result<std::string> ask_socket(const std::string& path, std::string_view question, Milliseconds timeout) {
    constexpr std::size_t limit = 16u << 20, piece = 64u << 10;
    const auto end = SocketClock::now() + timeout;
    const auto late = [&] {
        return could_not(fmt::format("'{}' did not answer within {}", path, format_duration(timeout)));
    };
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() > socket_path_limit)
        return usage(fmt::format("'{}' is too long for a unix socket's path", path));
    std::memcpy(address.sun_path, path.data(), path.size());
    const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.is_open() || ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return path_error(path, "reached");
    while (!question.empty()) {
        if (!await(socket, POLLOUT, end)) return late();
        const auto sent = ::send(socket.get(), question.data(), question.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN && errno != EINTR) return path_error(path, "asked");
        if (sent > 0) question.remove_prefix(static_cast<std::size_t>(sent));
    }
    std::string answer;
    for (std::string buffer(piece, '\0');;) {
        if (!await(socket, POLLIN, end)) return late();
        const auto got = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
        if (got == 0) return answer;
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (got < 0) return path_error(path, "read");
        answer.append(buffer, 0, static_cast<std::size_t>(got));
        if (answer.size() > limit) return could_not(fmt::format("'{}' answers more than 16 MiB", path));
    }
}

}
