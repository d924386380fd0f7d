#include "client.h"
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <thread>

namespace load {

namespace {

constexpr std::size_t most_kept = 4096; // of a body
constexpr std::string_view sample_key = "dGhlIHNhbXBsZSBub25jZQ==", sample_answer = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

std::string kind_of(int error) {
    switch (error) {
    case ECONNREFUSED: return "refused";
    case ECONNRESET:
    case EPIPE: return "reset";
    case ETIMEDOUT: return "timeout";
    default: return "error_" + std::to_string(error);
    }
}

std::string header(const std::string& head, const std::string& name) {
    for (std::size_t at = head.find("\r\n"); at != std::string::npos; at = head.find("\r\n", at + 2)) {
        const char* line = head.c_str() + at + 2;
        if (::strncasecmp(line, name.c_str(), name.size()) != 0 || line[name.size()] != ':') continue;
        const auto start = std::min(head.find_first_not_of(' ', at + 2 + name.size() + 1), head.size());
        return head.substr(start, head.find("\r\n", start) - start);
    }
    return {};
}

}

Url parse_url(const std::string& text) {
    const std::string scheme = "http://";
    if (text.compare(0, scheme.size(), scheme) != 0) return {};
    const std::string rest = text.substr(scheme.size());
    const auto slash = rest.find('/');
    const std::string authority = rest.substr(0, slash);
    const auto colon = authority.rfind(':');
    return {authority.substr(0, colon), colon == std::string::npos ? "80" : authority.substr(colon + 1),
            slash == std::string::npos ? "/" : rest.substr(slash)};
}

void Connection::close() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
    buffer_.clear();
}

std::string Connection::wait(short events) const {
    pollfd entry{descriptor_, events, 0};
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Steady::now()).count();
        const int ready = ::poll(&entry, 1, static_cast<int>(std::max<long>(left, 0)));
        if (ready > 0) return {};
        if (ready == 0) return "timeout";
        if (errno != EINTR) return "poll";
    }
}

std::string Connection::connect() {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(url_.host.c_str(), url_.port.c_str(), &hints, &found) != 0) return "resolve";
    descriptor_ = ::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int status = descriptor_ < 0 ? -1 : ::connect(descriptor_, found->ai_addr, found->ai_addrlen);
    int error = status == 0 ? 0 : errno;
    ::freeaddrinfo(found);
    if (error == EINPROGRESS) {
        if (auto kind = wait(POLLOUT); !kind.empty()) {
            close();
            return kind;
        }
        socklen_t size = sizeof error;
        ::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error, &size);
    }
    if (error == 0) return {};
    close();
    return kind_of(error);
}

std::string Connection::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno == EAGAIN) {
            if (auto kind = wait(POLLOUT); !kind.empty()) return kind;
        } else if (errno != EINTR) {
            return kind_of(errno);
        }
    }
    return {};
}

// More bytes into buffer_; "closed" at the end of the stream.
std::string Connection::receive() {
    char bytes[16384];
    for (;;) {
        const ssize_t count = ::recv(descriptor_, bytes, sizeof bytes, 0);
        if (count > 0) {
            buffer_.append(bytes, static_cast<std::size_t>(count));
            return {};
        }
        if (count == 0) return "closed";
        if (errno == EAGAIN) {
            if (auto kind = wait(POLLIN); !kind.empty()) return kind;
        } else if (errno != EINTR) {
            return kind_of(errno);
        }
    }
}

std::string Connection::request(bool keep) {
    begin();
    std::string kind = descriptor_ < 0 ? connect() : "";
    if (!kind.empty()) return kind;
    kind = send(wish_.method + " " + url_.path + " HTTP/1.1\r\nHost: " + url_.host + ":" + url_.port +
                "\r\nConnection: " + (keep ? "keep-alive" : "close") +
                (wish_.method == "GET" ? "\r\n\r\n" : "\r\nContent-Length: 0\r\n\r\n"));
    if (kind.empty()) kind = answer();
    if (!keep || server_closes_ || !kind.empty()) close();
    return kind;
}

std::string Connection::stream(int count, std::chrono::milliseconds pause) {
    begin();
    std::string kind = connect();
    if (kind.empty())
        kind = send("POST " + url_.path + " HTTP/1.1\r\nHost: " + url_.host + ":" + url_.port +
                    "\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "400\r\n" + std::string(1024, '.') + "\r\n";
    for (int i = 0; i < count && kind.empty(); ++i) {
        std::this_thread::sleep_for(pause);
        kind = send(chunk);
    }
    if (kind.empty()) kind = send("0\r\n\r\n");
    if (kind.empty()) kind = answer();
    if (kind.empty() && body_.find("\"received\":" + std::to_string(1024 * count)) == std::string::npos)
        kind = "body_incomplete";
    close();
    return kind;
}

std::string Connection::head(std::string& text) {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
        if (auto kind = receive(); !kind.empty()) return kind;
    }
    text = buffer_.substr(0, end + 2);
    buffer_.erase(0, end + 4);
    if (text.compare(0, 7, "HTTP/1.") != 0 || text.size() < 12) return "malformed";
    release_ = header(text, "X-Release");
    return {};
}

