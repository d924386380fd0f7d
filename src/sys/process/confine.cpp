#include "sys/process/confine.h"
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/netlink.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

namespace fairlead::sys {
namespace {

// By name: a call that the library or the machine doesn't know is passed over.
constexpr const char* programs[] = {"execve", "execveat"};
constexpr const char* processes[] = {"fork", "vfork"};
constexpr const char* servers[] = {"listen", "accept", "accept4"};
constexpr const char* tracing[] = {"ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp"};
constexpr const char* never[] = {
    // other processes
    "pidfd_getfd", "pidfd_send_signal", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "tkill",
    // sockets and files past the filter
    "io_uring_setup", "io_uring_enter", "io_uring_register", "open_by_handle_at", "name_to_handle_at",
    // names that others live by
    "mount", "umount", "umount2", "move_mount", "open_tree", "fsopen", "fsmount", "fsconfig", "fspick", "mount_setattr",
    "pivot_root", "chroot", "setns", "unshare", "swapon", "swapoff", "sethostname", "setdomainname",
    // the kernel
    "bpf", "perf_event_open", "userfaultfd", "kexec_load", "kexec_file_load", "init_module", "finit_module",
    "delete_module", "reboot", "acct", "quotactl", "quotactl_fd", "settimeofday", "clock_settime", "clock_adjtime",
    "adjtimex", "iopl", "ioperm", "syslog", "vhangup", "personality", "add_key", "request_key", "keyctl",
    "lookup_dcookie",
    // other users
    "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setfsuid", "setfsgid", "setgroups", "capset",
    "chown", "fchown", "lchown", "fchownat", "mknod", "mknodat"};

// Rules are added until one is refused.
class Filter {
  public:
    Filter() : rules_(seccomp_init(SCMP_ACT_ALLOW)) {}
    ~Filter() {
        if (rules_) seccomp_release(rules_);
    }
    Filter(const Filter&) = delete;
    Filter& operator=(const Filter&) = delete;

    template <typename... Conditions>
    void refuse(const char* name, Conditions... conditions) {
        answer(EPERM, name, conditions...);
    }
    template <typename... Conditions>
    void answer(int code, const char* name, Conditions... conditions) {
        const int call = seccomp_syscall_resolve_name(name);
        if (!rules_ || call < 0) return;
        const int status = seccomp_rule_add(rules_, SCMP_ACT_ERRNO(static_cast<std::uint32_t>(code)), call,
                                            sizeof...(conditions), conditions...);
        if (status_ == 0 && status != -EEXIST) status_ = status;
    }
    template <std::size_t N>
    void refuse_all(const char* const (&names)[N]) {
        for (const char* name : names) refuse(name);
    }
    int load() { // 0 or a negative errno
        if (!rules_) return -ENOMEM;
        if (status_ != 0) return status_;
        (void)seccomp_attr_set(rules_, SCMP_FLTATR_CTL_TSYNC, 1);    // threads that run already
        (void)seccomp_attr_set(rules_, SCMP_FLTATR_API_SYSRAWRC, 1); // the reason of the kernel itself
        (void)seccomp_attr_set(rules_, SCMP_FLTATR_CTL_OPTIMIZE, 2);
        return seccomp_load(rules_);
    }

    std::vector<std::uint64_t> exported() { // empty: it can't be had
        const Descriptor file(::memfd_create("filter", MFD_CLOEXEC));
        if (!rules_ || status_ != 0 || !file.is_open() || seccomp_export_bpf(rules_, file.get()) != 0) return {};
        const auto size = ::lseek(file.get(), 0, SEEK_END);
        std::vector<std::uint64_t> words(size > 0 ? static_cast<std::size_t>(size) / sizeof(std::uint64_t) : 0);
        const auto bytes = words.size() * sizeof(std::uint64_t);
        if (::pread(file.get(), words.data(), bytes, 0) != static_cast<ssize_t>(bytes)) return {};
        return words;
    }

  private:
    scmp_filter_ctx rules_;
    int status_ = 0;
};

constexpr scmp_arg_cmp argument(unsigned number, scmp_compare how, std::uint64_t one, std::uint64_t other = 0) {
    return {number, how, one, other};
}

void refuse_processes(Filter& filter) {
    filter.refuse_all(programs);
    if (sanitized) return;
    filter.refuse_all(processes);
    filter.refuse("clone", argument(0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
    filter.answer(ENOSYS, "clone3"); // whose flags no filter sees; the C library then starts its threads by clone
    filter.refuse_all(tracing);
}

void refuse_sockets(Filter& filter, Network network) {
    filter.refuse_all(servers);
    if (network == Network::no) return filter.refuse("socket");
    // Names are found over UDP; over netlink the C library asks which addresses this machine has. What answers behind a
    // local socket (nscd, systemd-resolved) is passed over for the name server.
    for (std::uint64_t family = 0; family < AF_NETLINK; ++family)
        if (family != AF_INET && family != AF_INET6) filter.refuse("socket", argument(0, SCMP_CMP_EQ, family));
    filter.refuse("socket", argument(0, SCMP_CMP_GT, AF_NETLINK));
    filter.refuse("socket", argument(0, SCMP_CMP_EQ, AF_NETLINK), argument(2, SCMP_CMP_NE, NETLINK_ROUTE));
    for (const std::uint64_t family : {std::uint64_t{AF_INET}, std::uint64_t{AF_INET6}})
        for (const std::uint64_t raw : {SOCK_RAW, SOCK_PACKET})
            filter.refuse("socket", argument(0, SCMP_CMP_EQ, family), argument(1, SCMP_CMP_MASKED_EQ, 0xf, raw));
}

void refuse_signals(Filter& filter) {
    if (sanitized) return;
    const auto self = static_cast<std::uint64_t>(::getpid());
    for (const char* call : {"kill", "tgkill"}) {
        filter.refuse(call, argument(0, SCMP_CMP_LT, self));
        filter.refuse(call, argument(0, SCMP_CMP_GT, self));
    }
}

// A word typed in the caller's terminal is a command of the caller's.
void refuse_typing(Filter& filter) {
    constexpr std::uint64_t linux_console = 0x541c; // TIOCLINUX, which can paste
    for (const std::uint64_t typing : {std::uint64_t{TIOCSTI}, linux_console})
        filter.refuse("ioctl", argument(1, SCMP_CMP_MASKED_EQ, 0xffffffff, typing));
}

}

// The program of a filter, for a child that puts it on.
std::vector<std::uint64_t> filter_of_child() {
    Filter filter;
    filter.refuse_all(never);
    filter.refuse_all(tracing);
    filter.refuse("connect");
    filter.refuse("socket", argument(0, SCMP_CMP_NE, AF_UNIX));
    return filter.exported();
}

std::string confine(Network network) {
    Filter filter;
    filter.refuse_all(never);
    refuse_processes(filter);
    refuse_sockets(filter, network);
    refuse_signals(filter);
    refuse_typing(filter);
    const int status = filter.load();
    if (status == 0) return {};
    return fmt::format("can't forbid this process to start programs{}: seccomp: {}",
                       network == Network::no ? " and from the network" : "", std::strerror(-status));
}

}
