#include "sys/process/confine.h"
#include "support/catch.h"
#include "support/support.h"
#include "sys/files/files.h"
#include "sys/files/writable.h"
#include "sys/git/repository.h"
#include "sys/process/process.h"
#include <arpa/inet.h>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <functional>
#include <linux/netlink.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace fairlead;

namespace {

// The status of a child that is confined first, so that the tests are not.
int in_child(const std::function<int()>& body) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(body());
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// 0: refused with EPERM; 1: it was done; 2: it failed for another reason.
int refusal(long returned) { return returned >= 0 ? 1 : errno == EPERM ? 0 : 2; }

struct Attempt {
    const char* name;
    std::function<long()> act;
    bool traced = false; // left open under AddressSanitizer
};

const Attempt attempts[] = {
    {"a program is started", [] { return ::execl("/bin/true", "true", nullptr); }},
    {"a program is started by its descriptor",
     [] { return ::syscall(SYS_execveat, ::open("/bin/true", O_PATH), "", nullptr, nullptr, AT_EMPTY_PATH); }},
    {"a process is made", [] { return ::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0); }, true},
    {"a parent is traced", [] { return ::ptrace(PTRACE_SEIZE, ::getppid(), nullptr, nullptr); }, true},
    {"a parent's memory is read", [] { return ::syscall(SYS_process_vm_readv, ::getppid(), 0, 0, 0, 0, 0); }, true},
    {"a parent is signalled", [] { return ::kill(::getppid(), 0); }, true},
    {"all are signalled", [] { return ::kill(-1, 0); }, true},
    {"a thread of the parent is signalled", [] { return ::syscall(SYS_tkill, ::getppid(), 0); }},
    {"a local socket is opened", [] { return ::socket(AF_UNIX, SOCK_STREAM, 0); }},
    {"a raw socket is opened", [] { return ::socket(AF_INET, SOCK_RAW, IPPROTO_ICMP); }},
    {"packets are looked at", [] { return ::socket(AF_PACKET, SOCK_RAW, 0); }},
    {"the audit's netlink is opened", [] { return ::socket(AF_NETLINK, SOCK_RAW, NETLINK_AUDIT); }},
    {"a virtual machine's socket is opened", [] { return ::socket(40, SOCK_STREAM, 0); }},
    {"a ring past the filter is made", [] { return ::syscall(425, 1, nullptr); }},
    {"a namespace is left", [] { return ::syscall(SYS_unshare, 0x10000000); }},
    {"a file system is mounted", [] { return ::syscall(SYS_mount, "none", "/", "tmpfs", 0, nullptr); }},
    {"a file is given away", [] { return ::syscall(SYS_fchownat, AT_FDCWD, ".", 1, 1, 0); }},
    {"a word is typed into the terminal", [] { return ::ioctl(0, TIOCSTI, "x"); }},
    {"a program for the kernel is loaded", [] { return ::syscall(SYS_bpf, 0, nullptr, 0); }},
};

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

bool holds_programs() { return sys::what_kernel_holds().programs_and_network; }
bool holds_files() { return sys::what_kernel_holds().files; }

}

TEST_CASE("a confined process starts nothing and reaches nobody") {
    if (!holds_programs()) SKIP_LOUDLY("seccomp", "this kernel has no filters");
    for (const auto network : {sys::Network::no, sys::Network::yes})
        for (const auto& attempt : attempts) {
            if (sys::sanitized && attempt.traced) continue;
            INFO(attempt.name);
            CHECK(in_child([&] {
                      if (!sys::confine(network).empty()) return 9;
                      return refusal(attempt.act());
                  }) == 0);
        }
}

