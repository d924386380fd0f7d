#include "sys/http/connection.h"
#include "sys/cancel.h"
#include "unit/sys/http_server.h"
#include <chrono>
#include <thread>

using namespace fairlead;
using namespace fairlead::sys;
using namespace fairlead::test;

namespace {

using Then = Server::Then;
using Clock = std::chrono::steady_clock;

Clock::time_point soon(int milliseconds = 3000) { return Clock::now() + Milliseconds(milliseconds); }

HttpRequest to(const std::string& url) {
    HttpRequest request;
    request.url = url;
    return request;
}

struct Exchanged {
    std::string bytes;
    HttpFailure failure = HttpFailure::none;
    bool closed = false;
    Milliseconds time{0};
};

// Sends a line and reads until the end.
Exchanged talk_to(const HttpRequest& request, Clock::time_point end, const ConnectionOptions& options = {}) {
    Exchanged done;
    const auto start = Clock::now();
    const auto connected = open_connection(request, options);
    REQUIRE(connected.ok());
    done.failure = connected->response.failure;
    if (!connected->connection) return done;
    REQUIRE(connected->connection->write("GET / HTTP/1.0\r\n\r\n", end).ok());
    for (;;) {
        const auto piece = connected->connection->read(1000, end);
        if (!piece.ok()) done.failure = HttpFailure::other;
        if (!piece.ok()) break;
        CHECK(piece->bytes.size() <= 1000);
        done.bytes += piece->bytes;
        done.failure = piece->failure;
        done.closed = piece->is_closed();
        if (done.closed || done.failure != HttpFailure::none) break;
    }
    done.time = std::chrono::duration_cast<Milliseconds>(Clock::now() - start);
    return done;
}

}

TEST_CASE("a connection carries bytes of any protocol both ways, and ends when the server closes it") {
    Server server([](const std::string& request) {
        return Server::Answer{request.substr(0, 3) + std::string(5000, '\0'), Then::close};
    });
    const auto done = talk_to(to(server.url()), soon());
    CHECK(done.failure == HttpFailure::none);
    CHECK(done.closed);
    CHECK(done.bytes == "GET" + std::string(5000, '\0'));
}

TEST_CASE("a connection goes on after an answer, and says both of its addresses") {
    Server server([](const std::string&) { return Server::Answer{"+"}; });
    const auto connected = open_connection(to(server.url()));
    REQUIRE(connected.ok());
    REQUIRE(connected->connection);
    CHECK(connected->response.address == "127.0.0.1");
    CHECK(connected->connection->local_address() == "127.0.0.1");
    for (int turn = 0; turn < 3; ++turn) {
        REQUIRE(connected->connection->write("x\r\n\r\n", soon()).ok());
        const auto piece = connected->connection->read(10, soon());
        REQUIRE(piece.ok());
        CHECK(piece->bytes == "+");
    }
    CHECK(server.connections == 1);
}

