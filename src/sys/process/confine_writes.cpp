#include "sys/descriptor.h"
#include "sys/files/beneath.h"
#include "sys/process/confine.h"
#include "sys/process/confine_parts.h"
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/seccomp.h>
#include <optional>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>

// landlock(7). No library for it is packaged, and the headers of Debian 12 know its first version only: the numbers are
// those of include/uapi/linux/landlock.h.
namespace fairlead::sys {
namespace {

constexpr long create_ruleset = 444, add_rule = 445;
constexpr std::uint64_t may_start = 1u << 0, may_write_file = 1u << 1, may_remove_folder = 1u << 4,
                        may_remove_file = 1u << 5, may_make_folder = 1u << 7, may_make_file = 1u << 8,
                        make_link = 1u << 12, move_between_folders = 1u << 13, truncate = 1u << 14,
                        device_control = 1u << 15;
constexpr std::uint64_t make_others =
    1u << 6 | 1u << 9 | 1u << 10 | 1u << 11 | make_link; // devices, sockets, pipes, links

struct RulesetAttributes {
    std::uint64_t files, network, scopes;
};
struct __attribute__((packed)) PathRule {
    std::uint64_t allowed;
    std::int32_t folder;
};

int version() { return static_cast<int>(::syscall(create_ruleset, nullptr, 0, 1u)); } // negative: none here

// Every way to change a file or a folder that this version judges.
std::uint64_t changes(int version) {
    std::uint64_t all =
        may_write_file | may_remove_folder | may_remove_file | may_make_folder | may_make_file | make_others;
    if (version >= 2) all |= move_between_folders;
    if (version >= 3) all |= truncate;
    if (version >= 5) all |= device_control;
    return all;
}

bool allow(int ruleset, const Path& path, std::uint64_t what, int flags = 0) {
    const Descriptor place(::open(path.c_str(), O_PATH | O_CLOEXEC | flags));
    struct stat info {};
    if (!place.is_open() || ::fstat(place.get(), &info) != 0 || S_ISLNK(info.st_mode)) return false;
    if (!S_ISDIR(info.st_mode)) what &= may_start | may_write_file | truncate | device_control;
    const PathRule rule{what, place.get()};
    return ::syscall(add_rule, ruleset, 1, &rule, 0u) == 0;
}

struct Spot {
    Path path;
    int flags = 0; // O_NOFOLLOW in a tree: a file replaces a link there
};

// Nothing behind a link that leads out of the tree; it is told when something is to be written there.
std::optional<Spot> spot_of(const Path& path) {
    std::error_code ignored;
    const auto named = named_by_person(std::filesystem::current_path(ignored), path);
    if (!named.ok() || named->root.is_everything()) return Spot{std::filesystem::absolute(path, ignored)};
    const Path inner = named->path;
    const auto folder = named->root.real(inner.has_parent_path() ? inner.parent_path() : Path("."));
    if (!folder.ok()) return std::nullopt;
    return Spot{(named->root.path() / folder.value() / inner.filename()).lexically_normal(), O_NOFOLLOW};
}

// A file is made again beside the old one and renamed over it; a device or a pipe is written to as it is.
void allow(int ruleset, const Writable& one, std::uint64_t known) {
    constexpr std::uint64_t replace = may_write_file | may_remove_file | may_make_file | truncate;
    constexpr std::uint64_t below = replace | may_make_folder | may_remove_folder | move_between_folders;
    std::error_code ignored;
    using What = Writable::What;
    const auto spot =
        one.what == What::hooks ? Spot{std::filesystem::weakly_canonical(one.path, ignored)} : spot_of(one.path);
    if (!spot) return;
    const auto& [path, flags] = *spot;
    const auto status = std::filesystem::status(path, ignored);
    const bool exists = std::filesystem::exists(status);
    const std::uint64_t inside = one.what == What::hooks ? below | make_link : below;
    if (one.what != What::file && exists) {
        allow(ruleset, path, inside & known, flags);
        return;
    }
    allow(ruleset, path, (may_write_file | truncate | device_control) & known, flags);
    if (exists && !std::filesystem::is_regular_file(status)) return;
    Path folder = path.parent_path();
    if (allow(ruleset, folder, replace & known) && one.what == What::file) return;
    while (!std::filesystem::exists(folder, ignored) && folder.has_relative_path()) folder = folder.parent_path();
    allow(ruleset, folder, inside & known);
}

}

std::string confine_writes(const std::vector<Writable>& writable) {
    const auto refused = [](int code) {
        return fmt::format("the kernel doesn't keep this process from writing elsewhere: Landlock: {}",
                           std::strerror(code));
    };
    const int here = version();
    if (here < 1) return refused(errno);
    const std::uint64_t known = changes(here);
    // Version 6 also keeps it from signals to, and from abstract sockets of, processes that aren't held so.
    const RulesetAttributes attributes{known, 0, here >= 6 ? 3u : 0u};
    const std::size_t size = here >= 6 ? sizeof attributes : sizeof attributes.files;
    const Descriptor ruleset(static_cast<int>(::syscall(create_ruleset, &attributes, size, 0u)));
    if (!ruleset.is_open()) return refused(errno);
    allow(ruleset.get(), "/dev/null", may_write_file & known);
    for (const auto& one : writable) allow(ruleset.get(), one, known);
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::syscall(restrict_self, ruleset.get(), 0u) != 0)
        return refused(errno);
    return {};
}

Descriptor files_of_child(const std::vector<Path>& programs, const Path& folder) {
    const int here = version();
    if (here < 1) return {};
    const std::uint64_t known = changes(here);
    const RulesetAttributes attributes{known | may_start, 0, here >= 6 ? 3u : 0u};
    const std::size_t size = here >= 6 ? sizeof attributes : sizeof attributes.files;
    Descriptor ruleset(static_cast<int>(::syscall(create_ruleset, &attributes, size, 0u)));
    if (!ruleset.is_open()) return ruleset;
    ::fcntl(ruleset.get(), F_SETFD, FD_CLOEXEC);
    allow(ruleset.get(), "/dev/null", may_write_file & known);
    allow(ruleset.get(), folder, known);
    for (const auto& program : programs)
        if (!program.empty()) allow(ruleset.get(), program, may_start);
    return ruleset;
}

Holds what_kernel_holds() {
    Holds holds;
    const std::uint32_t refuse = SECCOMP_RET_ERRNO;
    holds.programs_and_network = ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0u, &refuse) == 0;
    const int landlock = version();
    holds.files = landlock >= 1;
    if (holds.programs_and_network) holds.described = "seccomp";
    if (holds.files) holds.described += fmt::format("{}Landlock {}", holds.described.empty() ? "" : ", ", landlock);
    return holds;
}

}
