#pragma once
#include "base/time.h"
#include "support/catch.h"
#include <arpa/inet.h>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <functional>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

// The servers that the tests of sys/http ask.
namespace fairlead::test {

// A small real server: `answer` gets each request with its body and returns the bytes to send. What it returns
// besides says what becomes of the connection.
class Server {
  public:
    enum class Then { keep, close, reset, hang };
    struct Answer {
        std::string bytes;
        Then then = Then::keep;
        Milliseconds pause_between_bytes{0};
    };
    using Handler = std::function<Answer(const std::string& request)>;

    explicit Server(Handler handler, const std::string& unix_path = "", int wanted_port = 0)
        : handler_(std::move(handler)) {
        listener_ = ::socket(unix_path.empty() ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (unix_path.empty()) {
            sockaddr_in address{};
            address.sin_family = AF_INET;
            address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            address.sin_port = htons(static_cast<std::uint16_t>(wanted_port));
            socklen_t size = sizeof address;
            REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
            ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
            port = ntohs(address.sin_port);
        } else {
            sockaddr_un address{};
            address.sun_family = AF_UNIX;
            unix_path.copy(address.sun_path, sizeof address.sun_path - 1);
            REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
        }
        REQUIRE(::listen(listener_, 16) == 0);
        thread_ = std::thread([this] { serve(); });
    }
    ~Server() {
        stopping_ = true;
        thread_.join();
        ::close(listener_);
    }
    std::string url(const std::string& path = "/") const { return "http://127.0.0.1:" + std::to_string(port) + path; }

    int port = 0;
    std::atomic<int> connections{0};

  private:
    bool readable(int descriptor) const {
        while (!stopping_) {
            pollfd poll{descriptor, POLLIN, 0};
            if (::poll(&poll, 1, 20) > 0) return true;
        }
        return false;
    }
    std::string read_request(int peer) const {
        std::string request;
        char buffer[4096];
        for (;;) {
            const auto end = request.find("\r\n\r\n");
            if (end != std::string::npos) {
                const auto at = request.find("Content-Length: ");
                const std::size_t body = at == std::string::npos ? 0 : std::stoul(request.substr(at + 16));
                if (request.size() >= end + 4 + body) return request;
            }
            if (!readable(peer)) return "";
            const ssize_t got = ::recv(peer, buffer, sizeof buffer, 0);
            if (got <= 0) return "";
            request.append(buffer, static_cast<std::size_t>(got));
        }
    }
    void send_all(int peer, const Answer& answer) const {
        if (answer.pause_between_bytes.count() == 0) {
            ::send(peer, answer.bytes.data(), answer.bytes.size(), MSG_NOSIGNAL);
            return;
        }
        for (const char byte : answer.bytes) {
            if (stopping_ || ::send(peer, &byte, 1, MSG_NOSIGNAL) != 1) return;
            std::this_thread::sleep_for(answer.pause_between_bytes);
        }
    }
    void serve() {
        while (readable(listener_)) { // one connection after the other is enough for these tests
            const int peer = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            ++connections;
            Then then = Then::keep;
            while (then == Then::keep) {
                const std::string request = read_request(peer);
                if (request.empty()) break;
                const Answer answer = handler_(request);
                send_all(peer, answer);
                then = answer.then;
            }
            while (then == Then::hang && !stopping_) std::this_thread::sleep_for(Milliseconds(5));
            const linger abort{1, 0};
            if (then == Then::reset) ::setsockopt(peer, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
            ::close(peer);
        }
    }

    Handler handler_;
    int listener_ = -1;
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

// openssl s_server with a certificate for localhost, made by a private CA of its own.
class TlsServer {
  public:
    TlsServer() {
        std::string name = (std::filesystem::temp_directory_path() / "fairlead-tls-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        const std::string make =
            "cd '" + folder_ +
            "' && exec >/dev/null 2>&1 && curve='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes' && "
            "openssl req -x509 $curve -keyout ca.key -out ca.pem -days 2 -subj '/CN=private CA' && "
            "openssl req $curve -keyout key -out request -subj /CN=localhost && "
            "echo subjectAltName=DNS:localhost >names && openssl x509 -req -in request -CA ca.pem -CAkey ca.key "
            "-CAcreateserial -days 2 -extfile names -out cert";
        if (std::system(make.c_str()) != 0) return;
        int channel[2];
        if (::pipe(channel) != 0) return;
        pid_ = ::fork();
        if (pid_ == 0) {
            ::dup2(channel[1], STDOUT_FILENO);
            ::dup2(::open("/dev/null", O_RDWR), STDERR_FILENO);
            if (::chdir(folder_.c_str()) != 0) ::_exit(127);
            ::execlp("openssl", "openssl", "s_server", "-accept", "127.0.0.1:0", "-key", "key", "-cert", "cert", "-www",
                     static_cast<char*>(nullptr));
            ::_exit(127);
        }
        ::close(channel[1]);
        std::string said;
        char byte;
        while (::read(channel[0], &byte, 1) == 1) { // "ACCEPT 127.0.0.1:40123\n" after a line or two
            const auto colon = said.rfind(':');
            if (byte == '\n' && said.find("ACCEPT") != std::string::npos && colon != std::string::npos) {
                port = said.substr(colon + 1);
                break;
            }
            said += byte;
        }
        ::close(channel[0]);
    }
    ~TlsServer() {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
        }
        std::filesystem::remove_all(folder_);
    }
    std::string ca_file() const { return folder_ + "/ca.pem"; }
    std::string port;

  private:
    std::string folder_;
    pid_t pid_ = -1;
};

}
