#pragma once
#include "base/result.h"
#include "sys/host.h"
#include <string>
#include <string_view>

// Where an instance listens: "unix:/srv/shop/run/a.sock", "127.0.0.1:8001", "[::1]:8001".
namespace fairlead::deploy {

std::string address_at(const sys::Path& socket);
std::string socket_in(std::string_view address); // its path; empty: it is host and port
// Who listens there and who is connected, in this process's network or in that of `process`.
Result<sys::SocketUse> use_of(sys::Host& host, const std::string& address, int process = 0);

}
