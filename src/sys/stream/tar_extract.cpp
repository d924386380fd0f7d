#include "base/text.h"
#include "sys/descriptor.h"
#include "sys/process/process.h"
#include "sys/signals.h"
#include "sys/stream/tar_header.h"
#include "sys/stream/tar_rights.h"
#include <array>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace fairlead::sys {
namespace {

using TarKind = TarEntry::Kind;

constexpr unsigned set_ids = 06000; // set-user-id, set-group-id

std::array<timespec, 2> times_of(const TarEntry& entry) {
    const timespec modified{entry.modified_s, static_cast<long>(entry.modified_ns)};
    return {modified, modified};
}

// Every name is opened from the folder that it stands in, and no link on the way is followed: whatever the archive
// made before leads nowhere.
class Extractor {
  public:
    Extractor(Source& from, const std::string& name, const Path& folder, const TarReading& how)
        : reader_(from, name), name_(name), path_(folder.string()), how_(how), is_root_(is_root()),
          piece_(stream_piece, '\0') {}

    Result<TarNotes> run() {
        root_ = Descriptor(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!root_.is_open()) return path_error(path_, "entered");
        for (;;) {
            if (stop_requested()) return could_not(fmt::format("interrupted while '{}' was unpacked", name_));
            auto entry = TRY(reader_.next());
            if (!entry) break;
            ++notes_.entries;
            TRY_VOID(make(*entry));
        }
        for (auto at = folders_.rbegin(); at != folders_.rend(); ++at) TRY_VOID(finish_folder(at->second));
        if (::syncfs(root_.get()) != 0) return path_error(path_, "synced");
        return std::move(notes_);
    }

  private:
    std::string shown(const std::string& path) const { return path_ + "/" + to_valid_utf8(path); }

    Result<void> make(TarEntry& entry) {
        if (entry.path == ".") {
            if (entry.kind != TarKind::folder)
                return no(fmt::format("'{}' is damaged: its folder is not a folder", name_));
            folders_[""] = std::move(entry);
            return {};
        }
        const auto slash = entry.path.rfind('/');
        const std::string above = slash == entry.path.npos ? "" : entry.path.substr(0, slash);
        const std::string last = entry.path.substr(slash == entry.path.npos ? 0 : slash + 1);
        const int in = TRY(enter(above));
        if (entry.kind == TarKind::folder) return folder(in, last, entry);
        if (::unlinkat(in, last.c_str(), 0) != 0 && errno != ENOENT) return path_error(shown(entry.path), "replaced");
        switch (entry.kind) {
        case TarKind::file: return file(in, last, entry);
        case TarKind::link: return link(in, last, entry);
        case TarKind::hard_link: return hard_link(last, above, entry);
        default: return special(in, last, entry);
        }
    }

