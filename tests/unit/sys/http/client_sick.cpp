#include "sys/cancel.h"
#include "sys/http/client.h"
#include "unit/sys/http_server.h"
#include <chrono>
#include <thread>
#include <vector>

using namespace fairlead;
using namespace fairlead::sys;
using namespace fairlead::test;

// Whatever a server does is a value that names the fact, within the time that was given.
namespace {

constexpr std::size_t thousand = 1000, million = 1000 * thousand;

struct Sick {
    const char* what;
    std::string answer;
    HttpFailure failure;
    Server::Then then = Server::Then::close;
};

std::string repeated(const std::string& text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
}

std::vector<Sick> sick_servers() {
    const std::string ok = "HTTP/1.1 200 OK\r\n", chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
    const auto large = HttpFailure::too_large;
    return {
        {"one header of 120 kB", ok + "X: " + std::string(120 * thousand, 'x') + "\r\n\r\n", large},
        {"a header that never ends", ok + "X: " + std::string(2 * million, 'x'), large, Server::Then::hang},
        {"10 MB of headers", ok + repeated("X: " + std::string(997, 'x') + "\r\n", 10 * thousand), large},
        {"interim answers for ever", repeated("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", 20 * thousand), large},
        {"a body over the limit", ok + "\r\n" + std::string(2 * million, 'x'), large},
        {"a chunk over the limit", chunked + "7fffffff\r\n" + std::string(2 * million, 'x'), large},
        {"trailers for ever", chunked + "0\r\n" + repeated("X: " + std::string(997, 'x') + "\r\n", 2 * thousand),
         large},
        {"a chunk that never comes", chunked + "5\r\n", HttpFailure::timeout, Server::Then::hang},
        {"a chunk that is none", chunked + "hello\r\n", HttpFailure::other},
        {"garbage", "\x16\x03\x01 hello\r\n\r\n", HttpFailure::other},
        {"a reset within the body", ok + "Content-Length: 100\r\n\r\nhalf", HttpFailure::reset, Server::Then::reset},
        {"a length that is none", ok + "Content-Length: x\r\n\r\n", HttpFailure::other},
        {"a length beyond all numbers", ok + "Content-Length: 99999999999999999999\r\n\r\nhello", HttpFailure::reset},
        {"two lengths", ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", HttpFailure::reset},
        {"two lengths in one", ok + "Content-Length: 5, 6\r\n\r\nhello!", HttpFailure::reset},
        {"a length with a sign", ok + "Content-Length: +5\r\n\r\nhello", HttpFailure::reset},
        {"gzip that is none", ok + "Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello", HttpFailure::other},
        {"gzip that is cut short",
         ok + "Content-Encoding: gzip\r\nContent-Length: 22\r\n\r\n" +
             std::string("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xcb\x48\xcd\xc9\xc9\x07\x00\x86\xa6\x10\x36\x05",
                         22),
         HttpFailure::other},
        {"gzip that ends within its data",
         ok + "Content-Encoding: gzip\r\nContent-Length: 13\r\n\r\n" +
             std::string("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xcb\x48\xcd", 13),
         HttpFailure::other},
        {"a coding that nobody asked for", ok + "Content-Encoding: br\r\nContent-Length: 5\r\n\r\nhello",
         HttpFailure::other},
        {"silence", "", HttpFailure::timeout, Server::Then::hang},
    };
}

}

TEST_CASE("whatever a sick server does is told as its failure") {
    for (const auto& sick : sick_servers()) {
        INFO(sick.what);
        HttpRequest request;
        request.timeout = Milliseconds(sick.failure == HttpFailure::timeout ? 300 : 8000);
        request.body_limit = million;
        Server server([&](const std::string&) { return Server::Answer{sick.answer, sick.then}; });
        request.url = server.url();
        const auto result = real_http().send(request);
        REQUIRE(result.ok());
        INFO(result->reason);
        // Versions of libcurl disagree whether what is malformed was broken off.
        const bool malformed = sick.failure == HttpFailure::other && result->failure == HttpFailure::reset;
        if (!malformed) CHECK(result->failure == sick.failure);
        CHECK_FALSE(result->reason.empty());
        CHECK(result->reason.find("emory") == std::string::npos);
    }
}

TEST_CASE("one attempt is cancelled at once, and no other") {
    Server silent([](const std::string&) { return Server::Answer{"", Server::Then::hang}; });
    Cancel cancel;
    std::thread canceller([&] {
        std::this_thread::sleep_for(Milliseconds(100));
        cancel.ask();
    });
    HttpRequest request{.url = silent.url()};
    request.timeout = Milliseconds(30'000);
    request.cancel = &cancel;
    const auto start = std::chrono::steady_clock::now();
    const auto result = real_http().send(request);
    canceller.join();
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().kind == Kind::could_not);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(4));
    request.cancel = nullptr;
    request.timeout = Milliseconds(100);
    CHECK(real_http().send(request)->failure == HttpFailure::timeout);
}
