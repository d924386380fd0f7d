#pragma once
#include "base/result.h"
#include "sys/host.h"
#include <string>
#include <string_view>

// The address of an instance: "unix:/srv/shop/run/a.sock", "127.0.0.1:8001", "[::1]:8001".
namespace fairlead::deploy {

std::string address_at(const sys::Path& socket);
std::string socket_in(std::string_view address); // the socket's path; empty: the address is host and port
// Returns which processes listen at the address and which are connected to it, in our network or in that of `process`.
Result<sys::SocketUse> use_of(sys::Host& host, const std::string& address, int process = 0);
// Returns who listens at host and port, in words.
std::string listener_at(const std::string& address);

}
