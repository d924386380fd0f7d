#include "sys/http/records.h"
#include "support/catch.h"
#include "sys/cancel.h"
#include "sys/http/addresses.h"
#include <algorithm>
#include <arpa/inet.h>
#include <atomic>
#include <functional>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace fairlead;
using namespace fairlead::sys;

namespace {

// A name server on 127.0.0.1, over UDP and TCP: `answer` gets a question and returns messages.
class NameServer {
  public:
    using Answer = std::function<std::vector<std::string>(const std::string& question, bool is_stream)>;
    explicit NameServer(Answer answer) : answer_(std::move(answer)) {
        for (int i = 0; i < 20 && stream_ < 0; ++i) { // somebody else may have the other kind's port
            ::close(datagram_);
            datagram_ = bound(SOCK_DGRAM, 0);
            sockaddr_in address{};
            socklen_t size = sizeof address;
            ::getsockname(datagram_, reinterpret_cast<sockaddr*>(&address), &size);
            port = ntohs(address.sin_port);
            stream_ = bound(SOCK_STREAM, port);
        }
        REQUIRE(stream_ >= 0);
        ::listen(stream_, 4);
        thread_ = std::thread([this] { serve(); });
    }
    ~NameServer() {
        stopping_ = true;
        thread_.join();
        ::close(datagram_);
        ::close(stream_);
    }
    std::string text() const { return "127.0.0.1:" + std::to_string(port); }
    int port = 0;
    std::atomic<int> questions{0};

