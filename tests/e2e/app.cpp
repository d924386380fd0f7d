// probe-app: the application of the deployment rigs, in one static file so that an image needs nothing else.
//   probe-app PATH | HOST:PORT     serves HTTP/1.1 and WebSockets there
//   probe-app --check HOST:PORT    status 0: /health there answers 200
//   probe-app --worker FOLDER      takes FOLDER/todo/*, one at a time, through doing to done
// behaviour.json beside it (or $BEHAVIOUR) says how it misbehaves:
//   start_delay s, sigterm (abrupt, graceful, ignore), drains (s that a graceful end takes; nobody is answered
//   meanwhile), locks (a file that only one may hold), health (ok, sick, never, exit), sick_after s, pages (sick: all
//   but /health answer 500), error_percent, latency_factor (of 5 ms), leak_mib (each second), claims (another version),
//   exit_after s, noise (printed at the start, {NAME} filled in), job_ms (of a worker)
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

using Steady = std::chrono::steady_clock;
namespace fs = std::filesystem;
constexpr std::string_view farewell("\x88\x05\x03\xe9"
                                    "bye");

nlohmann::json behaviour;
std::string version;
const auto started = Steady::now();
std::atomic<bool> leaving{false};
std::atomic<int> active{0}; // requests and conversations

double number(const char* name, double fallback) { return behaviour.value(name, fallback); }
std::string word(const char* name, const char* fallback) { return behaviour.value(name, std::string(fallback)); }
std::string variable(const char* name, const char* fallback) {
    const char* value = std::getenv(name);
    return value ? value : fallback;
}
void pause(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

bool after(const char* name) {
    return behaviour.contains(name) && std::chrono::duration<double>(Steady::now() - started).count() > number(name, 0);
}

bool fails(const std::string& path) {
    thread_local std::mt19937 dice(std::random_device{}());
    if (word("health", "ok") == "sick" || after("sick_after")) return true;
    if (path == "/health") return false;
    return word("pages", "ok") == "sick" || std::uniform_real_distribution<>(0, 100)(dice) < number("error_percent", 0);
}

struct Request {
    std::string method, path, head, body;
    bool keep = true;
};

class Client {
  public:
    explicit Client(int descriptor) : descriptor_(descriptor) {}
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client() { ::close(descriptor_); }

    void serve() {
        while (auto request = next()) {
            ++active;
            if (!field(request->head, "Upgrade").empty())
                converse();
            else
                answer(*request);
            --active;
            if (!request->keep || leaving) return;
        }
    }

  private:
    bool more() { // false: nothing comes any more
        char bytes[16384];
        pollfd entry{descriptor_, POLLIN, 0};
        while (::poll(&entry, 1, 50) == 0) {
            if (leaving && buffer_.empty()) return false;
        }
        const ssize_t count = ::recv(descriptor_, bytes, sizeof bytes, 0);
        if (count > 0) buffer_.append(bytes, static_cast<std::size_t>(count));
        return count > 0;
    }

    bool send(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ssize_t count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return true;
    }

    static std::string field(const std::string& head, const std::string& name) {
        for (auto at = head.find("\r\n"); at != std::string::npos; at = head.find("\r\n", at + 2)) {
            const char* line = head.c_str() + at + 2;
            if (::strncasecmp(line, (name + ": ").c_str(), name.size() + 2) != 0) continue;
            const auto start = at + 2 + name.size() + 2;
            return head.substr(start, head.find("\r\n", start) - start);
        }
        return {};
    }

    std::optional<std::string> until(const std::string& mark) {
        std::size_t end = 0;
        while ((end = buffer_.find(mark)) == std::string::npos) {
            if (!more()) return {};
        }
        auto text = buffer_.substr(0, end + 2);
        buffer_.erase(0, end + mark.size());
        return text;
    }

    bool take(std::size_t size, std::string& to) {
        while (buffer_.size() < size) {
            if (!more()) return false;
        }
        to += buffer_.substr(0, size);
        buffer_.erase(0, size);
        return true;
    }

    std::optional<Request> next() {
        auto head = until("\r\n\r\n");
        if (!head) return {};
        Request request;
        request.head = *head;
        request.method = head->substr(0, head->find(' '));
        const auto path = request.method.size() + 1;
        request.path = head->substr(path, head->find(' ', path) - path);
        const auto first = head->substr(0, head->find("\r\n"));
        const auto wish = field(*head, "Connection");
        request.keep = ::strcasecmp(wish.c_str(), "close") != 0 && first.find("HTTP/1.0") == std::string::npos;
        if (field(*head, "Transfer-Encoding").empty()) {
            const auto size = std::strtoul(field(*head, "Content-Length").c_str(), nullptr, 10);
            if (!take(size, request.body)) return {};
            return request;
        }
        for (std::size_t size = 1; size > 0;) {
            const auto line = until("\r\n");
            std::string end;
            if (!line) return {};
            size = std::strtoul(line->c_str(), nullptr, 16);
            if (!take(size, request.body) || !take(2, end)) return {};
        }
        return request;
    }

    void answer(const Request& request) const {
        const auto wish = request.path.find("sleep=");
        pause(wish != std::string::npos   ? std::strtod(request.path.c_str() + wish + 6, nullptr)
              : request.path == "/health" ? 0
                                          : 0.005 * number("latency_factor", 1));
        const nlohmann::json body{{"version", version}, {"pid", ::getpid()}, {"received", request.body.size()}};
        const auto text = body.dump();
        send(std::string("HTTP/1.1 ") + (fails(request.path) ? "500 Sick" : "200 OK") +
             "\r\nContent-Type: application/json\r\nX-Release: " + version +
             "\r\nContent-Length: " + std::to_string(text.size()) +
             (request.keep && !leaving ? "\r\n\r\n" : "\r\nConnection: close\r\n\r\n") + text);
    }

    // Echoes short text messages. The key is the one of RFC 6455 section 1.3: there is one client only.
    void converse() {
        send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Release: " + version +
             "\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
        for (std::string head, rest; !leaving; head.clear(), rest.clear()) {
            if (!take(2, head)) break;
            const auto size = static_cast<std::size_t>(head[1]) & 0x7f;
            if (!take(size + 4, rest)) break;
            std::string text;
            for (std::size_t i = 0; i < size; ++i) text += static_cast<char>(rest[4 + i] ^ rest[i % 4]);
            if (!send(std::string{head[0], static_cast<char>(size)} + text) || (head[0] & 0x0f) == 8) return;
        }
        send(farewell);
        // Closed with bytes unread, the farewell would be lost on its way.
        for (char bytes[256]; ::poll(&waiting_, 1, 1000) > 0 && ::recv(descriptor_, bytes, sizeof bytes, 0) > 0;) {
        }
    }

    int descriptor_;
    pollfd waiting_{descriptor_, POLLIN, 0};
    std::string buffer_;
};

int listen_at(const std::string& address) {
    const auto colon = address.rfind(':');
    const bool local = colon == std::string::npos || address.front() == '/';
    const int listener = ::socket(local ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int status = -1;
    if (local) {
        sockaddr_un place{};
        place.sun_family = AF_UNIX;
        std::strncpy(place.sun_path, address.c_str(), sizeof place.sun_path - 1);
        ::unlink(place.sun_path); // an engine starts it again where the last run left its own
        status = ::bind(listener, reinterpret_cast<sockaddr*>(&place), sizeof place);
    } else {
        const int on = 1;
        ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        sockaddr_in place{};
        place.sin_family = AF_INET;
        place.sin_port = htons(static_cast<std::uint16_t>(std::atoi(address.c_str() + colon + 1)));
        ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &place.sin_addr);
        status = ::bind(listener, reinterpret_cast<sockaddr*>(&place), sizeof place);
    }
    if (status != 0 || ::listen(listener, 512) != 0) {
        std::fprintf(stderr, "probe-app: %s: %s\n", address.c_str(), std::strerror(errno));
        std::exit(1);
    }
    return listener;
}

void serve(const std::string& address) {
    const int listener = listen_at(address);
    while (!leaving) {
        pollfd entry{listener, POLLIN, 0};
        if (::poll(&entry, 1, 20) <= 0) continue;
        const int one = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (one >= 0) std::thread([one] { Client(one).serve(); }).detach();
    }
    ::close(listener);
    for (int i = 0; i < 1000 && active > 0; ++i) pause(0.01);
    pause(number("drains", 0));
}

bool is_alone() { // whether nobody else holds the data; the lock is held until the end
    const auto file = word("locks", "");
    return file.empty() || ::flock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600), LOCK_EX | LOCK_NB) == 0;
}

