#include "sys/process/guard.h"
#include <cerrno>
#include <csignal>
#include <ctime>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace fairlead::sys {
namespace {

// proc(5): those whose parents are gone are ours, too.
void kill_children() {
    const int list = ::open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    char text[4096];
    pid_t pid = 0;
    for (ssize_t count = 0; list >= 0 && (count = ::read(list, text, sizeof text)) > 0;) {
        for (ssize_t i = 0; i < count; ++i) {
            if (text[i] >= '0' && text[i] <= '9') {
                pid = pid * 10 + (text[i] - '0');
            } else {
                if (pid > 0) ::kill(pid, SIGKILL);
                pid = 0;
            }
        }
    }
    if (list >= 0) ::close(list);
}

// Again and again: a child of one that was killed comes to us only then.
[[noreturn]] void end_all(pid_t child) {
    constexpr timespec look{0, 2'000'000};
    constexpr int looks = 5000;
    for (int i = 0; i < looks; ++i) {
        ::kill(child, SIGKILL);
        kill_children();
        pid_t ended = 0;
        while ((ended = ::waitpid(-1, nullptr, WNOHANG)) > 0) continue;
        if (ended < 0 && errno == ECHILD) break;
        ::nanosleep(&look, nullptr);
    }
    ::_exit(127);
}

[[noreturn]] void end_as(int status) {
    if (!WIFSIGNALED(status)) ::_exit(WEXITSTATUS(status));
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    ::signal(WTERMSIG(status), SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::kill(::getpid(), WTERMSIG(status));
    ::_exit(128 + WTERMSIG(status));
}

}

int stand_guard(int owner) {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, nullptr); // what the group is sent is the program's
    ::signal(SIGCHLD, SIG_DFL);
    ::prctl(PR_SET_PDEATHSIG, SIGCHLD);
    if (::getppid() != owner) ::_exit(127); // it died before we asked to be told
    const pid_t child = ::fork();
    if (child <= 0) return child;
    ::prctl(PR_SET_NAME, "fairlead-guard");
    ::syscall(SYS_close_range, 0u, ~0u, 0u); // the streams end with the program, the lock with its holder
    sigset_t heard;
    ::sigemptyset(&heard);
    ::sigaddset(&heard, SIGCHLD);
    while (true) {
        int status = 0;
        for (pid_t ended = 0; (ended = ::waitpid(-1, &status, WNOHANG)) > 0;)
            if (ended == child) end_as(status);
        if (::getppid() != owner) end_all(child);
        ::sigwaitinfo(&heard, nullptr);
    }
}

}
