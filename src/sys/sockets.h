#pragma once
#include "base/result.h"
#include <string>
#include <string_view>

// Unix sockets as the kernel lists them in /proc/net/unix (proc(5)), in this process's network namespace.
namespace fairlead::sys {

inline constexpr std::size_t socket_path_limit = 107; // sockaddr_un.sun_path less its NUL

struct SocketUse {
    int listeners = 0;   // state 01
    int connections = 0; // accepted (03) or waiting in the backlog (02)
};

// `path` as the application bound it, byte for byte; error (could_not) when the list can't be read.
Result<SocketUse> socket_use(const std::string& path);
bool open_socket_to_all(const std::string& path); // mode 0666, so that the router may connect; false: no socket yet
SocketUse count_sockets(std::string_view list, std::string_view path); // of a text like /proc/net/unix

}
