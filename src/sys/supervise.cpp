#include "sys/supervise.h"
#include "base/text.h"
#include "sys/descriptor.h"
#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace fairlead::sys {
namespace {

constexpr int lock_number = 3; // the descriptor under which a detached process keeps its lock

std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> list;
    for (const auto& text : texts) list.push_back(const_cast<char*>(text.c_str())); // execve(2) doesn't write to them
    list.push_back(nullptr);
    return list;
}

sigset_t our_signals() {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) ::sigaddset(&set, number);
    return set;
}

void default_signals() {
    for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// What follows runs between fork and exec: only async-signal-safe calls.
[[noreturn]] void report_and_exit(int report) {
    const int number = errno;
    [[maybe_unused]] const ssize_t written = ::write(report, &number, sizeof number);
    ::_exit(127);
}

// The lock's content is the pid of its holder.
void write_pid(int lock) {
    char text[16];
    std::size_t start = sizeof text;
    for (auto pid = ::getpid(); pid > 0; pid /= 10) text[--start] = static_cast<char>('0' + pid % 10);
    if (::ftruncate(lock, 0) == 0) [[maybe_unused]]
        const ssize_t written = ::pwrite(lock, text + start, sizeof text - start, 0);
}

[[noreturn]] void become_detached(char** argv, char** variables, const char* folder, int lock, int report) {
    ::setsid();
    const pid_t second = ::fork(); // no session leader: it can never get a terminal
    if (second != 0) ::_exit(second < 0 ? 127 : 0);
    default_signals();
    const int null = ::open("/dev/null", O_RDWR);
    if (null < 0 || ::chdir(folder) != 0) report_and_exit(report);
    for (const int number : {0, 1, 2}) ::dup2(null, number);
    write_pid(lock);
    if (::dup2(lock, lock_number) < 0) report_and_exit(report);
    const int kept = lock_number + 1;
    if (::dup2(report, kept) < 0) report_and_exit(report);
    ::fcntl(kept, F_SETFD, FD_CLOEXEC);
    ::syscall(SYS_close_range, static_cast<unsigned>(kept + 1), ~0u, 0u);
    ::umask(022);
    ::execve(argv[0], argv, variables);
    report_and_exit(kept);
}

// Descriptors at or above 10, so that become_detached() can put them where it wants.
Result<Descriptor> lift(Descriptor low) {
    Descriptor high(::fcntl(low.get(), F_DUPFD_CLOEXEC, 10));
    if (!high.is_open()) return could_not("no descriptor is left: " + reason());
    return high;
}

}

Result<void> start_detached(const Detached& detached) {
    Descriptor lock = TRY(lift(Descriptor(::open(detached.lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600))));
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) return path_error(detached.lock.string(), "locked");
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return could_not("a pipe can't be made: " + reason());
    Descriptor read = TRY(lift(Descriptor(ends[0])));
    Descriptor write = TRY(lift(Descriptor(ends[1])));
    const auto argv = pointers(detached.argv), variables = pointers(detached.environment);
    const std::string folder = detached.folder.string();
    const pid_t child = ::fork();
    if (child < 0) return could_not("a process can't be started: " + reason());
    if (child == 0) {
        become_detached(const_cast<char**>(argv.data()), const_cast<char**>(variables.data()), folder.c_str(),
                        lock.get(), write.get());
    }
    write.reset();
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    int number = 0;
    ssize_t count = 0;
    while ((count = ::read(read.get(), &number, sizeof number)) < 0 && errno == EINTR) {
    }
    if (count == 0 && status == 0) return {};
    return could_not(
        fmt::format("'{}' can't be started: {}", detached.argv[0], count > 0 ? reason(number) : "no process is left"));
}

