#include "sys/process/confine.h"
#include "sys/process/confine_parts.h"
#include <cerrno>
#include <cstring>
#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace fairlead::sys {
namespace {

static_assert(sizeof(sock_filter) == sizeof(std::uint64_t));

// The loader that the kernel starts a program by; empty: it needs none.
std::string loader_of(const Path& program) {
    const Descriptor file(::open(program.c_str(), O_RDONLY | O_CLOEXEC));
    Elf64_Ehdr header{};
    if (!file.is_open() || ::pread(file.get(), &header, sizeof header, 0) != static_cast<ssize_t>(sizeof header) ||
        std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64)
        return {};
    for (unsigned at = 0; at < header.e_phnum; ++at) {
        Elf64_Phdr part{};
        const auto place = static_cast<off_t>(header.e_phoff + at * sizeof part);
        if (::pread(file.get(), &part, sizeof part, place) != static_cast<ssize_t>(sizeof part)) return {};
        if (part.p_type != PT_INTERP || part.p_filesz > 4096) continue;
        std::string path(part.p_filesz, '\0');
        if (::pread(file.get(), path.data(), path.size(), static_cast<off_t>(part.p_offset)) !=
            static_cast<ssize_t>(path.size()))
            return {};
        return path.c_str(); // it ends in a zero
    }
    return {};
}

}

ChildHold ChildHold::make(const Path& program, const Path& folder, std::string& lacking) {
    ChildHold hold;
    hold.files_ = files_of_child({program, loader_of(program)}, folder);
    if (!hold.files_.is_open()) lacking = fmt::format("Landlock: {}", std::strerror(errno));
    hold.filter_ = filter_of_child();
    if (hold.filter_.empty()) lacking += (lacking.empty() ? "" : "; ") + std::string("seccomp");
    return hold;
}

bool ChildHold::put_on() const {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
    if (files_.is_open() && ::syscall(restrict_self, files_.get(), 0u) != 0) return false;
    if (filter_.empty()) return true;
    auto* words = const_cast<std::uint64_t*>(filter_.data()); // which the kernel only reads
    const sock_fprog program{static_cast<unsigned short>(filter_.size()), reinterpret_cast<sock_filter*>(words)};
    return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0u, &program) == 0;
}

}
