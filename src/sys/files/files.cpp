#include "sys/files/files.h"
#include "sys/digest.h"
#include "sys/files/file_parts.h"
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

namespace fairlead::sys {
namespace {

Path folder_of(const Path& path) {
    Path folder = path.parent_path();
    return folder.empty() ? Path(".") : folder;
}

// /dev/null, /dev/stdout (a link), a pipe: nothing that a rename may replace. /dev/shm holds files like any other.
bool is_special(const Path& path) {
    switch (inspect(path).type) {
    case FileType::absent:
    case FileType::file:
    case FileType::folder: return false;
    case FileType::link: return path.string().starts_with("/dev/") && !path.string().starts_with("/dev/shm/");
    default: return true;
    }
}

Result<void> write_in_place(const Path& path, std::string_view bytes) {
    const auto descriptor = TRY(open_to_append(path.string(), 0, 0, "opened for writing"));
    return write_all(descriptor.get(), bytes, path.string());
}

Result<void> write_new(const Path& temporary, std::string_view bytes, unsigned mode, const std::string& name,
                       Sync sync) {
    const Descriptor descriptor(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (!descriptor.is_open()) return path_error(name, "written");
    TRY_VOID(write_all(descriptor.get(), bytes, name));
    if (sync == Sync::yes && ::fsync(descriptor.get()) != 0) return path_error(name, "synced");
    return {};
}

bool is_regular(const Descriptor& descriptor) {
    struct stat info {};
    return ::fstat(descriptor.get(), &info) == 0 && S_ISREG(info.st_mode);
}

// Renames the temporary over the path, or takes it away again.
Result<void> put_in_place(const Path& temporary, const Path& path, Sync sync = Sync::yes) {
    if (::rename(temporary.c_str(), path.c_str()) != 0) {
        Error error = path_error(path.string(), "replaced");
        ::unlink(temporary.c_str());
        return error;
    }
    return sync == Sync::yes ? sync_folder(folder_of(path)) : Result<void>();
}

}

Path temporary_name(const Path& path) {
    return folder_of(path) / fmt::format(".{}.{}", path.filename().string(), random_hex(6));
}

Result<void> sync_folder(const Path& folder) {
    const Path path = folder.empty() ? Path(".") : folder; // of a bare name
    const Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // A folder that may be written but not listed can't be synced; that is no reason to fail the write.
    if (!descriptor.is_open()) return errno == EACCES ? Result<void>() : path_error(path.string(), "opened");
    // Some file systems know no fsync of a folder.
    if (::fsync(descriptor.get()) != 0 && errno != EINVAL) return path_error(path.string(), "synced");
    return {};
}

FileType file_type(mode_t mode) {
    if (S_ISREG(mode)) return FileType::file;
    if (S_ISDIR(mode)) return FileType::folder;
    if (S_ISLNK(mode)) return FileType::link;
    if (S_ISSOCK(mode)) return FileType::socket;
    return FileType::other;
}

Result<OpenFile> regular_file(Descriptor descriptor, const std::string& name) {
    struct stat info {};
    if (::fstat(descriptor.get(), &info) != 0) return path_error(name, "read");
    if (S_ISDIR(info.st_mode)) return could_not(fmt::format("'{}' is a folder; expected a file", name));
    if (!S_ISREG(info.st_mode)) return could_not(fmt::format("'{}' is not a regular file", name));
    return OpenFile{std::move(descriptor), static_cast<std::uint64_t>(info.st_size)};
}

Result<OpenFile> open_regular(const std::string& path) {
    Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!descriptor.is_open()) return path_error(path, "read");
    return regular_file(std::move(descriptor), path);
}

Result<std::string> read_all(const OpenFile& file, const std::string& name, std::uint64_t limit) {
    const auto too_large = [&] {
        return could_not(fmt::format("'{}' is larger than the {} bytes that are read here", name, limit));
    };
    if (file.size > limit) return too_large();

    std::string bytes;
    std::size_t used = 0;
    bytes.resize(static_cast<std::size_t>(file.size) + 1); // one more, to meet the end without a second round
    while (true) {
        const ssize_t count = ::read(file.descriptor.get(), bytes.data() + used, bytes.size() - used);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return path_error(name, "read");
        if (count == 0) break;
        used += static_cast<std::size_t>(count);
        if (used > limit) return too_large();
        if (used == bytes.size()) bytes.resize(used * 2 + 4096); // it grew, or /proc told no size
    }
    bytes.resize(used);
    return bytes;
}

Result<std::string> read_file(const Path& path, std::uint64_t limit) {
    const OpenFile file = TRY(open_regular(path.string()));
    return read_all(file, path.string(), limit);
}

Result<void> write_file(const Path& path, std::string_view bytes, unsigned mode, Sync sync) {
    if (is_special(path)) return write_in_place(path, bytes);
    const Path temporary = temporary_name(path);
    if (auto written = write_new(temporary, bytes, mode, path.string(), sync); !written) {
        ::unlink(temporary.c_str());
        return written;
    }
    return put_in_place(temporary, path, sync);
}

Result<void> append_file(const Path& path, std::string_view bytes, unsigned mode, Sync sync) {
    const bool created = ::access(path.c_str(), F_OK) != 0;
    const auto descriptor = TRY(open_to_append(path.string(), O_CREAT, mode, "opened for appending"));
    if (!is_regular(descriptor)) return write_all(descriptor.get(), bytes, path.string());
    ssize_t written = 0;
    do written = ::write(descriptor.get(), bytes.data(), bytes.size());
    while (written < 0 && errno == EINTR);
    if (written < 0) return path_error(path.string(), "appended to");
    if (static_cast<std::size_t>(written) != bytes.size()) {
        return could_not(fmt::format("only {1} of {2} bytes were written to '{0}'; check whether the disk is full",
                                     path.string(), written, bytes.size()));
    }
    if (sync == Sync::no) return {};
    if (::fdatasync(descriptor.get()) != 0 && errno != EINVAL) return path_error(path.string(), "synced");
    return created ? sync_folder(folder_of(path)) : Result<void>();
}

Result<void> replace_symlink(const Path& target, const Path& link) {
    const Path temporary = temporary_name(link);
    if (::symlink(target.c_str(), temporary.c_str()) != 0) return path_error(link.string(), "linked");
    return put_in_place(temporary, link);
}

Result<void> replace_symlinks(const Path& folder, const std::vector<Link>& links) {
    for (const auto& [name, target] : links) {
        const auto link = folder / name;
        const auto temporary = temporary_name(link);
        if (::symlink(target.c_str(), temporary.c_str()) != 0) return path_error(link.string(), "linked");
        if (::rename(temporary.c_str(), link.c_str()) == 0) continue;
        const int number = errno;
        ::unlink(temporary.c_str());
        return path_error(link.string(), "linked", number);
    }
    return sync_folder(folder);
}

Result<void> make_folders(const Path& path, unsigned mode) {
    Path folder;
    for (const Path& part : path) {
        folder /= part;
        if (::mkdir(folder.c_str(), mode) == 0) {
            TRY_VOID(sync_folder(folder_of(folder)));
            continue;
        }
        const int number = errno;
        struct stat info {};
        if (::stat(folder.c_str(), &info) == 0) {
            if (S_ISDIR(info.st_mode)) continue;
            return could_not(fmt::format("'{}' is in the way: it is not a folder", folder.string()));
        }
        return path_error(folder.string(), "created", number);
    }
    return {};
}

Result<void> rename_path(const Path& from, const Path& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) {
        return could_not(fmt::format("'{}' can't be renamed to '{}': {}", from.string(), to.string(), reason()));
    }
    TRY_VOID(sync_folder(folder_of(to)));
    if (folder_of(from) != folder_of(to)) TRY_VOID(sync_folder(folder_of(from)));
    return {};
}

bool is_mount_point(const Path& path) {
    struct ::statx known {};
    return ::statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, STATX_TYPE, &known) == 0 &&
           (known.stx_attributes & known.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0;
}

FileInfo inspect(const Path& path) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0) return {};
    return {file_type(info.st_mode), static_cast<std::uint64_t>(info.st_size), info.st_mode & 07777u,
            info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec};
}

Result<std::string> read_link(const Path& path) {
    std::error_code error;
    const Path target = std::filesystem::read_symlink(path, error);
    if (error) return path_error(path.string(), "read as a link", error.value());
    return target.string();
}

Result<std::uint64_t> free_bytes(const Path& path) {
    struct statvfs info {};
    if (::statvfs(path.c_str(), &info) != 0) return path_error(path.string(), "asked for its free space");
    return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
}

void hold_standard_streams() {
    for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(number, F_GETFD) >= 0) continue;
        // The lowest free number is this one.
        [[maybe_unused]] const int taken = ::open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
}

}