  private:
    static int bound(int kind, int port) { // -1: the port is taken
        const int socket = ::socket(AF_INET, kind | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        if (::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return socket;
        ::close(socket);
        return -1;
    }
    void serve() {
        while (!stopping_) {
            pollfd both[] = {{datagram_, POLLIN, 0}, {stream_, POLLIN, 0}};
            if (::poll(both, 2, 10) <= 0) continue;
            char buffer[1024];
            if (both[0].revents != 0) {
                sockaddr_in peer{};
                socklen_t size = sizeof peer;
                const auto got =
                    ::recvfrom(datagram_, buffer, sizeof buffer, 0, reinterpret_cast<sockaddr*>(&peer), &size);
                ++questions;
                for (const auto& message : answer_({buffer, static_cast<std::size_t>(got)}, false))
                    ::sendto(datagram_, message.data(), message.size(), 0, reinterpret_cast<sockaddr*>(&peer), size);
            }
            if (both[1].revents == 0) continue;
            const int peer = ::accept4(stream_, nullptr, nullptr, SOCK_CLOEXEC);
            const auto got = ::recv(peer, buffer, sizeof buffer, 0);
            for (const auto& message : answer_({buffer + 2, static_cast<std::size_t>(got) - 2}, true)) {
                const std::string length = {static_cast<char>(message.size() >> 8), static_cast<char>(message.size())};
                ::send(peer, (length + message).data(), message.size() + 2, MSG_NOSIGNAL);
            }
            ::close(peer);
        }
    }
    Answer answer_;
    int datagram_ = -1, stream_ = -1;
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

std::string reply(const std::string& question, char flags, char code, const std::string& records, int count) {
    std::string bytes = question.substr(0, 2) + flags + code + std::string("\0\1\0", 3) + static_cast<char>(count);
    return bytes + question.substr(8) + records;
}

std::string address_record(char last) { return std::string("\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x0a\0\0", 15) + last; }

Records ask(const std::string& server, Milliseconds timeout = Milliseconds{3000}, const Cancel* cancel = nullptr) {
    auto records = look_up_records({"app.example.org", RecordType::a, server, timeout, cancel});
    REQUIRE(records.ok());
    return records.value();
}

}

TEST_CASE("records come from the server that was named") {
    NameServer server([](const std::string& question, bool) {
        return std::vector{reply(question, '\x85', '\x80', address_record(1) + address_record(2), 2)};
    });
    const auto records = ask(server.text());
    CHECK(records.found == Records::Found::yes);
    CHECK(records.list == std::vector<std::string>{"10.0.0.1", "10.0.0.2"});
    CHECK(records.server == server.text());
}

TEST_CASE("forged datagrams are passed over, and a long answer is fetched over TCP") {
    NameServer server([](const std::string& question, bool is_stream) {
        auto forged = reply(question, '\x85', '\x80', address_record(9), 1);
        forged[0] = static_cast<char>(forged[0] ^ 1);
        if (!is_stream) return std::vector<std::string>{"", forged, reply(question, '\x87', '\x80', "", 0)};
        return std::vector{reply(question, '\x85', '\x80', address_record(3), 1)};
    });
    CHECK(ask(server.text()).list == std::vector<std::string>{"10.0.0.3"});
}

TEST_CASE("no such name, no such record and a server that failed are told apart") {
    const auto with_code = [](char code) {
        NameServer server(
            [=](const std::string& question, bool) { return std::vector{reply(question, '\x85', code, "", 0)}; });
        return ask(server.text());
    };
    CHECK(with_code('\x83').found == Records::Found::no_such_name);
    CHECK(with_code('\x83').reason == "there is no name 'app.example.org'");
    CHECK(with_code('\x80').found == Records::Found::no_such_record);
    const auto failed = with_code('\x82');
    CHECK(failed.found == Records::Found::unanswered);
    CHECK(failed.reason.ends_with(" answers SERVFAIL"));
}

TEST_CASE("a mute server is asked again, and ends with the time or at a cancel") {
    NameServer server([](const std::string&, bool) { return std::vector<std::string>{}; });
    auto start = std::chrono::steady_clock::now();
    const auto past = [&] {
        return std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - start);
    };
    const auto records = ask(server.text(), Milliseconds{200});
    CHECK(records.found == Records::Found::unanswered);
    CHECK(records.reason == server.text() + " doesn't answer");
    CHECK(past() < Milliseconds{300});
    Cancel cancel;
    start = std::chrono::steady_clock::now();
    std::thread other([&] {
        std::this_thread::sleep_for(Milliseconds{50});
        cancel.ask();
    });
    CHECK_FALSE(look_up_records({"app.example.org", RecordType::a, server.text(), Milliseconds{5000}, &cancel}).ok());
    CHECK(past() < Milliseconds{1000});
    other.join();
}

TEST_CASE("a server where nobody listens doesn't take the time") {
    const auto records = ask("127.0.0.1:1");
    CHECK(records.found == Records::Found::unanswered);
    CHECK(records.reason == "127.0.0.1:1 can't be reached: Connection refused");
}

TEST_CASE("a wrong server is wrong use") {
    for (const auto* server :
         {"ns.example.org", "10.0.0.1:0", "10.0.0.1:99999", "[::1", "::1]:53", "10.0.0.1:x", "[::1]53"}) {
        INFO(server);
        const auto checked = check_question({"a.example", RecordType::a, server, {}, nullptr});
        REQUIRE_FALSE(checked.ok());
        CHECK(checked.error().kind == Kind::usage);
    }
    for (const auto* server : {"10.0.0.1", "10.0.0.1:5353", "::1", "[::1]", "[::1]:53"})
        CHECK(check_question({"a.example", RecordType::a, server, {}, nullptr}).ok());
}

TEST_CASE("addresses come from the system's resolver, each once") {
    const auto localhost = addresses_of("localhost", Milliseconds{3000}, nullptr);
    CHECK(localhost.found == Addresses::Found::yes);
    CHECK(std::count(localhost.list.begin(), localhost.list.end(), "127.0.0.1") == 1);
    CHECK(addresses_of("::1", Milliseconds{3000}, nullptr).list == std::vector<std::string>{"::1"});
    Cancel cancel;
    cancel.ask();
    const auto none = addresses_of("localhost", Milliseconds{3000}, &cancel);
    CHECK(none.found == Addresses::Found::unanswered);
    CHECK(none.reason == "interrupted");
    CHECK(canonical_address("0:0::0001") == "::1");
    CHECK(canonical_address("app.example.org").empty());
}