TEST_CASE("without a network there is not a socket; with one there are those of a client") {
    if (!holds_programs()) SKIP_LOUDLY("seccomp", "this kernel has no filters");
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(0);
    socklen_t size = sizeof address;
    REQUIRE(::bind(server, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(server, 4) == 0);
    REQUIRE(::getsockname(server, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    const auto connects = [&](sys::Network network) {
        return in_child([&] {
            if (!sys::confine(network).empty()) return 9;
            const int client = ::socket(AF_INET, SOCK_STREAM, 0);
            if (client < 0) return refusal(client);
            return refusal(::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address));
        });
    };
    CHECK(connects(sys::Network::no) == 0);
    CHECK(connects(sys::Network::yes) == 1);
    const auto resolves = [](sys::Network network) {
        return in_child([&] {
            if (!sys::confine(network).empty()) return 9;
            addrinfo* found = nullptr;
            return ::getaddrinfo("localhost", "80", nullptr, &found) == 0 && found ? 1 : 0;
        });
    };
    CHECK(resolves(sys::Network::yes) == 1);
    const auto serves = [&] {
        if (!sys::confine(sys::Network::yes).empty()) return 9;
        return refusal(::listen(server, 1));
    };
    CHECK(in_child(serves) == 0);
    ::close(server);
}

TEST_CASE("a confined process goes on with threads, files and its own signals") {
    if (!holds_programs()) SKIP_LOUDLY("seccomp", "this kernel has no filters");
    CHECK(in_child([] {
              if (!sys::confine(sys::Network::no).empty()) return 9;
              int done = 0;
              std::thread([&] { done = ::access("/", R_OK) == 0 ? 1 : 0; }).join();
              std::signal(SIGUSR1, SIG_IGN);
              return done == 1 && ::raise(SIGUSR1) == 0 && ::kill(::getpid(), 0) == 0 ? 0 : 1;
          }) == 0);
    CHECK(in_child([] { // the way of every program of ours
              if (!sys::confine(sys::Network::no).empty()) return 9;
              return sys::run({.argv = {"true"}}).ok() ? 1 : 0;
          }) == 0);
    if (sys::sanitized) return;
    CHECK(in_child([] {
              std::signal(SIGABRT, SIG_DFL); // not the test framework's
              if (!sys::confine(sys::Network::no).empty()) return 9;
              ::abort();
          }) == 128 + SIGABRT);
}

TEST_CASE("a thread that runs already is confined, too") {
    if (!holds_programs()) SKIP_LOUDLY("seccomp", "this kernel has no filters");
    CHECK(in_child([] {
              int ends[2], answer = 3;
              if (::pipe(ends) != 0) return 8;
              std::thread early([&] {
                  char byte;
                  if (::read(ends[0], &byte, 1) == 1) answer = refusal(::socket(AF_INET, SOCK_STREAM, 0));
              });
              const bool held = sys::confine(sys::Network::no).empty();
              (void)!::write(ends[1], "x", 1);
              early.join();
              return held ? answer : 9;
          }) == 0);
}

TEST_CASE("files are changed where it was said, and nowhere else") {
    if (!holds_files()) SKIP_LOUDLY("landlock", "this kernel has none");
    const auto folder = sys::TemporaryFolder::make("confine ").value();
    const sys::Path root = folder.path();
    for (const auto* name : {"tree/.fairlead/out", "tree/src", "temporary"})
        REQUIRE(sys::make_folders(root / name).ok());
    for (const auto* name : {"tree/src/main.c", "outputs", "other"}) REQUIRE(sys::write_file(root / name, "old").ok());
    using What = sys::Writable::What;
    const std::vector<sys::Writable> writable = {{root / "tree/.fairlead/out/gate.json"},
                                                 {root / "outputs"},
                                                 {root / "temporary", What::folder},
                                                 {root / "made/by/us/report.json"}};
    const auto tried = [&](const std::function<bool()>& act) {
        return in_child([&] {
            if (!sys::confine_writes(writable).empty()) return 9;
            return act() ? 1 : 0;
        });
    };
    const auto writes = [&](const char* name) {
        return tried([&] { return sys::write_file(root / name, "new").ok(); });
    };
    CHECK(writes("tree/.fairlead/out/gate.json") == 1);
    CHECK(writes("temporary/x") == 1);
    CHECK(tried([&] { return sys::append_file(root / "outputs", "new").ok(); }) == 1);
    CHECK(tried([&] {
              return sys::make_folders(root / "made/by/us").ok() &&
                     sys::write_file(root / "made/by/us/report.json", "new").ok();
          }) == 1);
    CHECK(tried([&] { return ::open("/dev/null", O_WRONLY) >= 0; }) == 1);
    CHECK(sys::read_file(root / "made/by/us/report.json").value() == "new");
}

TEST_CASE("git's hooks are written, also as links, and nothing else of git's") {
    if (!holds_files()) SKIP_LOUDLY("landlock", "this kernel has none");
    const auto folder = sys::TemporaryFolder::make("confine ").value();
    const sys::Path git = folder.path() / ".git", hooks = git / "hooks";
    REQUIRE(sys::make_folders(hooks).ok());
    REQUIRE(sys::write_file(git / "config", "old").ok());
    const auto tried = [&](sys::Writable::What what, const std::function<bool()>& act) {
        return in_child([&] {
            if (!sys::confine_writes({{hooks, what}}).empty()) return 9;
            return act() ? 1 : 0;
        });
    };
    using What = sys::Writable::What;
    const auto writes = [&] { return sys::write_file(hooks / "pre-commit", "new", 0755).ok(); };
    CHECK(tried(What::folder, writes) == 0);
    CHECK(tried(What::hooks, writes) == 1);
    CHECK(tried(What::hooks, [&] { return sys::replace_symlink("../../script", hooks / "link").ok(); }) == 1);
    CHECK(tried(What::hooks, [&] { return sys::rename_path(hooks / "link", hooks / "pre-commit").ok(); }) == 1);
    CHECK(tried(What::hooks, [&] { return sys::write_file(git / "config", "new").ok(); }) == 0);
    CHECK(tried(What::hooks, [&] { return sys::write_file(folder.path() / "main.c", "new").ok(); }) == 0);
}

TEST_CASE("nothing else is written, made, removed, moved, linked or cut") {
    if (!holds_files()) SKIP_LOUDLY("landlock", "this kernel has none");
    const auto folder = sys::TemporaryFolder::make("confine ").value();
    const sys::Path root = folder.path();
    REQUIRE(sys::make_folders(root / "tree/src").ok());
    REQUIRE(sys::make_folders(root / "out").ok());
    REQUIRE(sys::write_file(root / "tree/src/main.c", "old").ok());
    REQUIRE(sys::write_file(root / "out/other", "old").ok());
    const std::string file = root / "tree/src/main.c", fresh = root / "tree/fresh";
    const std::pair<const char*, std::function<long()>> changes[] = {
        {"write", [&] { return ::open(file.c_str(), O_WRONLY); }},
        {"cut", [&] { return ::truncate(file.c_str(), 0); }},
        {"make", [&] { return ::open(fresh.c_str(), O_CREAT | O_RDONLY, 0600); }},
        {"folder", [&] { return ::mkdir(fresh.c_str(), 0700); }},
        {"link", [&] { return ::symlink("/etc/passwd", fresh.c_str()); }},
        {"name", [&] { return ::link(file.c_str(), fresh.c_str()); }},
        {"pipe", [&] { return ::mkfifo(fresh.c_str(), 0600); }},
        {"remove", [&] { return ::unlink(file.c_str()); }},
        {"move out", [&] { return ::rename((root / "out/other").c_str(), fresh.c_str()); }},
        {"move in", [&] { return ::rename(file.c_str(), (root / "out/x").c_str()); }},
        {"link out", [&] { return ::symlink("/etc/passwd", (root / "out/link").c_str()); }},
    };
    for (const auto& [name, change] : changes) {
        INFO(name);
        CHECK(in_child([&, act = change] {
                  if (!sys::confine_writes({{root / "out/report.json"}}).empty()) return 9;
                  return act() >= 0 ? 1 : 0;
              }) == 0);
    }
    CHECK(sys::read_file(file).value() == "old");
    CHECK_FALSE(std::filesystem::exists(fresh));
}

TEST_CASE("a device that is named as an output opens nothing beside it") {
    if (!holds_files()) SKIP_LOUDLY("landlock", "this kernel has none");
    const auto folder = sys::TemporaryFolder::make("confine ").value();
    const sys::Path root = folder.path();
    REQUIRE(::mkfifo((root / "pipe").c_str(), 0600) == 0);
    REQUIRE(sys::write_file(root / "other", "old").ok());
    CHECK(in_child([&] {
              if (!sys::confine_writes({{root / "pipe"}}).empty()) return 9;
              const bool pipe = ::open((root / "pipe").c_str(), O_RDWR | O_NONBLOCK) >= 0;
              const bool other = ::open((root / "other").c_str(), O_WRONLY) >= 0;
              return pipe && !other ? 0 : 1;
          }) == 0);
}