std::string Connection::answer() {
    std::string text;
    if (auto kind = head(text); !kind.empty()) return kind;
    const std::string status = text.substr(9, 3), connection = header(text, "Connection");
    server_closes_ = ::strcasecmp(connection.c_str(), "close") == 0 ||
                     (text[7] == '0' && ::strcasecmp(connection.c_str(), "keep-alive") != 0);
    body_.clear();
    if (auto kind = body(text, status); !kind.empty()) return kind;
    return status == wish_.status ? "" : "status_" + status;
}

std::string Connection::body(const std::string& text, const std::string& status) {
    if (status == "204" || status == "304") return {};
    if (::strcasecmp(header(text, "Transfer-Encoding").c_str(), "chunked") == 0) return chunks();
    const std::string length = header(text, "Content-Length");
    if (length.empty()) { // to the end of the stream; whether it is complete can't be known
        server_closes_ = true;
        std::string kind;
        while ((kind = receive()).empty()) buffer_.clear();
        return kind == "closed" ? "" : kind;
    }
    return take(static_cast<std::size_t>(std::strtoull(length.c_str(), nullptr, 10)));
}

std::string Connection::take(std::size_t count) {
    while (buffer_.size() < count) {
        if (auto kind = receive(); !kind.empty()) return kind;
    }
    if (body_.size() < most_kept) body_ += buffer_.substr(0, count);
    buffer_.erase(0, count);
    return {};
}

std::string Connection::chunks() {
    for (;;) {
        std::size_t end = 0;
        while ((end = buffer_.find("\r\n")) == std::string::npos) {
            if (auto kind = receive(); !kind.empty()) return kind;
        }
        const auto size = static_cast<std::size_t>(std::strtoull(buffer_.c_str(), nullptr, 16));
        buffer_.erase(0, end + 2);
        if (auto kind = take(size + 2); !kind.empty()) return kind;
        if (size == 0) return {};
    }
}

std::string Connection::open() {
    begin();
    std::string text, kind = connect();
    if (kind.empty()) // the key and its answer of RFC 6455 section 1.3: the application knows no other
        kind =
            send("GET " + url_.path + " HTTP/1.1\r\nHost: " + url_.host + ":" + url_.port +
                 "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " +
                 std::string(sample_key) + "\r\n\r\n");
    if (kind.empty()) kind = head(text);
    if (kind.empty() && text.substr(9, 3) != "101") kind = "status_" + text.substr(9, 3);
    if (kind.empty() && header(text, "Sec-WebSocket-Accept") != sample_answer) kind = "malformed";
    if (!kind.empty()) close();
    return kind;
}

std::string Connection::send_frame(int opcode, std::string_view text) { // short ones only, masked with 0
    std::string bytes{static_cast<char>(0x80 | opcode), static_cast<char>(0x80 | text.size()), 0, 0, 0, 0};
    return send(bytes.append(text));
}

std::string Connection::frame(int& opcode, std::string& text) {
    while (buffer_.size() < 2 || buffer_.size() < 2 + (static_cast<std::size_t>(buffer_[1]) & 0x7f)) {
        if (auto kind = receive(); !kind.empty()) return kind == "closed" || kind == "reset" ? "cut" : kind;
    }
    const auto size = static_cast<std::size_t>(buffer_[1]) & 0x7f;
    opcode = buffer_[0] & 0x0f;
    text = buffer_.substr(2, size);
    buffer_.erase(0, 2 + size);
    return {};
}

std::string Connection::echo(int number) {
    begin();
    const std::string message = "message " + std::to_string(number);
    int opcode = 0;
    std::string text, kind = send_frame(1, message);
    // Where the other side closed meanwhile, its frame may still be there to be read.
    if (auto read = frame(opcode, text); !read.empty()) kind = read;
    if (opcode == 8) {
        const int code =
            text.size() < 2 ? 0 : static_cast<unsigned char>(text[0]) * 256 + static_cast<unsigned char>(text[1]);
        kind = (code == 1001 || code == 1012) && text.substr(2) == "bye" ? "ended" : "closed_" + std::to_string(code);
    } else if (kind.empty() && (opcode != 1 || text != message)) {
        kind = "malformed";
    }
    if (!kind.empty()) close();
    return kind;
}

std::string Connection::bye() {
    begin();
    int opcode = 0;
    std::string text, kind = send_frame(8, "\x03\xe8"); // 1000
    if (kind.empty()) kind = frame(opcode, text);
    close();
    return kind;
}

}
