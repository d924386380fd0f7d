#include "sys/signals.h"
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <sys/eventfd.h>
#include <unistd.h>

namespace fairlead::sys {
namespace {

std::atomic<int> received{0};
std::atomic<int> event{-1};
std::atomic<std::int64_t> first_at{0}; // of the monotonic clock, in nanoseconds; 0: none came
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<std::int64_t>::is_always_lock_free,
              "the handler may use nothing that locks");

constexpr int interrupted_status = 3; // conventions: could not

std::int64_t now() { // clock_gettime(2) is among what a handler may call
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec + 1;
}

void on_signal(int number) {
    const int saved = errno;
    const std::int64_t time = now();
    std::int64_t first = 0;
    if (!first_at.compare_exchange_strong(first, time)) {
        if (!is_echo(std::chrono::nanoseconds(time - first))) ::_exit(interrupted_status);
        errno = saved;
        return;
    }
    received.store(number);
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(event.load(), &one, sizeof one);
    errno = saved;
}

void install(int number, void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART; // libraries don't expect EINTR; poll(2) on stop_descriptor wakes all the same
    ::sigemptyset(&action.sa_mask);
    ::sigaction(number, &action, nullptr);
}

bool is_ignored(int number) {
    struct sigaction action {};
    return ::sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}

void catch_signals() {
    // A new one each time: a child of fork(2) that catches for itself must not wake its parent.
    const int before = event.exchange(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (before >= 0) ::close(before);
    install(SIGPIPE, SIG_IGN);
    install(SIGINT, on_signal);
    install(SIGTERM, on_signal);
    if (!is_ignored(SIGHUP)) install(SIGHUP, on_signal); // nohup(1) means it
}

bool is_echo(std::chrono::nanoseconds after_first) { return after_first < std::chrono::seconds{1}; }

bool stop_requested() { return received.load() != 0; }
int stop_signal() { return received.load(); }
int stop_descriptor() { return event.load(); }

void reset_stop_request() {
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t drained = ::read(event.load(), &count, sizeof count);
    received.store(0);
    first_at.store(0);
}

}
