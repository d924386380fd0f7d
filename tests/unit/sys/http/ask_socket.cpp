#include "support/catch.h"
#include "sys/descriptor.h"
#include "sys/files/files.h"
#include "sys/http/sockets.h"
#include <cstring>
#include <functional>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>

using namespace fairlead;

namespace {

// Answers one client as `speak` says.
struct SocketServer {
    sys::TemporaryFolder folder = sys::TemporaryFolder::make("fairlead-ask").value();
    std::string path = (folder.path() / "s").string();
    sys::Descriptor socket{::socket(AF_UNIX, SOCK_STREAM, 0)};
    std::thread thread;
    explicit SocketServer(std::function<void(int client)> speak) {
        sockaddr_un at{};
        at.sun_family = AF_UNIX;
        std::memcpy(at.sun_path, path.data(), path.size());
        REQUIRE(::bind(socket.get(), reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
        REQUIRE(::listen(socket.get(), 8) == 0);
        thread = std::thread([this, speak] {
            const sys::Descriptor client(::accept(socket.get(), nullptr, nullptr));
            speak(client.get());
        });
    }
    ~SocketServer() { thread.join(); }
};

std::string heard(int client) {
    char buffer[256];
    const auto got = ::recv(client, buffer, sizeof buffer, 0);
    return got > 0 ? std::string(buffer, static_cast<std::size_t>(got)) : "";
}

}

TEST_CASE("all that a server says until it closes is the answer") {
    SocketServer server([](int client) {
        const auto question = heard(client);
        for (const auto& part : {std::string("you said "), question, std::string(200'000, 'x')}) {
            for (std::size_t sent = 0; sent < part.size();) {
                const auto more = ::send(client, part.data() + sent, part.size() - sent, MSG_NOSIGNAL);
                if (more <= 0) return;
                sent += static_cast<std::size_t>(more);
            }
        }
    });
    const auto answer = sys::ask_socket(server.path, "show stat\n", Milliseconds{5000});
    REQUIRE(answer.ok());
    CHECK(answer->starts_with("you said show stat\nxxx"));
    CHECK(answer->size() == 200'019);
}

TEST_CASE("a server that says nothing in time, or isn't there, is an error with its path") {
    std::string path;
    {
        SocketServer server([](int client) {
            heard(client);
            heard(client); // until the other end goes
        });
        path = server.path;
        const auto late = sys::ask_socket(path, "show stat\n", Milliseconds{50});
        REQUIRE_FALSE(late.ok());
        CHECK(late.error().message == "'" + path + "' did not answer within 50ms");
    }
    const auto gone = sys::ask_socket(path, "show stat\n", Milliseconds{50});
    REQUIRE_FALSE(gone.ok());
    CHECK(gone.error().kind == Kind::could_not);
    CHECK(gone.error().message.find("can't be reached") != std::string::npos);
    CHECK_FALSE(sys::ask_socket(std::string(200, 'a'), "", Milliseconds{50}).ok());
}
