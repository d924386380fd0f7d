#include "sys/files/owned/owned.h"
#include "sys/descriptor.h"
#include "sys/files/file_parts.h"
#include "sys/files/mounted.h"
#include <algorithm>
#include <deque>
#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>

namespace fairlead::sys {
namespace {

std::string known_name(uid_t uid) {
    std::string buffer(std::size_t{16} << 10, '\0');
    passwd entry{};
    passwd* found = nullptr;
    ::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found);
    return found ? found->pw_name : std::string();
}

std::string name_of_user(uid_t uid) {
    auto name = known_name(uid);
    return name.empty() ? std::to_string(uid) : name;
}

// Whether nobody but the owner is in that group: the one that useradd makes for each user, or root's.
bool is_private(gid_t gid, uid_t owner) {
    if (gid == 0) return true;
    std::string buffer(std::size_t{64} << 10, '\0');
    group entry{};
    group* found = nullptr;
    ::getgrgid_r(gid, &entry, buffer.data(), buffer.size(), &found);
    const auto name = name_of_user(owner);
    if (!found || found->gr_name != name) return false;
    for (char** member = found->gr_mem; *member; ++member)
        if (*member != name) return false;
    return true;
}

bool is_trusted(uid_t owner) { return owner == 0 || owner == ::geteuid(); }

std::string way_out(uid_t owner) {
    const auto name = name_of_user(owner);
    if (::geteuid() == 0) return fmt::format("chown it to root, or run this as '{}'", name);
    return fmt::format("it must belong to you ('{}') or to root; name another folder, or run this as '{}'",
                       name_of_user(::geteuid()), name);
}

enum class SharedFolder { refused, sticky };
enum class Folders { trusted, anybodys };

Result<void> check_folder(const struct stat& info, const std::string& name, SharedFolder shared) {
    if (!is_trusted(info.st_uid))
        return usage(fmt::format("'{}' belongs to '{}', who could replace anything below it; {}", name,
                                 name_of_user(info.st_uid), way_out(info.st_uid)));
    const bool sticky = (info.st_mode & S_ISVTX) != 0;
    if (sticky && shared == SharedFolder::sticky) return {}; // what is in it stays its owner's, who is asked next
    if ((info.st_mode & S_IWOTH) != 0)
        return usage(fmt::format("'{}' can be written by everybody, who could replace anything below it; run chmod o-w "
                                 "on it, or name another folder",
                                 name));
    if ((info.st_mode & S_IWGRP) == 0 || is_private(info.st_gid, info.st_uid)) return {};
    return usage(fmt::format("'{}' can be written by its group, which could replace anything below it; run chmod g-w "
                             "on it, or name another folder",
                             name));
}

class Way {
  public:
    // A '/' at the end of a path is no part of it.
    Way(const Path& path, const Path& base, Folders folders = Folders::trusted)
        : folders_(folders), base_(static_cast<std::size_t>(std::count_if(
                                 base.begin(), base.end(), [](const Path& part) { return !part.empty(); }))) {
        for (const auto& part : path.relative_path()) parts_.push_back(part.string());
        own_ = parts_.size();
        total_ = own_ + 1; // with the root
    }

