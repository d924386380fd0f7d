#include "sys/http/sockets.h"
#include "support/catch.h"
#include <string>

using namespace fairlead;

TEST_CASE("connections of a unix socket are counted by state and path") {
    const std::string list = "Num       RefCount Protocol Flags    Type St Inode Path\n"
                             "0000000000000000: 00000002 00000000 00010000 0001 01 101 /run/a.sock\n"
                             "0000000000000000: 00000003 00000000 00000000 0001 03 102 /run/a.sock\n"
                             "0000000000000000: 00000002 00000000 00000000 0001 02 103 /run/a.sock\n"
                             "0000000000000000: 00000003 00000000 00000000 0001 03 104 /run/a.sock.other\n"
                             "0000000000000000: 00000003 00000000 00000000 0001 03 105\n"
                             "0000000000000000: 00000002 00000000 00000000 0001 01 106 /run/a.sock\n"; // bound only
    const auto use = sys::count_sockets(list, "/run/a.sock");
    CHECK(use.listeners == 1);
    CHECK(use.connections == 2);
    CHECK(sys::count_sockets(list, "/run/b.sock").listeners == 0);
    CHECK(sys::count_sockets("", "/run/a.sock").connections == 0);
}