int check(const std::string& address) {
    const auto colon = address.rfind(':');
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_port = htons(static_cast<std::uint16_t>(std::atoi(address.c_str() + colon + 1)));
    ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &place.sin_addr);
    const int one = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    constexpr std::string_view request = "GET /health HTTP/1.1\r\nConnection: close\r\n\r\n";
    char status[13]{};
    if (::connect(one, reinterpret_cast<sockaddr*>(&place), sizeof place) != 0 ||
        ::send(one, request.data(), request.size(), MSG_NOSIGNAL) < 0 || ::recv(one, status, 12, MSG_WAITALL) < 12)
        return 1;
    return std::string_view(status) == "HTTP/1.1 200" ? 0 : 1;
}

// What is in `doing` when nobody works was cut.
void work(const fs::path& folder) {
    for (const auto* name : {"todo", "doing", "done"}) fs::create_directories(folder / name);
    while (!leaving) {
        std::vector<fs::path> jobs;
        for (const auto& entry : fs::directory_iterator(folder / "todo")) jobs.push_back(entry.path());
        std::sort(jobs.begin(), jobs.end());
        bool had = false;
        for (const auto& job : jobs) {
            std::error_code taken;
            fs::rename(job, folder / "doing" / job.filename(), taken); // by one worker only
            if (taken) continue;
            pause(number("job_ms", 50) / 1000);
            std::ofstream(folder / "doing" / job.filename()) << version << "\n";
            fs::rename(folder / "doing" / job.filename(), folder / "done" / job.filename());
            had = true;
            break;
        }
        if (!had) pause(0.02);
    }
}

