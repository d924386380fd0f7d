#include "support/catch.h"
#include "support/support.h"
#include "sys/files/files.h"
#include "sys/process/confine.h"
#include <cerrno>
#include <fcntl.h>
#include <seccomp.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace fairlead;

namespace {

constexpr int not_refused = 97, not_started = 98;

// In the child, for itself and the program that it becomes: openat2 answers as a kernel without it, or as a container
// whose filter doesn't know it.
bool lose_openat2(int code) {
    const scmp_filter_ctx rules = seccomp_init(SCMP_ACT_ALLOW);
    if (!rules) return false;
    const bool loaded =
        seccomp_rule_add(rules, SCMP_ACT_ERRNO(static_cast<std::uint32_t>(code)), SYS_openat2, 0) == 0 &&
        seccomp_load(rules) == 0;
    seccomp_release(rules);
    errno = 0;
    return loaded && ::syscall(SYS_openat2, AT_FDCWD, ".", nullptr, 0) == -1 && errno == code;
}

// The status of this program's tests of beneath.cpp, in a process without openat2; what they print goes to `log`.
int tests_of_beneath(int code, const sys::Path& log) {
    const pid_t child = ::fork();
    if (child == 0) {
        const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (file < 0 || ::dup2(file, 1) < 0 || ::dup2(file, 2) < 0) ::_exit(not_started);
        if (!lose_openat2(code)) ::_exit(not_refused);
        ::execl("/proc/self/exe", "unit_sys", "--filenames-as-tags", "[#beneath]", nullptr);
        ::_exit(not_started);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}

TEST_CASE("where the kernel or a container's filter refuses openat2, nothing outside of a tree is reached either") {
    if (!sys::what_kernel_holds().programs_and_network) SKIP_LOUDLY("seccomp", "this kernel has no filters");
    const auto folder = sys::TemporaryFolder::make("fairlead-test").value();
    const auto log = folder.path() / "log";
    for (const int code : {ENOSYS, EPERM}) {
        const int status = tests_of_beneath(code, log);
        const auto said = sys::read_file(log).value();
        INFO(code << ": " << said);
        CHECK(status == 0);
        CHECK(said.find(" passed, 0 failed, ") != said.npos);
        CHECK(said.find("\n0 passed") == said.npos);
    }
}
