// fairlead-load: a strict HTTP load. Every attempt that does not end in a complete answer with the expected status is
// lost; nothing is tried again. Prints one JSON line when it ends (SIGTERM, SIGINT or --duration):
//   {"sent":1200,"lost":1,"by_kind":{"refused":1},"slowest_ms":31,"seconds":10.0}
// Kinds: refused, reset, closed (before or inside the answer), timeout, malformed, status_502 ...
#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

using Steady = std::chrono::steady_clock;
std::atomic<bool> stopping{false};

struct Options {
    std::string url, slow_url, method = "GET", status = "200";
    int fresh = 4, kept = 4, slow = 0; // connections at a time: new for each request, kept alive, new to slow_url
    int think_ms = 5;                  // pause between two requests of one connection
    int timeout_ms = 15000;            // of one attempt
    double duration = 0;               // seconds; 0: until a signal
};

struct Url {
    std::string host, port, path;
};

struct Totals {
    std::mutex mutex;
    long sent = 0, lost = 0;
    long slowest_ms = 0;
    std::map<std::string, long> by_kind;

    void count(const std::string& kind, long milliseconds) {
        const std::lock_guard guard(mutex);
        ++sent;
        slowest_ms = std::max(slowest_ms, milliseconds);
        if (!kind.empty()) {
            ++lost;
            ++by_kind[kind];
        }
    }
};

[[noreturn]] void die(const std::string& message) {
    std::fprintf(stderr, "fairlead-load: %s\n", message.c_str());
    std::exit(2);
}

Url parse_url(const std::string& text) {
    const std::string scheme = "http://";
    if (text.compare(0, scheme.size(), scheme) != 0) die("--url must start with http://");
    const std::string rest = text.substr(scheme.size());
    const auto slash = rest.find('/');
    const std::string authority = rest.substr(0, slash);
    const auto colon = authority.rfind(':');
    Url url;
    url.host = authority.substr(0, colon);
    url.port = colon == std::string::npos ? "80" : authority.substr(colon + 1);
    url.path = slash == std::string::npos ? "/" : rest.substr(slash);
    return url;
}

// One connection and one request at a time on it. Each function gives the kind of loss, or empty.
class Connection {
  public:
    Connection(const Url& url, const Options& options) : url_(url), options_(options) {}
    ~Connection() { close(); }

    std::string request(bool keep) {
        deadline_ = Steady::now() + std::chrono::milliseconds(options_.timeout_ms);
        if (descriptor_ < 0) {
            if (auto kind = connect(); !kind.empty()) return kind;
        }
        auto kind = exchange(keep);
        if (!keep || server_closes_ || !kind.empty()) close();
        return kind;
    }

  private:
    void close() {
        if (descriptor_ >= 0) ::close(descriptor_);
        descriptor_ = -1;
        buffer_.clear();
    }

    int left_ms() const {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Steady::now()).count();
        return left > 0 ? static_cast<int>(left) : 0;
    }

    std::string wait(short events) {
        pollfd entry{descriptor_, events, 0};
        for (;;) {
            const int ready = ::poll(&entry, 1, left_ms());
            if (ready > 0) return {};
            if (ready == 0) return "timeout";
            if (errno != EINTR) return "poll";
        }
    }

    static std::string kind_of(int error) {
        switch (error) {
        case ECONNREFUSED: return "refused";
        case ECONNRESET:
        case EPIPE: return "reset";
        case ETIMEDOUT: return "timeout";
        default: return std::string("error_") + std::to_string(error);
        }
    }

    std::string connect() {
        addrinfo hints{};
        hints.ai_socktype = SOCK_STREAM;
        addrinfo* found = nullptr;
        if (::getaddrinfo(url_.host.c_str(), url_.port.c_str(), &hints, &found) != 0) return "resolve";
        descriptor_ = ::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        int status = descriptor_ < 0 ? -1 : ::connect(descriptor_, found->ai_addr, found->ai_addrlen);
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

    std::string exchange(bool keep) {
        std::string text = options_.method + " " + url_.path + " HTTP/1.1\r\nHost: " + url_.host + ":" + url_.port +
                           "\r\nConnection: " + (keep ? "keep-alive" : "close") + "\r\n";
        if (options_.method != "GET") text += "Content-Length: 0\r\n";
        text += "\r\n";
        for (std::size_t done = 0; done < text.size();) {
            const ssize_t count = ::send(descriptor_, text.data() + done, text.size() - done, MSG_NOSIGNAL);
            if (count >= 0) {
                done += static_cast<std::size_t>(count);
            } else if (errno == EAGAIN) {
                if (auto kind = wait(POLLOUT); !kind.empty()) return kind;
            } else if (errno != EINTR) {
                return kind_of(errno);
            }
        }
        return answer();
    }

    // More bytes into buffer_; "closed" at the end of the stream.
    std::string receive() {
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

    static std::string header(const std::string& head, const std::string& name) {
        for (std::size_t at = head.find("\r\n"); at != std::string::npos; at = head.find("\r\n", at + 2)) {
            const char* line = head.c_str() + at + 2;
            if (::strncasecmp(line, name.c_str(), name.size()) != 0 || line[name.size()] != ':') continue;
            const auto start = head.find_first_not_of(' ', at + 2 + name.size() + 1);
            return head.substr(start, head.find("\r\n", start) - start);
        }
        return {};
    }

    std::string answer() {
        std::size_t end = 0;
        while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
            if (auto kind = receive(); !kind.empty()) return kind;
        }
        const std::string head = buffer_.substr(0, end + 2);
        buffer_.erase(0, end + 4);
        if (head.compare(0, 7, "HTTP/1.") != 0 || head.size() < 12) return "malformed";
        const std::string status = head.substr(9, 3);
        const std::string connection = header(head, "Connection");
        server_closes_ = ::strcasecmp(connection.c_str(), "close") == 0 ||
                         (head[7] == '0' && ::strcasecmp(connection.c_str(), "keep-alive") != 0);
        if (auto kind = body(head, status); !kind.empty()) return kind;
        return status == options_.status ? "" : "status_" + status;
    }

    std::string body(const std::string& head, const std::string& status) {
        if (status == "204" || status == "304") return {};
        if (::strcasecmp(header(head, "Transfer-Encoding").c_str(), "chunked") == 0) return chunks();
        const std::string length = header(head, "Content-Length");
        if (length.empty()) { // to the end of the stream; whether it is complete can't be known
            server_closes_ = true;
            std::string kind;
            while ((kind = receive()).empty()) buffer_.clear();
            return kind == "closed" ? "" : kind;
        }
        return take(static_cast<std::size_t>(std::strtoull(length.c_str(), nullptr, 10)));
    }

    std::string take(std::size_t count) {
        while (buffer_.size() < count) {
            if (auto kind = receive(); !kind.empty()) return kind;
        }
        buffer_.erase(0, count);
        return {};
    }

    std::string chunks() {
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

    const Url url_;
    const Options& options_;
    int descriptor_ = -1;
    bool server_closes_ = false;
    std::string buffer_;
    Steady::time_point deadline_;
};

void work(const Url& url, const Options& options, bool keep, Totals& totals) {
    Connection connection(url, options);
    while (!stopping) {
        const auto start = Steady::now();
        const std::string kind = connection.request(keep);
        const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - start).count();
        totals.count(kind, static_cast<long>(took));
        if (options.think_ms > 0) std::this_thread::sleep_for(std::chrono::milliseconds(options.think_ms));
    }
}

