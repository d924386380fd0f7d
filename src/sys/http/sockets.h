#pragma once
#include "base/result.h"
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

// `path` as the application bound it, byte for byte; error (could_not) when the list can't be read.
Result<SocketUse> socket_use(const std::string& path);
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

}
