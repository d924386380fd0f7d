#pragma once
#include "base/result.h"
#include "base/time.h"
#include <optional>
#include <string>
#include <string_view>

// Looks at unix and TCP sockets as the kernel lists them in /proc/net (proc(5)), in this process's network namespace.
namespace fairlead::sys {

class Descriptor; // sys/descriptor.h

inline constexpr std::size_t socket_path_limit = 107; // size of sockaddr_un.sun_path minus the NUL

struct SocketUse {
    int listeners = 0;   // state 01
    int connections = 0; // accepted (03) or waiting in the backlog (02)
};

// Counts the uses of a unix socket in the network namespace of `process` (0: ours). `path` is exactly the text that the
// application bound. A connection is counted in the namespace of the client. Error (could_not): the list can't be read.
Result<SocketUse> socket_use(const std::string& path, int process = 0);
// Does the same for TCP. `address`: "127.0.0.1:8001", "[::1]:8001". Error (usage): it is not such an address. Counts
// connections that are established or being set up, at both ends of the connection, because this namespace may have
// either end.
Result<SocketUse> tcp_use(const std::string& address, int process = 0);
// Returns the listener, "process 4711 (nginx)". Empty: there is no listener, or only root can see it.
std::string tcp_listener(const std::string& address);
// Opens a socket with O_PATH, so that the owner of its folder can't redirect us afterwards. Not open: the path is
// absent. Error (no), with the path: it is a link or another kind of file, or the folder belongs to another user, but
// the socket doesn't.
Result<Descriptor> hold_socket(const std::string& path);
std::string path_of(const Descriptor& held); // a path to exactly the opened socket, even if it was renamed
// Lets the router connect: mode 0660 for the folder's group if the folder is closed to others, else 0666. Follows no
// link. False: the socket doesn't exist yet.
bool open_socket(const std::string& path);

// A folder for sockets. It is made if missing; an existing folder gets this owner and these modes.
struct SocketFolder {
    std::optional<unsigned> owner; // nothing: us
    std::optional<unsigned> group; // the folder's group, and that of new files in it; nothing: open to everybody
    bool passed_through = false;   // other users may reach folders inside if they know their names
};
// True: only the group may use it. False: we may not give files to that group, so everybody may.
Result<bool> make_socket_folder(const std::string& path, const SocketFolder& wanted);
SocketUse count_sockets(std::string_view list, std::string_view path); // `list`: a text like /proc/net/unix

// An address in the format of /proc/net/tcp and tcp6: words of memory in hexadecimal, then the port (proc(5)).
struct TcpEnd {
    std::string four; // "0100007F:1F40"; empty: the address is an IPv6 address
    std::string six;  // for an IPv4 address: the mapped IPv6 address
};
Result<TcpEnd> tcp_end(const std::string& address); // error (usage): not an address with a port
struct TcpUse {
    int listeners = 0, to = 0, at = 0; // a connection within one namespace counts twice: in `to` and in `at`
    std::string inode;                 // inode of a listening socket; empty if there is no listener
};
TcpUse count_tcp(std::string_view table, const TcpEnd& end); // `table`: a text like /proc/net/tcp or /proc/net/tcp6

// Sends one question to a server that answers and then closes (HAProxy's stats socket), and returns the answer. Error
// (could_not) with the path: the server can't be reached, takes longer than `timeout`, or sends more than 16 MiB.
Result<std::string> ask_socket(const std::string& path, std::string_view question, Milliseconds timeout);

}
