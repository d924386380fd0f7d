#include "sys/child.h"
#include "sys/environment.h"
#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>

namespace fairlead::sys {
namespace {

struct Pipe {
    Descriptor read;
    Descriptor write;
};

// Above the three standard ones even where those were closed: dup2 in the child must not step on them.
Result<Descriptor> lift(int number) {
    Descriptor low(number);
    Descriptor high(::fcntl(low.get(), F_DUPFD_CLOEXEC, 3));
    if (!high.is_open()) return could_not("no descriptor is left: " + reason());
    return high;
}

Result<Pipe> make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return could_not("a pipe can't be made: " + reason());
    auto lifted_read = lift(ends[0]), lifted_write = lift(ends[1]);
    auto read = TRY(std::move(lifted_read));
    auto write = TRY(std::move(lifted_write));
    return Pipe{std::move(read), std::move(write)};
}

class Actions {
  public:
    Actions() { ::posix_spawn_file_actions_init(&actions_); }
    ~Actions() { ::posix_spawn_file_actions_destroy(&actions_); }
    Actions(const Actions&) = delete;
    Actions& operator=(const Actions&) = delete;
    void connect(int from, int to) { ::posix_spawn_file_actions_adddup2(&actions_, from, to); }
    void open_null(int as) { ::posix_spawn_file_actions_addopen(&actions_, as, "/dev/null", O_RDONLY, 0); }
    void enter(const std::string& folder) { ::posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str()); }
    const posix_spawn_file_actions_t* get() const { return &actions_; }

  private:
    posix_spawn_file_actions_t actions_;
};

// Its own group; no signal blocked; what we ignore (SIGPIPE) or catch as by default.
class Attributes {
  public:
    Attributes() {
        ::posix_spawnattr_init(&attributes_);
        sigset_t none, ours;
        ::sigemptyset(&none);
        ::sigemptyset(&ours);
        for (const int number : {SIGPIPE, SIGINT, SIGTERM}) ::sigaddset(&ours, number);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &ours);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
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

// argv[0] as execve takes it: a bare name is looked up in our PATH, a path is meant from the child's folder.
Result<std::string> program_of(const Command& command) {
    const std::string& name = command.argv[0];
    if (name.find('/') != std::string::npos) return name;
    const auto found = find_program(name);
    if (!found) return could_not(fmt::format("program '{}' is not in PATH; install it or name its path", name));
    return *found;
}

}

Result<ChildProcess> start_child(const Command& command) {
    std::string program = TRY(program_of(command));
    if (!command.folder.empty() && !is_folder(command.folder)) {
        return could_not(fmt::format("'{}' can't run in '{}': there is no such folder", program, command.folder));
    }
    ChildProcess child;
    Actions actions;
    Pipe in, out, err; // the child's ends close when this function returns
    if (command.input.empty()) {
        actions.open_null(STDIN_FILENO);
    } else {
        in = TRY(make_pipe());
        actions.connect(in.read.get(), STDIN_FILENO);
        ::fcntl(in.write.get(), F_SETFL, O_NONBLOCK);
    }
    if (!command.inherit_output) {
        out = TRY(make_pipe());
        err = TRY(make_pipe());
        actions.connect(out.write.get(), STDOUT_FILENO);
        actions.connect(err.write.get(), STDERR_FILENO);
    }
    if (command.one_stream == STDOUT_FILENO) actions.connect(STDOUT_FILENO, STDERR_FILENO);
    if (command.one_stream == STDERR_FILENO) actions.connect(STDERR_FILENO, STDOUT_FILENO);
    if (!command.folder.empty()) actions.enter(command.folder);

    std::vector<std::string> arguments = command.argv;
    std::vector<std::string> variables =
        command.environment ? *command.environment : child_environment(Environment::of_process(), Child::step);
    const Attributes attributes;
    const int failed = ::posix_spawn(&child.pid, program.c_str(), actions.get(), attributes.get(),
                                     pointers(arguments).data(), pointers(variables).data());
    if (failed != 0) return could_not(fmt::format("'{}' can't be started: {}", program, reason(failed)));
    child.handle = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, child.pid, 0u))); // close-on-exec by itself
    child.in = std::move(in.write);
    child.out = std::move(out.read);
    child.err = std::move(err.read);
    return child;
}

}
