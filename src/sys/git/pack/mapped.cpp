#include "sys/git/pack/mapped.h"
#include "sys/descriptor.h"
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>

namespace fairlead::sys {

Result<Mapped> Mapped::open(const std::string& path, Read read) {
    Mapped mapped;
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0 && errno == ENOENT) return mapped;
    struct stat info {};
    if (file.get() < 0 || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
        const int reason = file.get() < 0 ? errno : EINVAL;
        return could_not(fmt::format("{} can't be read: {}", path, std::strerror(reason)));
    }
    mapped.size_ = static_cast<std::size_t>(info.st_size);
    if (mapped.size_ == 0) return mapped;
    const int ahead = read == Read::at_once ? MAP_POPULATE : 0;
    void* const data = ::mmap(nullptr, mapped.size_, PROT_READ, MAP_PRIVATE | ahead, file.get(), 0);
    if (data == MAP_FAILED) return could_not(fmt::format("{} can't be mapped: {}", path, std::strerror(errno)));
    mapped.data_ = data;
    return mapped;
}

Mapped::~Mapped() {
    if (data_) ::munmap(data_, size_);
}

void Mapped::let_go() const {
    if (data_) ::madvise(data_, size_, MADV_DONTNEED);
}

}