TEST_CASE("whatever a server does ends a read in time") {
    const auto of = [](std::string bytes, Then then, Milliseconds pause = Milliseconds{0}) {
        return [=](const std::string&) { return Server::Answer{bytes, then, pause}; };
    };
    SECTION("it is mute") {
        Server server(of("", Then::hang));
        const auto done = talk_to(to(server.url()), soon(200));
        CHECK(done.failure == HttpFailure::timeout);
        CHECK(done.time < Milliseconds(300));
    }
    SECTION("it sends byte by byte, without end") {
        Server server(of(std::string(10'000, 'x'), Then::hang, Milliseconds(1)));
        const auto done = talk_to(to(server.url()), soon(200));
        CHECK(done.failure == HttpFailure::timeout);
        CHECK(done.time < Milliseconds(300));
        CHECK(done.bytes.size() > 1);
    }
    SECTION("it floods") {
        Server server(of(std::string(200u << 20, 'x'), Then::close));
        const auto done = talk_to(to(server.url()), soon(50));
        CHECK(done.failure == HttpFailure::timeout);
        CHECK(done.time < Milliseconds(200));
    }
    SECTION("it resets") {
        Server server(of("", Then::reset));
        CHECK(talk_to(to(server.url()), soon()).failure == HttpFailure::reset);
    }
    SECTION("it closes at once") {
        Server server(of("", Then::close));
        const auto done = talk_to(to(server.url()), soon());
        CHECK(done.closed);
        CHECK(done.bytes.empty());
    }
}

TEST_CASE("nobody listens: refused, without a connection") {
    auto request = to("http://127.0.0.1:1");
    const auto connected = open_connection(request);
    REQUIRE(connected.ok());
    CHECK_FALSE(connected->connection);
    CHECK(connected->response.failure == HttpFailure::refused);
    CHECK(has(connected->response.reason, "127.0.0.1 port 1"));
    request.socket = "/nowhere/at.sock";
    CHECK(open_connection(request)->response.failure == HttpFailure::refused);
}

TEST_CASE("another thread ends a read at once") {
    Server server([](const std::string&) { return Server::Answer{"", Then::hang}; });
    Cancel cancel;
    auto request = to(server.url());
    request.cancel = &cancel;
    std::thread other([&] {
        std::this_thread::sleep_for(Milliseconds(50));
        cancel.ask();
    });
    const auto done = talk_to(request, soon(5000));
    other.join();
    CHECK(done.failure == HttpFailure::other);
    CHECK(done.time < Milliseconds(1000));
}

TEST_CASE("the proxy variables don't count, and given addresses do") {
    Server server([](const std::string&) { return Server::Answer{"here", Then::close}; });
    ::setenv("http_proxy", "http://127.0.0.1:1", 1);
    auto request = to("http://db.example:" + std::to_string(server.port));
    request.resolve = {"db.example:" + std::to_string(server.port) + ":127.0.0.1"};
    const auto done = talk_to(request, soon());
    ::unsetenv("http_proxy");
    CHECK(done.bytes == "here");
}

TEST_CASE("a unix socket is a connection, too") {
    const auto path = (std::filesystem::temp_directory_path() / ("fl-bytes-" + std::to_string(::getpid()))).string();
    {
        Server server([](const std::string&) { return Server::Answer{"here", Then::close}; }, path);
        auto request = to("http://localhost");
        request.socket = path;
        CHECK(talk_to(request, soon()).bytes == "here");
    }
    std::filesystem::remove(path);
}

TEST_CASE("bytes over TLS: the server is judged as for a request") {
    TlsServer server;
    REQUIRE_FALSE(server.port.empty());
    auto request = to("https://localhost:" + server.port);
    CHECK(talk_to(request, soon()).failure == HttpFailure::certificate);
    request.ca_file = server.ca_file();
    CHECK(has(talk_to(request, soon()).bytes, "HTTP/1.0 200"));

    request.ca_file.clear();
    request.look_at_tls = true;
    const auto looked = open_connection(request);
    REQUIRE(looked.ok());
    REQUIRE(looked->connection);
    REQUIRE(looked->response.handshake);
    CHECK(looked->response.handshake->version == "TLSv1.3");
    CHECK_FALSE(looked->response.handshake->distrust.empty());
    CHECK(looked->response.handshake->names_host);
}

TEST_CASE("versions and OCSP are asked for as the options say") {
    TlsServer server;
    REQUIRE_FALSE(server.port.empty());
    auto request = to("https://localhost:" + server.port);
    request.ca_file = server.ca_file();
    request.look_at_tls = true;
    const auto version = [&](TlsVersion newest) {
        ConnectionOptions options;
        options.newest = newest;
        const auto connected = open_connection(request, options);
        REQUIRE(connected.ok());
        return connected->connection ? connected->response.handshake->version
                                     : std::string(name_of(connected->response.failure));
    };
    CHECK(version(TlsVersion::v1_3) == "TLSv1.3");
    CHECK(version(TlsVersion::v1_2) == "TLSv1.2");
    CHECK(version(TlsVersion::v1_1) == "TLS handshake"); // OpenSSL 3 refuses it at its usual security level
    ConnectionOptions options;
    options.wants_staple = true;
    const auto connected = open_connection(request, options);
    REQUIRE(connected.ok());
    CHECK_FALSE(connected->connection);
    CHECK(connected->response.failure == HttpFailure::certificate);
    CHECK(connected->response.handshake);
}