    // The folder of that path, made where it is missing; open until the next call.
    Result<int> enter(const std::string& folder) {
        if (folder.empty()) return root_.get();
        if (entered_.is_open() && entered_path_ == folder) return entered_.get();
        Descriptor at;
        for (const auto& part : split(folder, '/')) {
            const int in = at.is_open() ? at.get() : root_.get();
            if (::mkdirat(in, part.c_str(), 0700) != 0 && errno != EEXIST) return path_error(shown(folder), "made");
            Descriptor next(::openat(in, part.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
            if (!next.is_open()) return path_error(shown(folder), "entered");
            at = std::move(next);
        }
        entered_ = std::move(at);
        entered_path_ = folder;
        return entered_.get();
    }

    Result<void> folder(int in, const std::string& name, TarEntry& entry) {
        struct stat info {};
        if (::mkdirat(in, name.c_str(), 0700) != 0) {
            const int why = errno;
            if (why != EEXIST || ::fstatat(in, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(info.st_mode))
                return path_error(shown(entry.path), "made", why);
        }
        const std::string path = entry.path;
        folders_[path] = std::move(entry); // its mode may shut us out, and what comes into it changes its time
        return {};
    }

    Result<void> finish_folder(const TarEntry& entry) {
        const bool top = entry.path == ".";
        const auto slash = entry.path.rfind('/');
        const std::string above = top || slash == entry.path.npos ? "" : entry.path.substr(0, slash);
        const int in = TRY(enter(above));
        const std::string last = top ? "." : entry.path.substr(slash == entry.path.npos ? 0 : slash + 1);
        const Descriptor opened(::openat(in, last.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!opened.is_open()) return path_error(shown(entry.path), "entered");
        return dress(opened.get(), entry);
    }

    // Owner before mode, since a new owner takes the bits of set-user-id away, and attributes between them:
    // capabilities go with the old owner, and a mode may forbid us to set any; the time last.
    Result<void> dress(int file, const TarEntry& entry) {
        auto rights = rights_of(entry, how_, is_root_);
        const bool owned = !rights.owner || ::fchown(file, rights.owner->uid, rights.owner->gid) == 0;
        bool left_out = !owned;
        for (const auto& name : rights.attributes) {
            const auto& value = entry.attributes.at(name);
            left_out = ::fsetxattr(file, name.c_str(), value.data(), value.size(), 0) != 0 || left_out;
        }
        if (::fchmod(file, owned ? rights.mode : rights.mode & ~set_ids) != 0)
            return path_error(shown(entry.path), "given its mode");
        if (::futimens(file, times_of(entry).data()) != 0) return path_error(shown(entry.path), "given its time");
        if (left_out) notes_.left_out.push_back(entry.path);
        notes_.dropped.add(entry.path, std::move(rights.dropped));
        return {};
    }

    Result<void> file(int in, const std::string& name, const TarEntry& entry) {
        const Descriptor made(::openat(in, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
        if (!made.is_open()) return path_error(shown(entry.path), "made");
        const auto whole = std::vector<TarEntry::Piece>{{0, entry.size}};
        for (const auto& piece : entry.data ? *entry.data : whole) TRY_VOID(fill(made.get(), entry.path, piece));
        if (entry.data && ::ftruncate(made.get(), static_cast<off_t>(entry.size)) != 0)
            return path_error(shown(entry.path), "written");
        return dress(made.get(), entry);
    }

    Result<void> fill(int file, const std::string& path, TarEntry::Piece piece) {
        while (piece.size > 0) {
            const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size, piece_.size()));
            const std::size_t size = TRY(reader_.read(std::span(piece_).first(room)));
            for (std::size_t done = 0; done < size;) {
                const ssize_t count = ::pwrite(file, piece_.data() + done, size - done, static_cast<off_t>(piece.at));
                if (count < 0 && errno == EINTR) continue;
                if (count <= 0) return path_error(shown(path), "written");
                done += static_cast<std::size_t>(count);
                piece.at += static_cast<std::uint64_t>(count);
            }
            piece.size -= size;
            notes_.bytes += size;
        }
        return {};
    }

    Result<void> link(int in, const std::string& name, const TarEntry& entry) {
        if (leads_out(entry)) {
            if (how_.leading_out == TarReading::LeadingOut::refused)
                return no(fmt::format("'{}': the link '{}' leads out of its folder", name_, to_valid_utf8(entry.path)));
            notes_.leading_out.push_back(entry.path);
        }
        if (::symlinkat(entry.target.c_str(), in, name.c_str()) != 0) return path_error(shown(entry.path), "made");
        return dress_name(in, name, entry, rights_of(entry, how_, is_root_));
    }

    // Of what can't be opened without a follower or a driver.
    Result<void> dress_name(int in, const std::string& name, const TarEntry& entry, TarRights rights) {
        if (rights.owner &&
            ::fchownat(in, name.c_str(), rights.owner->uid, rights.owner->gid, AT_SYMLINK_NOFOLLOW) != 0)
            notes_.left_out.push_back(entry.path);
        if (entry.kind != TarKind::link && ::fchmodat(in, name.c_str(), rights.mode & ~set_ids, 0) != 0)
            return path_error(shown(entry.path), "given its mode");
        if (::utimensat(in, name.c_str(), times_of(entry).data(), AT_SYMLINK_NOFOLLOW) != 0)
            return path_error(shown(entry.path), "given its time");
        notes_.dropped.add(entry.path, std::move(rights.dropped));
        return {};
    }

    Result<void> hard_link(const std::string& name, const std::string& above, const TarEntry& entry) {
        const auto slash = entry.target.rfind('/');
        const std::string aside = slash == entry.target.npos ? "" : entry.target.substr(0, slash);
        const int there = TRY(enter(aside));
        const Descriptor kept(::fcntl(there, F_DUPFD_CLOEXEC, 3)); // the next one closes it
        const int in = TRY(enter(above));
        const std::string last = entry.target.substr(slash == entry.target.npos ? 0 : slash + 1);
        struct stat info {};
        if (::fstatat(kept.get(), last.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(info.st_mode))
            return no(fmt::format("'{}' is damaged: '{}' is a hard link to '{}', which is not a file in it", name_,
                                  to_valid_utf8(entry.path), to_valid_utf8(entry.target)));
        if (::linkat(kept.get(), last.c_str(), in, name.c_str(), 0) != 0) return path_error(shown(entry.path), "made");
        return {};
    }

    Result<void> special(int in, const std::string& name, const TarEntry& entry) {
        const unsigned type = entry.kind == TarKind::pipe               ? S_IFIFO
                              : entry.kind == TarKind::character_device ? S_IFCHR
                                                                        : S_IFBLK;
        auto rights = rights_of(entry, how_, is_root_);
        if (!rights.is_made) {
            notes_.dropped.add(entry.path, std::move(rights.dropped));
            return {};
        }
        const dev_t device = entry.kind == TarKind::pipe ? 0 : makedev(entry.major, entry.minor);
        if (::mknodat(in, name.c_str(), type | 0600u, device) == 0)
            return dress_name(in, name, entry, std::move(rights));
        if (errno != EPERM) return path_error(shown(entry.path), "made");
        notes_.left_out.push_back(entry.path); // a device, and we aren't root
        return {};
    }

    TarReader reader_;
    const std::string name_, path_;
    const TarReading how_;
    const bool is_root_;
    std::string piece_;
    Descriptor root_, entered_;
    std::string entered_path_;
    std::map<std::string, TarEntry> folders_; // by path: what is inside comes after what it is in
    TarNotes notes_;
};

}

std::optional<TarReading::Standing> standing_at(const Path& path) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0 || !(S_ISDIR(info.st_mode) || S_ISREG(info.st_mode))) return std::nullopt;
    return TarReading::Standing{info.st_uid, info.st_gid, info.st_mode & 07777u};
}

Result<TarNotes> extract_tar(Source& from, const std::string& name, const Path& folder, const TarReading& how) {
    return Extractor(from, name, folder, how).run();
}

}
