#include "sys/data/tar_fields.h"
#include "sys/descriptor.h"
#include "sys/signals.h"
#include "sys/stream/tar_header.h"
#include <algorithm>
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace fairlead::sys {
namespace {

using TarKind = TarEntry::Kind;

bool same(const struct stat& one, const struct stat& other) {
    return one.st_size == other.st_size && one.st_mtim.tv_sec == other.st_mtim.tv_sec &&
           one.st_mtim.tv_nsec == other.st_mtim.tv_nsec && one.st_ctim.tv_sec == other.st_ctim.tv_sec &&
           one.st_ctim.tv_nsec == other.st_ctim.tv_nsec;
}

std::string below(const std::string& folder, const std::string& name) {
    return folder == "." ? name : folder + "/" + name;
}

bool is_wanted(std::string_view attribute) {
    return attribute.starts_with("user.") || attribute.starts_with("system.posix_acl_") ||
           attribute == "security.capability";
}

// An extended attribute's names and values come by the same two questions: how much, and then what.
template <typename Ask>
std::optional<std::string> told(Ask ask) {
    for (int attempt = 0; attempt < 5; ++attempt) { // it may grow in between
        const ssize_t size = ask(nullptr, 0);
        if (size < 0) return std::nullopt;
        std::string text(static_cast<std::size_t>(size), '\0');
        const ssize_t count = ask(text.data(), text.size());
        if (count < 0 && errno == ERANGE) continue;
        if (count < 0) return std::nullopt;
        text.resize(static_cast<std::size_t>(count));
        return text;
    }
    return std::nullopt;
}

std::map<std::string, std::string> attributes_of(int file) {
    std::map<std::string, std::string> attributes;
    const auto names = told([&](char* to, std::size_t room) { return ::flistxattr(file, to, room); });
    for (std::size_t at = 0; names && at < names->size();) {
        const std::string name = names->c_str() + at;
        at += name.size() + 1;
        if (!is_wanted(name)) continue;
        auto value = told([&](char* to, std::size_t room) { return ::fgetxattr(file, name.c_str(), to, room); });
        if (value) attributes[name] = std::move(*value);
    }
    return attributes;
}

// Where there is something in a file; nothing: everywhere, or nobody knows.
std::optional<std::vector<TarEntry::Piece>> pieces_of(int file, const struct stat& info) {
    if (info.st_blocks * 512 >= info.st_size) return std::nullopt;
    std::vector<TarEntry::Piece> pieces;
    off_t at = 0;
    while (at < info.st_size) {
        const off_t begin = ::lseek(file, at, SEEK_DATA);
        if (begin < 0 && errno == ENXIO) break; // a hole up to the end
        if (begin < 0 || pieces.size() >= most_pieces) return std::nullopt;
        if (begin >= info.st_size) break;
        const off_t end = std::min(::lseek(file, begin, SEEK_HOLE), info.st_size);
        if (end <= begin) return std::nullopt;
        pieces.push_back({static_cast<std::uint64_t>(begin), static_cast<std::uint64_t>(end - begin)});
        at = end;
    }
    return pieces;
}

class Writer {
  public:
    Writer(const Path& root, const TarWriting& how, Sink& into)
        : root_(root.string()), how_(how), into_(into), piece_(stream_piece, '\0') {}

    Result<TarNotes> run() {
        struct stat info {};
        const Descriptor top(::open(root_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
        if (!top.is_open() || ::fstat(top.get(), &info) != 0) return path_error(root_, "read");
        if (S_ISDIR(info.st_mode)) {
            TRY_VOID(folder(top.get(), ".", info));
        } else if (S_ISREG(info.st_mode)) {
            const Path path(root_);
            const Path above = path.has_parent_path() ? path.parent_path() : Path(".");
            const Descriptor around(::open(above.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
            TRY_VOID(member(around.get(), path.filename().string(), path.filename().string()));
            if (notes_.entries == 0) return could_not(fmt::format("'{}' can't be read: it is a link", root_));
        } else {
            return could_not(fmt::format("'{}' is not a folder or a file", root_));
        }
        TRY_VOID(into_.write(std::string(2 * tar_block_size, '\0')));
        return std::move(notes_);
    }

  private:
    std::string shown(const std::string& path) const { return path == "." ? root_ : root_ + "/" + path; }

    Result<void> put(const TarEntry& entry) {
        ++notes_.entries;
        return into_.write(tar_header(entry));
    }

    static TarEntry entry_of(TarKind kind, const std::string& path, const struct stat& info) {
        TarEntry entry;
        entry.kind = kind;
        entry.path = path;
        entry.mode = info.st_mode & 07777u;
        entry.uid = info.st_uid;
        entry.gid = info.st_gid;
        entry.modified_s = info.st_mtim.tv_sec;
        entry.modified_ns = static_cast<unsigned>(info.st_mtim.tv_nsec);
        return entry;
    }

    Result<void> folder(int opened, const std::string& path, const struct stat& info) {
        auto entry = entry_of(TarKind::folder, path, info);
        if (how_.attributes) entry.attributes = attributes_of(opened);
        TRY_VOID(put(entry));
        const auto names = TRY(names_in(opened, path));
        for (const auto& name : names) {
            if (stop_requested()) return could_not(fmt::format("interrupted while '{}' was read", root_));
            const auto inner = below(path, name);
            if (how_.excluded && how_.excluded(inner)) continue;
            TRY_VOID(member(opened, name, inner));
        }
        return {};
    }

    Result<std::vector<std::string>> names_in(int opened, const std::string& path) const {
        const int own = ::fcntl(opened, F_DUPFD_CLOEXEC, 3);
        const std::unique_ptr<DIR, int (*)(DIR*)> list(own < 0 ? nullptr : ::fdopendir(own), ::closedir);
        if (!list) return path_error(shown(path), "listed");
        std::vector<std::string> names;
        errno = 0;
        while (const dirent* entry = ::readdir(list.get())) {
            const std::string_view name = entry->d_name;
            if (name != "." && name != "..") names.emplace_back(name);
            errno = 0;
        }
        if (errno != 0) return path_error(shown(path), "listed");
        std::sort(names.begin(), names.end());
        return names;
    }

    Result<void> member(int in, const std::string& name, const std::string& path) {
        struct stat info {};
        if (::fstatat(in, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return gone_or_error(path);
        if (S_ISDIR(info.st_mode) || S_ISREG(info.st_mode)) return opened(in, name, path);
        if (S_ISLNK(info.st_mode)) return link(in, name, entry_of(TarKind::link, path, info));
        if (S_ISSOCK(info.st_mode)) {
            notes_.left_out.push_back(path); // it is its server's, which makes it anew
            return {};
        }
        auto entry = entry_of(S_ISFIFO(info.st_mode)  ? TarKind::pipe
                              : S_ISCHR(info.st_mode) ? TarKind::character_device
                                                      : TarKind::block_device,
                              path, info);
        if (!S_ISFIFO(info.st_mode)) {
            entry.major = major(info.st_rdev);
            entry.minor = minor(info.st_rdev);
        }
        return put(entry);
    }

    Result<void> gone_or_error(const std::string& path) {
        if (errno != ENOENT) return path_error(shown(path), "read");
        notes_.vanished.push_back(path);
        return {};
    }

    Result<void> link(int in, const std::string& name, TarEntry entry) {
        std::string target(1u << 16, '\0');
        const ssize_t size = ::readlinkat(in, name.c_str(), target.data(), target.size());
        if (size < 0) return gone_or_error(entry.path);
        entry.target = target.substr(0, static_cast<std::size_t>(size));
        if (leads_out(entry)) notes_.leading_out.push_back(entry.path);
        return put(entry);
    }

    Result<void> opened(int in, const std::string& name, const std::string& path) {
        const Descriptor file(::openat(in, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
        struct stat info {};
        if (!file.is_open() || ::fstat(file.get(), &info) != 0) return gone_or_error(path);
        if (S_ISDIR(info.st_mode)) return folder(file.get(), path, info);
        if (!S_ISREG(info.st_mode)) return could_not(fmt::format("'{}' was replaced while it was read", shown(path)));
        if (info.st_nlink > 1) {
            const auto [known, is_new] = seen_.try_emplace({info.st_dev, info.st_ino}, path);
            if (!is_new) {
                auto entry = entry_of(TarKind::hard_link, path, info);
                entry.target = known->second;
                return put(entry);
            }
        }
        const bool steady = TRY(content(file.get(), path));
        if (steady) return {};
        const bool now = TRY(content(file.get(), path));
        if (!now) notes_.changed.push_back(path);
        return {};
    }

    // False: it changed meanwhile.
    Result<bool> content(int file, const std::string& path) {
        struct stat before {
        }, after{};
        if (::fstat(file, &before) != 0) return path_error(shown(path), "read");
        auto entry = entry_of(TarKind::file, path, before);
        entry.size = static_cast<std::uint64_t>(before.st_size);
        entry.data = pieces_of(file, before);
        if (how_.attributes) entry.attributes = attributes_of(file);
        TRY_VOID(put(entry));
        const auto whole = std::vector<TarEntry::Piece>{{0, entry.size}};
        bool shrank = false;
        for (const auto& piece : entry.data ? *entry.data : whole) {
            const bool all = TRY(copy(file, path, piece));
            shrank = shrank || !all;
        }
        const auto size = stored_size(entry);
        notes_.bytes += size;
        if (const auto padding = tar_padding(size); padding > 0) TRY_VOID(into_.write(std::string(padding, '\0')));
        if (::fstat(file, &after) != 0) return path_error(shown(path), "read");
        return !shrank && same(before, after);
    }

    // False: it ended earlier, and zeros stand for what was announced.
    Result<bool> copy(int file, const std::string& path, TarEntry::Piece piece) {
        while (piece.size > 0) {
            if (stop_requested()) return could_not(fmt::format("interrupted while '{}' was read", shown(path)));
            const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size, piece_.size()));
            const ssize_t count = ::pread(file, piece_.data(), room, static_cast<off_t>(piece.at));
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return path_error(shown(path), "read");
            if (count == 0) break;
            const auto size = static_cast<std::size_t>(count);
            TRY_VOID(into_.write(std::string_view(piece_).substr(0, size)));
            piece.at += size;
            piece.size -= size;
        }
        const bool all = piece.size == 0;
        for (const std::string zeros(all ? 0 : stream_piece, '\0'); piece.size > 0;) {
            const auto size = std::min<std::uint64_t>(piece.size, zeros.size());
            TRY_VOID(into_.write(std::string_view(zeros).substr(0, static_cast<std::size_t>(size))));
            piece.size -= size;
        }
        return all;
    }

    const std::string root_;
    const TarWriting& how_;
    Sink& into_;
    std::string piece_;
    TarNotes notes_;
    std::map<std::pair<dev_t, ino_t>, std::string> seen_; // files of more than one name
};

}

Result<TarNotes> write_tar(const Path& folder, const TarWriting& how, Sink& into) {
    return Writer(folder, how, into).run();
}

}
