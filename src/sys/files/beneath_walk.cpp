#include "sys/files/beneath_walk.h"
#include "base/text.h"
#include <algorithm>
#include <atomic>
#include <deque>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

namespace fairlead::sys {
namespace {

constexpr int most_links = 40; // as the kernel

// What git keeps beside a work tree is no part of it: the checkout's token lies there. Some file systems know no case.
bool is_gits(std::string_view name) { return name.size() == 4 && lower(name) == ".git"; }

bool names_gits(const std::string& path) {
    const auto names = split(path, '/');
    return std::any_of(names.begin(), names.end(), is_gits);
}

// One walk, a name at a time; every folder on the way is held open, so ".." is where we came from.
class FolderWalk {
  public:
    FolderWalk(const Ground& ground, int flags, Links links) : ground_(ground), flags_(flags), links_(links) {}

    Step go(const std::string& path) {
        if (path.find('\0') != path.npos) return failed(EINVAL);
        if (path.empty()) return failed(ENOENT);
        if (!enter(path)) return leaves();
        while (!names_.empty()) {
            const std::string name = std::move(names_.front());
            names_.pop_front();
            if (name == "..") {
                if (folders_.empty() && !ground_.everything) return leaves();
                if (!folders_.empty()) folders_.pop_back(), real_.pop_back();
                continue;
            }
            if (is_gits(name) && !ground_.everything) return leaves();
            auto done = names_.empty() ? take_last(name) : take_folder(name);
            if (done) return std::move(*done);
        }
        // It ended with "..", or is the root.
        const int flags = (flags_ & ~O_NOFOLLOW) | O_CLOEXEC;
        return finish(Descriptor(::openat(here(), ".", flags)));
    }

  private:
    int here() const { return folders_.empty() ? ground_.folder : folders_.back().get(); }

    std::string real_path(const std::string& last = {}) const {
        auto names = real_;
        if (!last.empty()) names.push_back(last);
        return names.empty() ? "." : join(names, "/");
    }

    Step failed(int number) { return {Descriptor(), number, link_, real_path()}; }
    Step leaves() { return failed(EXDEV); }
    Step finish(Descriptor descriptor, const std::string& last = {}) {
        if (!descriptor.is_open()) return failed(errno);
        return {std::move(descriptor), 0, {}, real_path(last)};
    }

    // Puts the names of a path before what is left to go. False: it is absolute and not below the root.
    bool enter(std::string_view path) {
        std::vector<std::string> names;
        for (auto& name : split(path, '/'))
            if (!name.empty() && name != ".") names.push_back(std::move(name));
        // "a/" and "a/." are the folder that a leads to.
        if (names_.empty() && (path.ends_with('/') || path.ends_with("/.") || path == "."))
            flags_ = (flags_ & ~O_NOFOLLOW) | O_DIRECTORY;
        std::size_t first = 0;
        if (path.starts_with('/')) {
            std::vector<std::string> root;
            for (const auto& part : ground_.path.relative_path()) root.push_back(part.string());
            if (names.size() < root.size() || !std::equal(root.begin(), root.end(), names.begin())) return false;
            first = root.size();
            folders_.clear();
            real_.clear();
        }
        names_.insert(names_.begin(), names.begin() + static_cast<std::ptrdiff_t>(first), names.end());
        return true;
    }

    // The link's target before the rest of the way; nothing when that is gone along.
    std::optional<Step> follow(const std::string& name, std::string_view target) {
        link_ = real_path(name);
        if (links_ == Links::refused) return failed(EMLINK);
        if (++followed_ > most_links) return failed(ELOOP);
        if (target.empty()) return failed(ENOENT);
        if (!enter(target)) return leaves();
        return std::nullopt;
    }

    // Nothing when the name is none of a link.
    std::optional<std::string> target_of(const std::string& name) const {
        std::string target(PATH_MAX, '\0');
        const auto size = ::readlinkat(here(), name.c_str(), target.data(), target.size());
        if (size < 0) return std::nullopt;
        target.resize(static_cast<std::size_t>(size));
        return target;
    }

    std::optional<Step> take_folder(const std::string& name) {
        Descriptor folder(::openat(here(), name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        const int number = errno;
        if (!folder.is_open()) {
            if (const auto target = target_of(name)) return follow(name, *target);
            return failed(number);
        }
        folders_.push_back(std::move(folder));
        real_.push_back(name);
        return std::nullopt;
    }

    std::optional<Step> take_last(const std::string& name) {
        const bool itself = (flags_ & O_NOFOLLOW) != 0;
        if (const auto target = itself ? std::nullopt : target_of(name)) return follow(name, *target);
        Descriptor opened(::openat(here(), name.c_str(), flags_ | O_NOFOLLOW | O_CLOEXEC));
        struct stat info {};
        const bool is_link =
            opened.is_open() ? ::fstat(opened.get(), &info) == 0 && S_ISLNK(info.st_mode) : errno == ELOOP;
        // It became one since it was asked; the limit ends a race, too.
        if (is_link && !itself) {
            if (++followed_ > most_links) return failed(ELOOP);
            names_.push_front(name);
            return std::nullopt;
        }
        if (is_link && links_ == Links::refused && (flags_ & O_PATH) == 0) {
            link_ = real_path(name);
            return failed(EMLINK);
        }
        return finish(std::move(opened), name);
    }

    const Ground& ground_;
    int flags_;
    Links links_;
    std::deque<std::string> names_;   // still to go
    std::vector<Descriptor> folders_; // below the root, the last is where we stand
    std::vector<std::string> real_;   // their names
    std::string link_;                // followed last
    int followed_ = 0;
};

std::atomic<bool> kernel_has_none = false;

// Only ways without links: where one leads is seen by hand.
int open_by_kernel(const Ground& ground, const std::string& path, int flags) {
#ifdef SYS_openat2
    open_how how = {};
    how.flags = static_cast<unsigned>(flags | O_CLOEXEC);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS;
    return static_cast<int>(::syscall(SYS_openat2, ground.folder, path.c_str(), &how, sizeof how));
#else
    errno = ENOSYS;
    return -1;
#endif
}

// A filter of system calls that knows no openat2 answers EPERM; so may an honest file, which then is asked twice.
bool is_final(int number) {
    switch (number) {
    case ENOSYS:
    case EPERM:
    case EINVAL:
    case E2BIG:
    case EXDEV:
    case ELOOP:
    case EAGAIN: return false;
    default: return true;
    }
}

}

Step walk_by_hand(const Ground& ground, const std::string& path, int flags, Links links) {
    return FolderWalk(ground, flags, links).go(path);
}

Step open_beneath(const Ground& ground, const std::string& path, int flags, Links links) {
    if (path.find('\0') != path.npos) return {Descriptor(), EINVAL, {}};
    if (ground.everything && links == Links::within) {
        Descriptor opened(::openat(ground.folder, path.c_str(), flags | O_CLOEXEC));
        return {std::move(opened), errno, {}};
    }
    const bool by_hand = ground.way == Root::Way::by_hand || kernel_has_none || names_gits(path);
    if (by_hand) return walk_by_hand(ground, path, flags, links);
    Descriptor opened(open_by_kernel(ground, path, flags));
    if (opened.is_open()) return {std::move(opened), 0, {}};
    const int number = errno;
    if (is_final(number)) return {Descriptor(), number, {}};
    if (number == ENOSYS) kernel_has_none = true;
    return walk_by_hand(ground, path, flags, links);
}

}
