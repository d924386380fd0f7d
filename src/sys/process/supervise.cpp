#include "sys/process/supervise.h"
#include "base/text.h"
#include "sys/account.h"
#include "sys/clock.h"
#include "sys/descriptor.h"
#include "sys/permit.h"
#include "sys/process/survivors.h"
#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace fairlead::sys {
namespace {

constexpr int lock_number = detached_lock;

struct SyncPipe {
    Descriptor read, write;
    static Result<SyncPipe> make() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) return could_not("a pipe can't be made: " + reason());
        SyncPipe pipe{Descriptor(ends[0]), Descriptor(ends[1])};
        return pipe;
    }
};

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

// While we may still raise a limit.
bool is_held(const Supervised::Program& program, int group) {
    if (program.umask >= 0) ::umask(static_cast<mode_t>(program.umask));
    if (group >= 0 && ::write(group, "0", 1) != 1) return false; // "0" is who writes
    rlimit files{};
    if (program.open_files == 0 || ::getrlimit(RLIMIT_NOFILE, &files) != 0) return program.open_files == 0;
    files.rlim_cur = files.rlim_max = program.open_files;
    return ::setrlimit(RLIMIT_NOFILE, &files) == 0;
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
    if (::dup2(lock, lock_number) < 0) report_and_exit(report);
    write_pid(lock_number); // from now on it can be asked after, see keeps_lock()
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
    if (!high.is_open()) return could_not("no file descriptor is left: " + reason());
    return high;
}

}

Result<void> start_detached(const Detached& detached) {
    TRY_VOID(ask(Act::start_program, detached.argv[0]));
    Descriptor lock = TRY(lift(Descriptor(::open(detached.lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600))));
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) return path_error(detached.lock.string(), "locked");
    SyncPipe report = TRY(SyncPipe::make());
    Descriptor read = TRY(lift(std::move(report.read)));
    Descriptor write = TRY(lift(std::move(report.write)));
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
    const auto process = pid.ok() ? identify(static_cast<int>(pid.value())) : std::nullopt;
    if (process && keeps_lock(*process, lock)) return process;
    // The number was damaged: then whoever keeps it is looked for, not who only looks at the file just now.
    for (const auto& name : list_folder("/proc").value_or({})) {
        const auto other = identify(static_cast<int>(parse_integer(name).value_or(0)));
        if (other && keeps_lock(*other, lock) && holds_a_lock(other->pid)) return other;
    }
    return std::nullopt;
}

std::optional<Kin> kin_of(const ProcessId& process) {
    const auto status = read_file(fmt::format("/proc/{}/status", process.pid));
    if (!status.ok() || !is_running(process)) return std::nullopt;
    Kin kin;
    int found = 0;
    for (const auto& line : split(status.value(), '\n')) {
        const bool parent = line.starts_with("PPid:\t"), user = line.starts_with("Uid:\t");
        if (!parent && !user) continue;
        const auto words = split(line, '\t');
        const auto value = parse_integer(words[1]);
        if (!value.ok()) return std::nullopt;
        if (parent) kin.parent = static_cast<int>(value.value());
        if (user) kin.user = static_cast<unsigned>(value.value());
        ++found;
    }
    return found == 2 ? std::optional(kin) : std::nullopt;
}

bool keeps_lock(const ProcessId& process, const Path& lock) {
    struct stat kept {
    }, named{};
    const auto link = fmt::format("/proc/{}/fd/{}", process.pid, lock_number);
    return ::stat(link.c_str(), &kept) == 0 && ::lstat(lock.c_str(), &named) == 0 && kept.st_dev == named.st_dev &&
           kept.st_ino == named.st_ino && S_ISREG(named.st_mode) && is_running(process);
}

// Reads what the program prints in a process of its own. We hold the pipe too, so that the program may go on when that
// process dies; then another one takes over.
class Supervised::Reader {
  public:
    Reader(Descriptor pipe, std::function<void(std::string_view)> output)
        : pipe_(std::move(pipe)), output_(std::move(output)) {}

    Result<void> start() {
        pid_ = ::fork();
        if (pid_ < 0) return could_not("a process can't be started: " + reason());
        if (pid_ == 0) read_all();
        return {};
    }
    int pid() const { return pid_; }
    bool is_over() const { return pid_ <= 0; }
    void ended(int status) {
        pid_ = 0;
        died_ = status != 0; // else all who could print have closed their streams
    }
    void start_if_died() {
        if (std::exchange(died_, false)) died_ = !start().ok();
    }

  private:
    [[noreturn]] void read_all() {
        ::setpgid(0, 0);
        default_signals();
        for (const int number : {SIGTERM, SIGINT, SIGHUP}) ::signal(number, SIG_IGN); // it ends with its program
        ::prctl(PR_SET_NAME, "fairlead-log");
        ::dup2(pipe_.get(), STDIN_FILENO);
        ::syscall(SYS_close_range, 3u, ~0u, 0u); // the supervisor's lock too
        std::string buffer(std::size_t{64} << 10, '\0');
        while (true) {
            const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
            if (count < 0 && errno == EINTR) continue;
            output_({buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))});
            if (count <= 0) ::_exit(count == 0 ? 0 : 1);
        }
    }

    const Descriptor pipe_;
    const std::function<void(std::string_view)> output_;
    pid_t pid_ = 0;
    bool died_ = false;
};

Supervised::Supervised() = default;
Supervised::Supervised(Supervised&&) noexcept = default;
Supervised::~Supervised() = default;

