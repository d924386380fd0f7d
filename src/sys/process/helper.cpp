#include "sys/process/helper.h"
#include "sys/permit.h"
#include <csignal>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace fairlead::sys {
namespace {

constexpr std::uint64_t longest = 64u << 20, no_answer = ~std::uint64_t{0};

bool send_all(int line, const char* bytes, std::size_t size) {
    while (size > 0) {
        const auto sent = ::send(line, bytes, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        bytes += sent;
        size -= static_cast<std::size_t>(sent);
    }
    return true;
}

bool receive_all(int line, char* bytes, std::size_t size) {
    while (size > 0) {
        const auto got = ::recv(line, bytes, size, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        bytes += got;
        size -= static_cast<std::size_t>(got);
    }
    return true;
}

// A length and as many bytes; the greatest length says that there is no answer.
bool send_text(int line, const std::optional<std::string_view>& text) {
    const std::uint64_t size = text ? text->size() : no_answer;
    char head[sizeof size];
    std::memcpy(head, &size, sizeof size);
    return send_all(line, head, sizeof head) && (!text || send_all(line, text->data(), text->size()));
}

std::optional<std::string> receive_text(int line) {
    std::uint64_t size = 0;
    char head[sizeof size];
    if (!receive_all(line, head, sizeof head)) return std::nullopt;
    std::memcpy(&size, head, sizeof size);
    if (size > longest) return std::nullopt;
    std::string text(size, '\0');
    if (!receive_all(line, text.data(), text.size())) return std::nullopt;
    return text;
}

[[noreturn]] void serve(int line, int owner, const Helper::Answer& answer) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    permit({Act::start_program, Act::connect}, "a helper of this tool"); // it does what its owner is held from
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (const int stream : {0, 1}) ::dup2(null, stream); // whoever reads our output waits for its last holder
    while (::getppid() == owner) {
        const auto question = receive_text(line);
        if (!question) break;
        std::optional<std::string> text;
        try {
            text = answer(*question);
        } catch (...) { // as without an answer
        }
        if (!send_text(line, text)) break;
    }
    ::_exit(0);
}

}

Result<Helper> Helper::start(const Answer& answer) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return could_not("no helper can be started: " + reason());
    Descriptor ours(ends[0]), theirs(ends[1]);
    const int owner = ::getpid(), pid = ::fork();
    if (pid < 0) return could_not("no helper can be started: " + reason());
    if (pid == 0) {
        ours.reset();
        serve(theirs.get(), owner, answer);
    }
    return Helper(pid, std::move(ours));
}

Helper::~Helper() {
    line_.reset();
    while (pid_ > 0 && ::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
}

std::optional<std::string> Helper::ask(std::string_view question) {
    if (!send_text(line_.get(), question)) return std::nullopt;
    return receive_text(line_.get());
}

}