bool is_locked(const Path& path) {
    const Descriptor lock(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (!lock.is_open()) return false;
    return ::flock(lock.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

void Supervised::block_signals() {
    const sigset_t set = our_signals();
    ::sigprocmask(SIG_BLOCK, &set, nullptr);
    ::fcntl(lock_number, F_SETFD, FD_CLOEXEC); // the lock is ours, not the application's
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);        // what the application leaves behind comes to us
}

std::optional<ProcessId> detached_process(const Path& lock) {
    if (!is_locked(lock)) return std::nullopt;
    const auto pid = parse_integer(read_file(lock, 64).value_or(""));
    return pid.ok() ? identify(static_cast<int>(pid.value())) : std::nullopt;
}

Result<Supervised> Supervised::start(const Program& program) {
    const Descriptor log(::open(program.log.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
    if (!log.is_open()) return path_error(program.log.string(), "opened for appending");
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return could_not("a pipe can't be made: " + reason());
    const Descriptor read(ends[0]);
    Descriptor write(ends[1]);
    auto argv = pointers(program.argv), variables = pointers(program.environment);
    const std::string folder = program.folder.string();
    const pid_t pid = ::fork();
    if (pid < 0) return could_not("a process can't be started: " + reason());
    if (pid == 0) {
        ::setpgid(0, 0);
        default_signals();
        ::dup2(log.get(), STDOUT_FILENO);
        ::dup2(log.get(), STDERR_FILENO);
        if (::chdir(folder.c_str()) != 0) report_and_exit(write.get());
        ::execvpe(argv[0], argv.data(), variables.data());
        report_and_exit(write.get());
    }
    ::setpgid(pid, pid);
    write.reset();
    int number = 0;
    if (::read(read.get(), &number, sizeof number) > 0) {
        ::waitpid(pid, nullptr, 0);
        return could_not(fmt::format("'{}' can't be started in '{}': {}", program.argv[0], folder, reason(number)));
    }
    Supervised supervised;
    supervised.id_ = identify(pid).value_or(ProcessId{pid, 0});
    return supervised;
}

Supervised::Event Supervised::wait(Milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (true) {
        int status = 0;
        for (pid_t ended = 0; (ended = ::waitpid(-1, &status, WNOHANG)) > 0;) {
            if (ended != id_.pid) continue; // an orphan of the application's
            status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
            return Event::exited;
        }
        const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(end - std::chrono::steady_clock::now());
        if (left.count() <= 0) return Event::quiet;
        const timespec time{static_cast<time_t>(left.count() / 1'000'000'000),
                            static_cast<long>(left.count() % 1'000'000'000)};
        const sigset_t set = our_signals();
        const int number = ::sigtimedwait(&set, nullptr, &time);
        if (number > 0 && number != SIGCHLD) return Event::stop;
    }
}

Supervised::Event Supervised::wait_without(Milliseconds limit) {
    Supervised none;
    return none.wait(limit);
}

void Supervised::signal_group(int number) const { ::kill(-id_.pid, number); }

Result<void> signal_group(const ProcessId& leader, int number) {
    if (!is_running(leader) || ::kill(-leader.pid, number) == 0 || errno == ESRCH) return {};
    return could_not(fmt::format("process group {} can't be sent signal {}: {}", leader.pid, number, reason()));
}

int signal_number(std::string_view name) {
    constexpr std::pair<std::string_view, int> names[] = {
        {"SIGTERM", SIGTERM}, {"SIGINT", SIGINT},   {"SIGQUIT", SIGQUIT}, {"SIGHUP", SIGHUP},
        {"SIGUSR1", SIGUSR1}, {"SIGUSR2", SIGUSR2}, {"SIGKILL", SIGKILL}, {"SIGWINCH", SIGWINCH}};
    const auto found = std::find_if(std::begin(names), std::end(names), [&](auto row) { return row.first == name; });
    return found == std::end(names) ? 0 : found->second;
}

Result<void> rotate_log(const Path& log, std::uint64_t limit) {
    if (inspect(log).size <= limit) return {};
    const auto text = TRY(read_file(log));
    TRY_VOID(write_file(log.string() + ".1", text, 0600));
    if (::truncate(log.c_str(), 0) != 0) return path_error(log.string(), "emptied");
    return {};
}

}