int number(const std::string& text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 0) die("not a number: " + text);
    return value;
}

Options parse(int argc, char** argv) {
    Options options;
    const char* usage =
        "usage: fairlead-load --url http://HOST:PORT/PATH [--fresh N] [--kept N] [--slow-url URL --slow N]\n"
        "  [--method GET] [--status 200] [--think-ms 5] [--timeout-ms 15000] [--duration SECONDS]\n";
    for (int i = 1; i < argc; i += 2) {
        const std::string name = argv[i];
        if (name == "--help") {
            std::fputs(usage, stdout);
            std::exit(0);
        }
        if (i + 1 >= argc) die(name + " needs a value\n" + usage);
        const std::string value = argv[i + 1];
        if (name == "--url")
            options.url = value;
        else if (name == "--slow-url")
            options.slow_url = value;
        else if (name == "--method")
            options.method = value;
        else if (name == "--status")
            options.status = value;
        else if (name == "--fresh")
            options.fresh = number(value);
        else if (name == "--kept")
            options.kept = number(value);
        else if (name == "--slow")
            options.slow = number(value);
        else if (name == "--think-ms")
            options.think_ms = number(value);
        else if (name == "--timeout-ms")
            options.timeout_ms = number(value);
        else if (name == "--duration")
            options.duration = std::strtod(value.c_str(), nullptr);
        else
            die("unknown flag " + name + "\n" + usage);
    }
    if (options.url.empty()) die(std::string("--url is missing\n") + usage);
    if (options.slow_url.empty()) options.slow_url = options.url;
    return options;
}

void print(const Totals& totals, double seconds) {
    std::string kinds;
    for (const auto& [kind, count] : totals.by_kind) {
        kinds += (kinds.empty() ? "" : ",") + ("\"" + kind + "\":") + std::to_string(count);
    }
    std::printf("{\"sent\":%ld,\"lost\":%ld,\"by_kind\":{%s},\"slowest_ms\":%ld,\"seconds\":%.1f}\n", totals.sent,
                totals.lost, kinds.c_str(), totals.slowest_ms, seconds);
}

}

int main(int argc, char** argv) {
    const Options options = parse(argc, argv);
    const Url url = parse_url(options.url), slow_url = parse_url(options.slow_url);
    for (const int signal : {SIGTERM, SIGINT}) std::signal(signal, [](int) { stopping = true; });
    Totals totals;
    const auto start = Steady::now();
    std::vector<std::thread> threads;
    for (int i = 0; i < options.fresh; ++i) threads.emplace_back([&] { work(url, options, false, totals); });
    for (int i = 0; i < options.kept; ++i) threads.emplace_back([&] { work(url, options, true, totals); });
    for (int i = 0; i < options.slow; ++i) threads.emplace_back([&] { work(slow_url, options, false, totals); });
    const auto seconds = [&] { return std::chrono::duration<double>(Steady::now() - start).count(); };
    while (!stopping) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        if (options.duration > 0 && seconds() >= options.duration) stopping = true;
    }
    for (auto& thread : threads) thread.join(); // what is under way ends by itself and counts
    print(totals, seconds());
    return totals.lost == 0 ? 0 : 1;
}
