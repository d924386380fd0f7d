#include "sys/http/sockets.h"
#include "sys/descriptor.h"
#include "sys/files/files.h"
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

namespace fairlead::sys {
namespace {

// The next word of a line; columns are separated by blanks.
std::string_view next_word(std::string_view& line) {
    const auto start = line.find_first_not_of(' ');
    if (start == std::string_view::npos) return line = {};
    line.remove_prefix(start);
    const auto word = line.substr(0, line.find(' '));
    line.remove_prefix(word.size());
    return word;
}

std::string net_table(int process, std::string_view name) {
    return process > 0 ? fmt::format("/proc/{}/net/{}", process, name) : fmt::format("/proc/self/net/{}", name);
}

}

SocketUse count_sockets(std::string_view list, std::string_view path) {
    constexpr int columns_before_state = 5; // Num RefCount Protocol Flags Type St Inode Path
    SocketUse use;
    while (!list.empty()) {
        std::string_view line = list.substr(0, list.find('\n'));
        list.remove_prefix(std::min(list.size(), line.size() + 1));
        std::string_view flags;
        for (int column = 0; column < columns_before_state; ++column) {
            const auto word = next_word(line);
            if (column == 3) flags = word;
        }
        const auto state = next_word(line);
        next_word(line); // inode
        if (line.empty() || line.substr(1) != path) continue;
        constexpr std::string_view accepts = "00010000"; // __SO_ACCEPTCON
        if (flags == accepts)
            ++use.listeners;
        else if (state == "02" || state == "03")
            ++use.connections;
    }
    return use;
}

Result<SocketUse> socket_use(const std::string& path, int process) {
    const auto table = TRY(read_file(net_table(process, "unix")));
    return count_sockets(table, path);
}

Result<Descriptor> hold_socket(const std::string& path) {
    const Path whole(path);
    const auto above = whole.has_parent_path() ? whole.parent_path() : Path(".");
    const Descriptor folder(::open(above.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    Descriptor found(
        folder.is_open() ? ::openat(folder.get(), whole.filename().c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC) : -1);
    struct stat around {
    }, info{};
    if (!found.is_open() && errno == ENOENT) return found;
    if (!found.is_open() || ::fstat(folder.get(), &around) != 0 || ::fstat(found.get(), &info) != 0)
        return path_error(path, "opened");
    if (S_ISLNK(info.st_mode))
        return no(
            fmt::format("'{}' is a link, which is never followed; let the application bind its socket there", path));
    if (!S_ISSOCK(info.st_mode)) return no(fmt::format("'{}' is not a socket", path));
    // What a hostile application has linked here from elsewhere is not its own.
    const bool anothers = around.st_uid != ::geteuid() && around.st_uid != 0;
    if (anothers && info.st_uid != around.st_uid)
        return no(fmt::format("'{}' is a socket of user {}, in a folder of user {}", path, info.st_uid, around.st_uid));
    return found;
}

std::string path_of(const Descriptor& held) { return fmt::format("/proc/self/fd/{}", held.get()); }

bool open_socket(const std::string& path) {
    struct stat info {
    }, folder{};
    const auto held = hold_socket(path);
    if (!held.ok() || !held->is_open() || ::fstat(held->get(), &info) != 0) return false;
    if (::stat(Path(path).parent_path().c_str(), &folder) != 0) return false;
    const bool closed = (folder.st_mode & S_ISGID) != 0 && (folder.st_mode & S_IXOTH) == 0;
    const auto itself = path_of(held.value());
    const bool of_group =
        closed && (info.st_gid == folder.st_gid || ::chown(itself.c_str(), static_cast<uid_t>(-1), folder.st_gid) == 0);
    return ::chmod(itself.c_str(), of_group ? 0660 : 0666) == 0; // a closed folder keeps the others out as well
}

Result<bool> make_socket_folder(const std::string& path, const SocketFolder& wanted) {
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return path_error(path, "created");
    const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder.is_open()) return path_error(path, "opened");
    const auto owner = wanted.owner ? static_cast<uid_t>(*wanted.owner) : ::geteuid();
    bool closed = wanted.group.has_value();
    if (closed && ::fchown(folder.get(), owner, static_cast<gid_t>(*wanted.group)) != 0) closed = false;
    if (!closed && wanted.owner && ::fchown(folder.get(), owner, static_cast<gid_t>(-1)) != 0)
        return path_error(path, "given to its user");
    const mode_t mode = closed ? S_ISGID | 0750 | (wanted.passed_through ? S_IXOTH : 0) : 0755;
    if (::fchmod(folder.get(), mode) != 0) return path_error(path, "given its mode");
    return closed;
}

}