    Result<void> go() {
        TRY_VOID(start());
        while (!parts_.empty()) {
            const auto part = std::move(parts_.front());
            parts_.pop_front();
            own_ = std::min(own_, parts_.size());
            const auto name = (Path(shown_) / part).string();
            Descriptor next(::openat(folder_.get(), part.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
            if (!next.is_open() && errno == ENOENT && folders_ == Folders::trusted) return {};
            struct stat info {};
            if (!next.is_open() || ::fstat(next.get(), &info) != 0) return path_error(name, "looked at");
            if (S_ISLNK(info.st_mode)) {
                TRY_VOID(follow(next, info, name));
                continue;
            }
            if (!S_ISDIR(info.st_mode)) return could_not(fmt::format("'{}' is in the way: it is not a folder", name));
            if (folders_ == Folders::trusted)
                TRY_VOID(check_folder(info, name, below_base() ? SharedFolder::refused : SharedFolder::sticky));
            folder_ = std::move(next);
            shown_ = name;
        }
        return {};
    }
    Descriptor take() { return std::move(folder_); }

  private:
    // Of the path's own parts, not of what links stand for, the base's last one has been taken.
    bool below_base() const { return own_ == parts_.size() && total_ - own_ >= base_; }

    Result<void> start() {
        folder_ = Descriptor(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
        struct stat info {};
        if (!folder_.is_open() || ::fstat(folder_.get(), &info) != 0) return path_error("/", "looked at");
        shown_ = "/";
        return folders_ == Folders::trusted ? check_folder(info, "/", SharedFolder::refused) : Result<void>();
    }

    Result<void> follow(const Descriptor& link, const struct stat& info, const std::string& name) {
        if (folders_ == Folders::trusted && own_ == parts_.size() && total_ - own_ > base_)
            return usage(fmt::format(
                "'{}' is a link, but its files must not be reached through a link; put a folder in its place", name));
        if (!is_trusted(info.st_uid))
            return usage(fmt::format("'{}' is a link that belongs to '{}', who could change it; {}", name,
                                     name_of_user(info.st_uid), way_out(info.st_uid)));
        constexpr int most = 40; // path_resolution(7)
        if (++links_ > most) return usage(fmt::format("'{}' leads through more than {} links", name, most));
        std::string target(4096, '\0');
        const auto size = ::readlinkat(link.get(), "", target.data(), target.size());
        if (size <= 0) return path_error(name, "read as a link");
        target.resize(static_cast<std::size_t>(size));
        const Path path(target);
        std::deque<std::string> before;
        for (const auto& part : path.relative_path()) before.push_back(part.string());
        parts_.insert(parts_.begin(), before.begin(), before.end());
        return path.is_absolute() ? start() : Result<void>();
    }

    const Folders folders_;
    const std::size_t base_;
    std::size_t own_ = 0, total_ = 0;
    std::deque<std::string> parts_; // still to go; at the end `own_` of the path itself
    Descriptor folder_;
    std::string shown_;
    int links_ = 0;
};

Result<void> check_file(const struct stat& info, const std::string& name) {
    if (!S_ISREG(info.st_mode))
        return usage(fmt::format("'{}' is {}, not a file written by Fairlead; remove it", name,
                                 S_ISLNK(info.st_mode) ? "a link" : "not a regular file"));
    if (!is_trusted(info.st_uid))
        return usage(fmt::format("'{}' belongs to '{}', so its content is not trusted; remove it, or {}", name,
                                 name_of_user(info.st_uid), way_out(info.st_uid)));
    if ((info.st_mode & S_IWOTH) != 0 || ((info.st_mode & S_IWGRP) != 0 && !is_private(info.st_gid, info.st_uid)))
        return usage(fmt::format(
            "'{}' can be written by other users, so its content is not trusted; check it, then run chmod go-w on it",
            name));
    if (info.st_nlink > 1)
        return usage(fmt::format("'{}' has a second name elsewhere, so nothing is written to it; remove it", name));
    return {};
}

}

Result<void> check_way(const Path& path, const Path& base) { return Way(path, base).go(); }

std::optional<Owner> owner_of(const Path& path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) return std::nullopt;
    return Owner{info.st_uid, info.st_gid, known_name(info.st_uid)};
}

Result<Descriptor> open_way(const Path& path) {
    Way way(path.lexically_normal(), path.lexically_normal(), Folders::anybodys);
    TRY_VOID(way.go());
    return way.take();
}

namespace {

// The first of `path`, the folders above it up to `top` and, where links lead elsewhere, of the same there, that
// `finds`.
template <typename Finds>
std::optional<Path> first_on_way(const Path& path, const Path& top, const Finds& finds) {
    const auto walk = [&](const Path& from, const Path& last) -> std::optional<Path> {
        const bool below = from.lexically_relative(last).string().rfind("..", 0) != 0;
        const Path end = below ? last : from.parent_path();
        for (Path here = from;; here = here.parent_path()) {
            struct stat info {};
            if (::lstat(here.c_str(), &info) == 0 && finds(info)) return here;
            if (here == end || here == here.parent_path()) return std::nullopt;
        }
    };
    if (auto found = walk(path.lexically_normal(), top.lexically_normal())) return found;
    std::error_code ignored;
    return walk(std::filesystem::weakly_canonical(path, ignored), std::filesystem::weakly_canonical(top, ignored));
}

}

std::optional<Stranger> find_stranger(const Path& path, const Path& top, std::optional<unsigned> also) {
    std::string user;
    const auto found = first_on_way(path, top, [&](const struct stat& info) {
        if (is_trusted(info.st_uid) || info.st_uid == also) return false;
        user = name_of_user(info.st_uid);
        return true;
    });
    return found ? std::optional(Stranger{*found, user}) : std::nullopt;
}

std::optional<Path> find_open_to_all(const Path& path, const Path& top) {
    auto found = first_on_way(path, top, [](const struct stat& info) {
        const bool sticky = S_ISDIR(info.st_mode) && (info.st_mode & S_ISVTX) != 0;
        return (info.st_mode & S_IWOTH) != 0 && (S_ISREG(info.st_mode) || S_ISDIR(info.st_mode)) && !sticky;
    });
    return found && shared_file_system(*found).empty() ? found : std::nullopt;
}

Result<void> check_own_file(const Path& path) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) == 0) return check_file(info, path.string());
    if (errno == ENOENT) return {};
    return path_error(path.string(), "looked at");
}

Result<std::string> read_own_file(const Path& path, std::uint64_t limit) {
    TRY_VOID(check_own_file(path)); // a link is called one
    Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW));
    if (!descriptor.is_open()) return path_error(path.string(), "read");
    struct stat info {};
    if (::fstat(descriptor.get(), &info) != 0) return path_error(path.string(), "read");
    TRY_VOID(check_file(info, path.string())); // of what is read, whatever stands there by now
    const auto file = TRY(regular_file(std::move(descriptor), path.string()));
    return read_all(file, path.string(), limit);
}

}
