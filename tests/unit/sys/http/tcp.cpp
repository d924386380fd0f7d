#include "support/catch.h"
#include "sys/descriptor.h"
#include "sys/http/sockets.h"
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

using namespace fairlead;

namespace {

struct Listening {
    sys::Descriptor socket{::socket(AF_INET, SOCK_STREAM, 0)};
    sockaddr_in at{};
    explicit Listening(in_addr_t host) {
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(host);
        REQUIRE(::bind(socket.get(), reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
        REQUIRE(::listen(socket.get(), 8) == 0);
        socklen_t size = sizeof at;
        REQUIRE(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&at), &size) == 0);
    }
    std::string address() const { return fmt::format("127.0.0.1:{}", ntohs(at.sin_port)); }
    sys::Descriptor call() const {
        sys::Descriptor client(::socket(AF_INET, SOCK_STREAM, 0));
        auto to = at;
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::connect(client.get(), reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
        return client;
    }
};

}

TEST_CASE("connections of TCP are counted by state and address, from whichever end this host has") {
    const std::string head =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
    const auto row = [](const std::string& local, const std::string& remote, const std::string& state) {
        return fmt::format("   0: {} {} {} 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0\n",
                           local, remote, state);
    };
    const auto end = sys::tcp_end("127.0.0.1:8000").value();
    CHECK(end.four == "0100007F:1F40"); // on a machine whose memory begins with the low byte
    CHECK(end.six == "0000000000000000FFFF00000100007F:1F40");
    const auto table = head + row("00000000:1F40", "00000000:0000", "0A") +
                       row("0100007F:1F40", "0100007F:C001", "01") + row("0100007F:C001", "0100007F:1F40", "01") +
                       row("0100007F:C002", "0100007F:1F40", "02") + row("0100007F:C003", "0100007F:1F40", "06") +
                       row("0100007F:C004", "0100007F:1F41", "01") + row("0100007F:1F40", "0100007F:C005", "03") +
                       row("0200007F:1F40", "0100007F:C006", "01");
    const auto use = sys::count_tcp(table, end);
    CHECK(use.listeners == 1);
    CHECK(use.to == 2);
    CHECK(use.at == 2);
    const auto mapped =
        sys::count_tcp(head + row(end.six, "0000000000000000FFFF00000100007F:C001", "01") +
                           row("00000000000000000000000000000000:1F40", "00000000000000000000000000000000:0000", "0A"),
                       end);
    CHECK(mapped.at == 1);
    CHECK(mapped.listeners == 1);
    const auto again = sys::count_tcp(table + table, end); // as /proc/net/tcp may be while others come and go
    CHECK(again.listeners == 1);
    CHECK(again.to == 2);
    CHECK(again.at == 2);
    CHECK(sys::count_tcp("", end).to == 0);
    CHECK(sys::count_tcp("   0: 0100007F:1F40", end).at == 0);
    CHECK(sys::tcp_end("[::1]:8000")->six == "00000000000000000000000001000000:1F40");
    for (const auto* wrong : {"", ":80", "localhost:80", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "[::1:80",
                              "::1:80", "127.0.0.1:8o", "1.2.3:80", "[]:80"})
        CHECK(sys::tcp_end(wrong).error().kind == Kind::usage);
}

TEST_CASE("a connection counts from its first packet until it is closed, whoever accepts it") {
    for (const in_addr_t host : {INADDR_LOOPBACK, INADDR_ANY}) {
        const Listening server(host);
        CHECK(sys::tcp_use(server.address())->listeners == 1);
        CHECK(sys::tcp_use(server.address())->connections == 0);
        CHECK(sys::tcp_listener(server.address()).find(fmt::format("process {} (", ::getpid())) == 0);
        {
            const auto waiting = server.call(); // in the backlog
            CHECK(sys::tcp_use(server.address())->connections == 1);
            const auto other = server.call();
            const sys::Descriptor taken(::accept(server.socket.get(), nullptr, nullptr));
            CHECK(sys::tcp_use(server.address(), ::getpid())->connections == 2);
        }
        CHECK(sys::tcp_use(server.address())->connections == 0);
    }
    CHECK(sys::tcp_listener("127.0.0.1:1").empty());
    CHECK(sys::tcp_listener("nowhere").empty());
    CHECK(sys::tcp_use("127.0.0.1:1", 0x7FFFFFF0).error().kind == Kind::could_not);
}
