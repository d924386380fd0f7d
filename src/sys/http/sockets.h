#pragma once
#include "base/result.h"
#include "base/time.h"
#include <optional>
#include <string>
#include <string_view>

// Unix sockets as the kernel lists them in /proc/net/unix (proc(5)), in this process's network namespace.
namespace fairlead::sys {

class Descriptor; // sys/descriptor.h

inline constexpr std::size_t socket_path_limit = 107; // sockaddr_un.sun_path less its NUL

struct SocketUse {
    int listeners = 0;   // state 01
    int connections = 0; // accepted (03) or waiting in the backlog (02)
};

// `path` as the application bound it, byte for byte; error (could_not) when the list can't be read. Those of the
// network namespace that `process` is in; 0: ours. A connection is where whoever connected is.
Result<SocketUse> socket_use(const std::string& path, int process = 0);
// The same of TCP. `address`: "127.0.0.1:8001", "[::1]:8001"; error (usage): it is none. Connections are those that are
// established or on their way, to it as well as at it: whichever end this namespace has.
Result<SocketUse> tcp_use(const std::string& address, int process = 0);
// Who listens there, "process 4711 (nginx)". Empty: nobody, or somebody whom only root sees.
std::string tcp_listener(const std::string& address);
// Holds on to a socket (O_PATH), so that whoever owns its folder can't lead us elsewhere meanwhile. Not open: nothing
// is there. Error (no), which names the path: a link, something else, or, in another user's folder, not that user's
// own.
Result<Descriptor> hold_socket(const std::string& path);
std::string path_of(const Descriptor& held); // that leads to what is held, whatever its name leads to by now
// Lets the router connect: 0660 for the folder's group where that is closed to others, else 0666. Never through a link.
// False: no socket yet.
bool open_socket(const std::string& path);

// A folder that holds sockets, made where it is missing; one that is there gets this owner and these modes.
struct SocketFolder {
    std::optional<unsigned> owner; // nothing: us
    std::optional<unsigned> group; // whose files in it get that group too; nothing: open to all
    bool passed_through = false;   // others may go on to folders in it, whose names they know
};
// True: it is the group's alone; false: we may not give files to that group, so it is open to all.
Result<bool> make_socket_folder(const std::string& path, const SocketFolder& wanted);
SocketUse count_sockets(std::string_view list, std::string_view path); // of a text like /proc/net/unix

// An address as /proc/net/tcp and tcp6 write it: words of memory in hexadecimal, then the port (proc(5)).
struct TcpEnd {
    std::string four; // "0100007F:1F40"; empty: it is one of IPv6
    std::string six;  // of IPv4: the one that is mapped into IPv6
};
Result<TcpEnd> tcp_end(const std::string& address); // error (usage): no address and port
struct TcpUse {
    int listeners = 0, to = 0, at = 0; // a connection within one namespace is there twice: to the address, and at it
    std::string inode;                 // of a listener's socket; empty: none
};
TcpUse count_tcp(std::string_view table, const TcpEnd& end); // of a text like /proc/net/tcp or /proc/net/tcp6

// One question to a server that answers and closes (HAProxy's stats socket): all that came until then. Error
// (could_not) with the path: it can't be reached, takes longer than `timeout`, or answers more than 16 MiB.
Result<std::string> ask_socket(const std::string& path, std::string_view question, Milliseconds timeout);

}
