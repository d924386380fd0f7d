// The part of process.h about processes that we didn't start: they are told by pid and time of start.
#include "base/text.h"
#include "sys/descriptor.h"
#include "sys/files/files.h"
#include "sys/process/process.h"
#include "sys/process/supervise.h"
#include "sys/signals.h"
#include <algorithm>
#include <charconv>
#include <csignal>
#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace fairlead::sys {
namespace {

// proc(5): "pid (name) state ppid ...". The name may hold blanks and parentheses, so the last ')' ends it.
std::optional<std::uint64_t> start_of(std::string_view stat) {
    const std::size_t end = stat.rfind(')');
    if (end == std::string_view::npos || end + 2 >= stat.size()) return std::nullopt;
    stat.remove_prefix(end + 2);
    if (stat[0] == 'Z' || stat[0] == 'X') return std::nullopt; // dead, only its parent hasn't looked yet
    constexpr int state_field = 3, start_field = 22;
    for (int field = state_field; field < start_field; ++field) {
        const std::size_t blank = stat.find(' ');
        if (blank == std::string_view::npos) return std::nullopt;
        stat.remove_prefix(blank + 1);
    }
    std::uint64_t started = 0;
    const auto [rest, error] = std::from_chars(stat.data(), stat.data() + stat.size(), started);
    if (error != std::errc()) return std::nullopt;
    return started;
}

}

Milliseconds of_ticks(std::uint64_t ticks) {
    static const auto per_second = static_cast<std::uint64_t>(std::max(::sysconf(_SC_CLK_TCK), 1L));
    return Milliseconds{static_cast<std::int64_t>(ticks * 1000 / per_second)};
}

std::optional<ProcessId> identify(int pid) {
    if (pid <= 0) return std::nullopt;
    const auto stat = read_file(fmt::format("/proc/{}/stat", pid));
    if (!stat) return std::nullopt;
    const auto started = start_of(stat.value());
    if (!started) return std::nullopt;
    return ProcessId{pid, *started};
}

bool is_running(const ProcessId& id) {
    const auto now = identify(id.pid);
    return now && now->started == id.started;
}

std::vector<ProcessId> children_of(int pid) {
    std::vector<ProcessId> found;
    const auto text = read_file(fmt::format("/proc/{0}/task/{0}/children", pid)).value_or("");
    for (const auto& word : split(text, ' '))
        if (const auto child = identify(static_cast<int>(parse_integer(word).value_or(0)))) found.push_back(*child);
    return found;
}

Result<void> send_signal(const ProcessId& id, int signal) {
    // The handle is taken before we compare: from then on the pid can't become another process's.
    const Descriptor handle(id.pid > 0 ? static_cast<int>(::syscall(SYS_pidfd_open, id.pid, 0u)) : -1);
    if (!is_running(id)) return {};
    const long sent =
        handle.is_open() ? ::syscall(SYS_pidfd_send_signal, handle.get(), signal, nullptr, 0u) : ::kill(id.pid, signal);
    if (sent == 0 || errno == ESRCH) return {};
    return could_not(fmt::format("process {} can't be sent signal {}: {}", id.pid, signal, reason()));
}

bool wait_for_end(const std::vector<ProcessId>& processes, Milliseconds limit) {
    constexpr Milliseconds blind{20}; // between looks where the kernel has no pidfd
    const auto deadline = std::chrono::steady_clock::now() + limit;
    const bool was_stopped = stop_requested();
    std::vector<Descriptor> handles;
    std::vector<pollfd> watched{{was_stopped ? -1 : stop_descriptor(), POLLIN, 0}};
    for (const auto& process : processes) {
        handles.emplace_back(process.pid > 0 ? static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0u)) : -1);
        watched.push_back({handles.back().get(), POLLIN, 0});
    }
    const bool sees = std::all_of(handles.begin(), handles.end(), [](const auto& one) { return one.is_open(); });
    while (true) {
        for (const auto& process : processes)
            if (!is_running(process)) return true;
        const auto left = std::chrono::ceil<Milliseconds>(deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0 || (!was_stopped && stop_requested())) return false;
        ::poll(watched.data(), watched.size(), static_cast<int>(std::min(left, sees ? limit : blind).count()));
    }
}

bool is_root() { return ::geteuid() == 0; }
int own_pid() { return ::getpid(); }

std::string own_program() {
    constexpr std::string_view gone = " (deleted)"; // proc(5): another version took its place
    auto path = read_link("/proc/self/exe").value_or("");
    if (path.ends_with(gone) && ::access(path.c_str(), F_OK) != 0) path.resize(path.size() - gone.size());
    return path;
}

std::string host_name() {
    char name[256] = {};
    return ::gethostname(name, sizeof name - 1) == 0 ? name : "unknown";
}

}
