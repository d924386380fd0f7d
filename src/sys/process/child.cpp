#include "sys/process/child.h"
#include "sys/account.h"
#include "sys/environment.h"
#include "sys/permit.h"
#include "sys/process/confine.h"
#include "sys/process/guard.h"
#include "sys/process/process.h"
#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace fairlead::sys {
namespace {

class Actions {
  public:
    Actions() { ::posix_spawn_file_actions_init(&actions_); }
    ~Actions() { ::posix_spawn_file_actions_destroy(&actions_); }
    Actions(const Actions&) = delete;
    Actions& operator=(const Actions&) = delete;
    void connect(int from, int to) {
        ::posix_spawn_file_actions_adddup2(&actions_, from, to);
        connections_.emplace_back(from, to);
    }
    void open_null(int as) {
        ::posix_spawn_file_actions_addopen(&actions_, as, "/dev/null", O_RDONLY, 0);
        null_ = as;
    }
    void enter(const std::string& folder) {
        ::posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str());
        folder_ = folder;
    }
    const posix_spawn_file_actions_t* get() const { return &actions_; }

    // The same in a child that was forked; only async-signal-safe calls. The folder is entered as who the child is
    // then.
    bool connect_all() const {
        if (const int null = null_ < 0 ? -1 : ::open("/dev/null", O_RDONLY); null >= 0 && null != null_) {
            ::dup2(null, null_);
            ::close(null);
        }
        for (const auto& [from, to] : connections_)
            if (::dup2(from, to) < 0) return false;
        return true;
    }
    bool enter_folder() const { return folder_.empty() || ::chdir(folder_.c_str()) == 0; }

  private:
    std::vector<std::pair<int, int>> connections_;
    std::string folder_;
    int null_ = -1;
    posix_spawn_file_actions_t actions_;
};

// Its group; no signal blocked; what we ignore (SIGPIPE) or catch as by default.
class Attributes {
  public:
    explicit Attributes(int group) {
        ::posix_spawnattr_init(&attributes_);
        sigset_t none, ours;
        ::sigemptyset(&none);
        ::sigemptyset(&ours);
        for (const int number : {SIGPIPE, SIGINT, SIGTERM}) ::sigaddset(&ours, number);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &ours);
        ::posix_spawnattr_setpgroup(&attributes_, group);
        ::posix_spawnattr_setflags(&attributes_,
                                   POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    const posix_spawnattr_t* get() const { return &attributes_; }

  private:
    posix_spawnattr_t attributes_;
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> list;
    for (std::string& text : texts) list.push_back(text.data());
    list.push_back(nullptr);
    return list;
}

bool is_folder(const std::string& path) {
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

// posix_spawn(3) can neither become another user nor stand guard. What it would do otherwise, by hand; the error's
// number, or 0.
int spawn_by_hand(const Program& asked, int& pid, int group, const std::string& program, const Actions& actions,
                  char** arguments, char** variables) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return errno;
    Descriptor read(ends[0]), write(::fcntl(ends[1], F_DUPFD_CLOEXEC, 10)); // above what is connected
    ::close(ends[1]);
    const int owner = ::getpid();
    pid = ::fork();
    if (pid < 0) return errno;
    if (pid == 0) {
        ::setpgid(0, group);
        const bool ready = !asked.dies_with_us || stand_guard(owner) == 0;
        for (const int number : {SIGPIPE, SIGINT, SIGTERM}) ::signal(number, SIG_DFL);
        sigset_t none;
        ::sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        if (asked.user) ::umask(022);
        if (ready && actions.connect_all() && (!asked.user || become_user(*asked.user)) && actions.enter_folder()) {
            if (asked.dies_with_us) ::prctl(PR_SET_PDEATHSIG, SIGKILL); // somebody may kill its guard alone
            if (!asked.hold || asked.hold->put_on()) ::execve(program.c_str(), arguments, variables);
        }
        const int number = errno;
        [[maybe_unused]] const ssize_t told = ::write(write.get(), &number, sizeof number);
        ::_exit(127);
    }
    ::setpgid(pid, group);
    write.reset();
    int number = 0;
    ssize_t count = 0;
    while ((count = ::read(read.get(), &number, sizeof number)) < 0 && errno == EINTR) {
    }
    if (count <= 0) return 0;
    ::waitpid(pid, nullptr, 0);
    return number;
}

// tar looks for xz in its PATH, git for ssh.
void narrow_path(std::vector<std::string>& variables) {
    for (auto& pair : variables)
        if (pair.starts_with("PATH=")) pair = "PATH=" + own_path(pair.substr(5));
}

}

