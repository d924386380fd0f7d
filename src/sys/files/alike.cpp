#include "sys/files/alike.h"
#include "sys/descriptor.h"
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

namespace fairlead::sys {

Result<void> look_like(const Path& path, const Path& model) {
    constexpr unsigned permissions = 07777;
    struct stat wanted {};
    if (::lstat(model.c_str(), &wanted) != 0) return path_error(model.string(), "looked at");
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    struct stat there {};
    if (file.get() < 0 || ::fstat(file.get(), &there) != 0) return path_error(path.string(), "opened");
    const bool is_same = there.st_uid == wanted.st_uid && there.st_gid == wanted.st_gid;
    if (!is_same && ::fchown(file.get(), wanted.st_uid, wanted.st_gid) != 0)
        return could_not(fmt::format("'{}' belongs to user {} and group {}, but the new file would not; run the "
                                     "command as root, or as that user",
                                     model.string(), wanted.st_uid, wanted.st_gid));
    if (::fchmod(file.get(), wanted.st_mode & permissions) != 0) return path_error(path.string(), "given its mode");
    return {};
}

}
