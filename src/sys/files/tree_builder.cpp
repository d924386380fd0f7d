#include "sys/files/tree_builder.h"
#include "base/text.h"
#include "sys/account.h"
#include "sys/files/file_parts.h"
#include <fcntl.h>
#include <sys/stat.h>

namespace fairlead::sys {
namespace {

constexpr int open_folder = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

// A path of plain names: no root, no "..".
bool is_plain(const std::string& path) {
    for (const auto& name : split(path, '/'))
        if (name.empty() || name == "." || name == ".." || name.find('\0') != name.npos) return false;
    return true;
}

struct SplitName {
    std::string folder, name;
};
SplitName split_last(const std::string& path) {
    const auto slash = path.rfind('/');
    return {slash == path.npos ? "" : path.substr(0, slash), path.substr(slash + 1)}; // npos + 1 is 0
}

// Made and opened; one that is there is only opened.
Result<Descriptor> folder_at(int parent, const std::string& name, const std::string& shown) {
    const bool made = ::mkdirat(parent, name.c_str(), 0700) == 0;
    if (!made && errno != EEXIST) return path_error(shown, "created");
    Descriptor folder(::openat(parent, name.c_str(), open_folder));
    if (!folder.is_open()) return path_error(shown, "entered");
    if (made && ::fchmod(folder.get(), 0755) != 0) return path_error(shown, "given its mode");
    return folder;
}

}

Result<TreeBuilder> TreeBuilder::create(const Path& folder, unsigned modes) {
    if (::mkdir(folder.c_str(), 0700) != 0) return path_error(folder.string(), "created");
    Descriptor root(::open(folder.c_str(), open_folder));
    // Whatever the umask took away.
    if (!root.is_open() || ::fchmod(root.get(), 0700) != 0) return path_error(folder.string(), "given its mode");
    return TreeBuilder(std::move(root), folder, modes);
}

Result<int> TreeBuilder::enter(const std::string& folder) {
    if (folder.empty()) return root_.get();
    if (last_.is_open() && folder == last_folder_) return last_.get();
    if (!is_plain(folder)) return could_not("'" + shown(folder) + "' is not a path below its folder");
    Descriptor here;
    std::string way;
    for (const auto& name : split(folder, '/')) {
        way += (way.empty() ? "" : "/") + name;
        here = TRY(folder_at(here.is_open() ? here.get() : root_.get(), name, shown(way)));
    }
    last_ = std::move(here);
    last_folder_ = folder;
    return last_.get();
}

Result<void> TreeBuilder::folder(const std::string& path) {
    TRY_VOID(enter(path));
    return {};
}

Result<void> TreeBuilder::close_folder(const std::string& path, unsigned group) {
    const int folder = TRY(enter(path));
    if (::fchown(folder, static_cast<uid_t>(-1), group) != 0) return path_error(shown(path), "given its group");
    if (::fchmod(folder, 0750) != 0) return path_error(shown(path), "given its mode");
    return {};
}

Result<void> TreeBuilder::hard_link(const std::string& from, const std::string& path) {
    if (!is_plain(path) || !is_plain(from)) return could_not("'" + shown(path) + "' is not a path below its folder");
    const auto source = split_last(from), target = split_last(path);
    const int there = TRY(enter(source.folder));
    const Descriptor held(::fcntl(there, F_DUPFD_CLOEXEC, 3));
    const int parent = TRY(enter(target.folder));
    if (!held.is_open() || ::linkat(held.get(), source.name.c_str(), parent, target.name.c_str(), 0) != 0)
        return path_error(shown(path), "linked");
    return {};
}

Result<void> TreeBuilder::link(const std::string& path, const std::string& target) {
    if (!is_plain(path)) return could_not("'" + shown(path) + "' is not a path below its folder");
    const auto [folder, name] = split_last(path);
    const int parent = TRY(enter(folder));
    if (::symlinkat(target.c_str(), parent, name.c_str()) != 0) return path_error(shown(path), "linked");
    return {};
}

Result<TreeBuilder::File> TreeBuilder::file(const std::string& path) {
    if (!is_plain(path)) return could_not("'" + shown(path) + "' is not a path below its folder");
    const auto [folder, name] = split_last(path);
    const int parent = TRY(enter(folder));
    Descriptor made(::openat(parent, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!made.is_open()) return path_error(shown(path), "created");
    return File(std::move(made), shown(path), modes_);
}

Result<void> TreeBuilder::File::write(std::string_view bytes) {
    digest_.add(bytes);
    return write_all(file_.get(), bytes, name_);
}

Result<std::string> TreeBuilder::File::finish(const Finish& finish) {
    if (finish.group && ::fchown(file_.get(), static_cast<uid_t>(-1), *finish.group) != 0)
        return path_error(name_, "given its group");
    if (::fchmod(file_.get(), finish.mode & modes_) != 0) return path_error(name_, "given its mode");
    if (finish.modified_ns != 0) {
        const timespec time{finish.modified_ns / 1'000'000'000, finish.modified_ns % 1'000'000'000};
        const timespec both[] = {time, time};
        if (::futimens(file_.get(), both) != 0) return path_error(name_, "given its time");
    }
    file_.reset();
    return digest_.finish();
}

Result<void> read_pieces(const OpenFile& file, const std::string& name,
                         const std::function<Result<void>(std::string_view)>& take) {
    std::string block(std::size_t{64} << 10, '\0');
    while (true) {
        const ssize_t count = ::read(file.descriptor.get(), block.data(), block.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return path_error(name, "read");
        if (count == 0) return {};
        TRY_VOID(take(std::string_view(block).substr(0, static_cast<std::size_t>(count))));
    }
}

Result<void> give_tree(const Path& folder, const User& user) {
    std::error_code error;
    std::filesystem::recursive_directory_iterator entry(folder, error);
    for (; !error && entry != std::filesystem::recursive_directory_iterator(); entry.increment(error))
        if (::lchown(entry->path().c_str(), user.uid, user.gid) != 0)
            return path_error(entry->path().string(), "given its owner");
    if (error) return path_error(folder.string(), "walked through", error.value());
    const Descriptor top(::open(folder.c_str(), open_folder));
    constexpr mode_t group_works_here = 01770; // nobody takes away another's files
    if (!top.is_open() || ::fchown(top.get(), static_cast<uid_t>(-1), user.gid) != 0 ||
        ::fchmod(top.get(), group_works_here) != 0)
        return path_error(folder.string(), "given its group");
    return {};
}

Result<void> make_open_folders(const Path& path) {
    std::error_code ignored;
    Path there = path;
    while (there.has_relative_path() && !std::filesystem::exists(there, ignored)) there = there.parent_path();
    return make_folders_of(there.empty() ? Path(".") : there, path.lexically_relative(there).string(), nullptr);
}

Result<void> make_folders_of(const Path& base, const std::string& path, const User* owner) {
    Descriptor here(::open(base.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!here.is_open()) return path_error(base.string(), "entered");
    Path shown = base;
    bool behind_link = false;
    for (const auto& part : Path(path).lexically_normal()) {
        if (part.empty() || part == ".") continue;
        shown /= part;
        const bool made = !behind_link && ::mkdirat(here.get(), part.c_str(), 0700) == 0;
        if (!made && !behind_link && errno != EEXIST) return path_error(shown.string(), "created");
        Descriptor next(::openat(here.get(), part.c_str(), open_folder));
        // A link to another disk, say, is followed, but nothing is made behind one.
        behind_link = behind_link || (!next.is_open() && !made);
        if (behind_link && !next.is_open())
            next = Descriptor(::openat(here.get(), part.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!next.is_open()) return path_error(shown.string(), "entered");
        if (made && owner && ::fchown(next.get(), owner->uid, owner->gid) != 0)
            return path_error(shown.string(), "given its owner");
        if (made && ::fchmod(next.get(), 0755) != 0) return path_error(shown.string(), "given its mode");
        here = std::move(next);
    }
    return {};
}

Result<void> open_to_all(const Path& folder) {
    const Descriptor held(::open(folder.c_str(), open_folder));
    if (!held.is_open() || ::fchmod(held.get(), 0755) != 0) return path_error(folder.string(), "given its mode");
    if (::fsync(held.get()) != 0 && errno != EINVAL) return path_error(folder.string(), "synced");
    return {};
}

}