Result<Supervised> Supervised::start(const Program& program) {
    TRY_VOID(ask(Act::start_project_program, program.argv[0]));
    SyncPipe output = TRY(SyncPipe::make()), report = TRY(SyncPipe::make());
    Supervised supervised;
    supervised.reader_ = std::make_unique<Reader>(std::move(output.read), program.output);
    TRY_VOID(supervised.reader_->start());
    auto argv = pointers(program.argv), variables = pointers(program.environment);
    const std::string folder = program.folder.string();
    const auto members = program.group / "cgroup.procs";
    const Descriptor group(program.group.empty() ? -1 : ::open(members.c_str(), O_WRONLY | O_CLOEXEC));
    if (!program.group.empty() && !group.is_open()) return path_error(members.string(), "entered");
    const pid_t pid = ::fork();
    if (pid < 0) return could_not("a process can't be started: " + reason());
    if (pid == 0) {
        ::setpgid(0, 0);
        default_signals();
        if (!is_held(program, group.get())) report_and_exit(report.write.get());
        ::dup2(output.write.get(), STDOUT_FILENO);
        ::dup2(output.write.get(), STDERR_FILENO);
        if (program.user && !become_user(*program.user)) report_and_exit(report.write.get());
        if (::chdir(folder.c_str()) != 0) report_and_exit(report.write.get());
        ::execvpe(argv[0], argv.data(), variables.data());
        report_and_exit(report.write.get());
    }
    ::setpgid(pid, pid);
    report.write.reset();
    int number = 0;
    if (::read(report.read.get(), &number, sizeof number) > 0) {
        ::waitpid(pid, nullptr, 0);
        return could_not(fmt::format("'{}' can't be started in '{}': {}", program.argv[0], folder, reason(number)));
    }
    supervised.id_ = identify(pid).value_or(ProcessId{pid, 0});
    return supervised;
}

Supervised::Event Supervised::reap() {
    auto event = Event::quiet;
    int status = 0;
    for (pid_t ended = 0; (ended = ::waitpid(-1, &status, WNOHANG)) > 0;) {
        if (ended == id_.pid) {
            status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
            event = Event::exited;
        } else if (reader_ && ended == reader_->pid()) {
            reader_->ended(status);
        } // else something that it left behind
    }
    return event;
}

Supervised::Event Supervised::wait(Milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    if (reader_) reader_->start_if_died(); // once in `limit`
    while (true) {
        if (reap() == Event::exited) return Event::exited;
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

// proc(5): our children, to which those come whose parents are gone (PR_SET_CHILD_SUBREAPER).
std::vector<int> Supervised::left_behind() const {
    std::vector<int> pids;
    for (const auto& word : split(read_file("/proc/thread-self/children").value_or(""), ' ')) {
        const auto pid = static_cast<int>(parse_integer(word).value_or(0));
        if (pid > 0 && pid != id_.pid && !(reader_ && pid == reader_->pid())) pids.push_back(pid);
    }
    return pids;
}

void Supervised::signal_main(int number) const { ::kill(id_.pid, number); } // nobody has waited for it yet

void Supervised::signal_all(int number) const {
    ::kill(-id_.pid, number);
    for (const int pid : left_behind()) {
        if (::getpgid(pid) != id_.pid) ::kill(pid, number);
    }
}

void Supervised::end_rest() {
    constexpr Milliseconds patience{1000}, look{5};
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < deadline) {
        signal_all(SIGKILL); // again and again: a child of one that was killed comes to us only then
        reap();
        if (left_behind().empty() && (!reader_ || reader_->is_over())) break;
        real_clock().rest(look);
    }
    reader_.reset();
}

Result<void> signal_group(const ProcessId& leader, int number) {
    const Descriptor handle(leader.pid > 0 ? static_cast<int>(::syscall(SYS_pidfd_open, leader.pid, 0u)) : -1);
    if (!is_running(leader) || ::getpgid(leader.pid) != leader.pid) return {};
    constexpr unsigned whole_group = 1u << 2; // PIDFD_SIGNAL_PROCESS_GROUP, from Linux 6.9
    if (handle.is_open() && ::syscall(SYS_pidfd_send_signal, handle.get(), number, nullptr, whole_group) == 0)
        return {};
    if (::kill(-leader.pid, number) == 0 || errno == ESRCH) return {};
    return could_not(fmt::format("process group {} can't be sent signal {}: {}", leader.pid, number, reason()));
}

namespace {

constexpr std::pair<std::string_view, int> known_signals[] = {
    {"SIGTERM", SIGTERM}, {"SIGINT", SIGINT},   {"SIGQUIT", SIGQUIT}, {"SIGHUP", SIGHUP},
    {"SIGUSR1", SIGUSR1}, {"SIGUSR2", SIGUSR2}, {"SIGKILL", SIGKILL}, {"SIGWINCH", SIGWINCH}};

}

int signal_number(std::string_view name) {
    const auto* found =
        std::find_if(std::begin(known_signals), std::end(known_signals), [&](auto row) { return row.first == name; });
    return found == std::end(known_signals) ? 0 : found->second;
}

std::vector<std::string_view> signal_names() {
    std::vector<std::string_view> names;
    for (const auto& [name, number] : known_signals) names.push_back(name);
    return names;
}

Result<void> rotate_log(const Path& log, std::uint64_t limit) {
    if (inspect(log).size <= limit) return {};
    return rename_path(log, log.string() + ".1");
}

}