void heed_sigterm() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, nullptr); // before any other thread
    std::thread([set] {
        for (int got = 0;;) {
            sigwait(&set, &got);
            const auto kind = word("sigterm", "abrupt");
            if (kind == "abrupt") std::_Exit(0);
            if (kind == "graceful") leaving = true;
        }
    }).detach();
}

void say_noise() {
    auto text = word("noise", "");
    for (std::size_t at = 0, end = 0; (at = text.find('{', at)) != std::string::npos;) {
        if ((end = text.find('}', at)) == std::string::npos) break;
        const auto value = variable(text.substr(at + 1, end - at - 1).c_str(), "");
        text.replace(at, end - at + 1, value);
        at += value.size();
    }
    if (!text.empty()) std::puts(text.c_str());
    std::fflush(stdout);
}

void grow() {
    for (std::vector<std::vector<char>> kept;; pause(0.1)) {
        kept.emplace_back(static_cast<std::size_t>(number("leak_mib", 0) * 1024 * 1024 / 10), 'x');
    }
}

}

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fputs("usage: probe-app PATH|HOST:PORT, or probe-app --worker FOLDER\n", stderr);
        return 2;
    }
    if (std::string(argv[1]) == "--check" && argc > 2) return check(argv[2]);
    std::error_code none;
    std::ifstream file(fs::read_symlink("/proc/self/exe", none).parent_path() / "behaviour.json");
    const auto text = variable("BEHAVIOUR", "");
    behaviour = nlohmann::json::parse(!text.empty() ? text : std::string(std::istreambuf_iterator<char>(file), {}),
                                      nullptr, false);
    if (!behaviour.is_object()) behaviour = nlohmann::json::object();
    version = word("claims", variable("FAIRLEAD_VERSION", "none").c_str());
    heed_sigterm();
    say_noise();
    if (word("health", "ok") == "exit") {
        std::fputs("no database here\n", stderr);
        return 1;
    }
    if (!is_alone()) {
        std::fputs("another one has the data\n", stderr);
        return 1;
    }
    pause(word("health", "ok") == "never" ? 600 : number("start_delay", 0.1));
    if (behaviour.contains("exit_after")) {
        std::thread([] {
            pause(number("exit_after", 0));
            std::_Exit(9);
        }).detach();
    }
    if (behaviour.contains("leak_mib")) std::thread(grow).detach();
    if (std::string(argv[1]) == "--worker" && argc > 2)
        work(argv[2]);
    else
        serve(argv[1]);
    std::_Exit(0);
}
