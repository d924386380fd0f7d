#include "deploy/address.h"
#include "sys/http/sockets.h"

namespace fairlead::deploy {

namespace {
constexpr std::string_view scheme = "unix:";
}

std::string address_at(const sys::Path& socket) { return std::string(scheme) + socket.string(); }

std::string socket_in(std::string_view address) {
    return address.starts_with(scheme) ? std::string(address.substr(scheme.size())) : std::string();
}

Result<sys::SocketUse> use_of(sys::Host& host, const std::string& address, int process) {
    const auto socket = socket_in(address);
    return socket.empty() ? host.tcp_use(address, process) : host.socket_use(socket, process);
}

std::string listener_at(const std::string& address) {
    const auto who = sys::tcp_listener(address);
    return who.empty() ? "another user's program (`sudo ss -ltnp` shows which)" : who;
}

}