Result<Descriptor> lifted(int number) {
    // dup2 in the child must not step on it.
    Descriptor high(::fcntl(number, F_DUPFD_CLOEXEC, 3));
    if (!high.is_open()) return could_not("no file descriptor is left: " + reason());
    return high;
}

Result<Pipe> make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return could_not("a pipe can't be made: " + reason());
    const Descriptor low_read(ends[0]), low_write(ends[1]);
    auto read = TRY(lifted(low_read.get()));
    auto write = TRY(lifted(low_write.get()));
    return Pipe{std::move(read), std::move(write)};
}

std::vector<std::string> environment_or_usual(const std::optional<std::vector<std::string>>& given) {
    return given ? *given : child_environment(Environment::of_process(), Child::program);
}

// A bare name is looked up in our PATH, a path is meant from the child's folder.
Result<std::string> find_program_of(const Program& program) {
    std::string name = program.argv[0];
    if (name.find('/') == std::string::npos) {
        auto found = program.any_path ? find_program(name) : find_own_program(name);
        if (!found && find_program(name))
            return could_not(fmt::format("program '{}' is only in a folder of PATH that is relative or inside the work "
                                         "tree, where a change could have put it; install it elsewhere",
                                         name));
        if (!found) return could_not(fmt::format("program '{}' is not in PATH; install it or name its path", name));
        name = std::move(*found);
    }
    if (!program.folder.empty() && !is_folder(program.folder))
        return could_not(fmt::format("'{}' can't run in '{}': there is no such folder", name, program.folder));
    return name;
}

Result<ChildProcess> start_child(const Program& program, const ChildStreams& streams, int group) {
    const std::string path = TRY(find_program_of(program));
    const bool is_ours = program.whose == Whose::ours && !is_of_project(path);
    TRY_VOID(ask(is_ours                            ? Act::start_program
                 : program.whose == Whose::question ? Act::ask_project_program
                                                    : Act::start_project_program,
                 path));
    Actions actions;
    if (streams.in < 0)
        actions.open_null(STDIN_FILENO);
    else
        actions.connect(streams.in, STDIN_FILENO);
    if (streams.out >= 0) actions.connect(streams.out, STDOUT_FILENO);
    if (streams.err >= 0) actions.connect(streams.err, STDERR_FILENO);
    if (!program.folder.empty()) actions.enter(program.folder);

    std::vector<std::string> arguments = program.argv, variables = program.environment;
    const bool looked_up = program.argv[0].find('/') == std::string::npos;
    if (looked_up && !program.any_path) narrow_path(variables);
    const Attributes attributes(group);
    if (program.user) set_user_variables(*program.user, variables);
    auto words = pointers(arguments), values = pointers(variables);
    ChildProcess child;
    const int failed =
        program.user || program.dies_with_us
            ? spawn_by_hand(program, child.pid, group, path, actions, words.data(), values.data())
            : ::posix_spawn(&child.pid, path.c_str(), actions.get(), attributes.get(), words.data(), values.data());
    if (failed != 0)
        return could_not(fmt::format("'{}' can't be started{}: {}", path,
                                     program.user ? fmt::format(" as user '{}'", program.user->name) : "",
                                     reason(failed)));
    child.handle = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, child.pid, 0u))); // close-on-exec by itself
    return child;
}

}
