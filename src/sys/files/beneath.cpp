#include "sys/files/beneath.h"
#include "base/text.h"
#include "sys/digest.h"
#include "sys/files/beneath_walk.h"
#include "sys/files/file_parts.h"
#include <algorithm>
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

namespace fairlead::sys {

struct Root::State {
    Descriptor folder;
    Path path;
    bool everything = false;
    Way way = Way::kernel;

    Ground ground() const { return {folder.get(), path, everything, way}; }
};

namespace {

constexpr int for_reading = O_RDONLY | O_NONBLOCK | O_NOCTTY;
constexpr int for_listing = O_RDONLY | O_DIRECTORY;

// What stands in messages: as it was asked for.
std::string shown(const Root& root, const Path& path) {
    return root.is_everything() ? (Path("/") / path).string() : path.string();
}

Error refusal(const std::string& shown, std::string_view verb, const Step& step) {
    if (step.number == EMLINK && !step.link.empty())
        return could_not(fmt::format("'{}' is a link, and links are not followed here; remove it", step.link));
    if (step.number != EXDEV) return path_error(shown, verb, step.number);
    if (step.link.empty()) return could_not(fmt::format("'{}' is outside of the tree; name a path inside it", shown));
    return could_not(
        step.link == shown
            ? fmt::format("'{}' is a link that leads out of the tree; put the file or folder itself there", shown)
            : fmt::format("'{}' leads out of the tree through the link '{}'; put the file or folder itself there",
                          shown, step.link));
}

bool is_absent(int number) { return number == ENOENT || number == ENOTDIR; }

FileInfo info_of(const struct stat& info) {
    return {file_type(info.st_mode), static_cast<std::uint64_t>(info.st_size), info.st_mode & 07777u,
            info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec};
}

Result<void> sync_open_folder(int folder, const std::string& name) {
    const Descriptor descriptor(::openat(folder, ".", for_listing | O_CLOEXEC));
    if (!descriptor.is_open()) return errno == EACCES ? Result<void>() : path_error(name, "opened");
    if (::fsync(descriptor.get()) != 0 && errno != EINVAL) return path_error(name, "synced");
    return {};
}

Result<std::vector<Root::Entry>> entries_of(Descriptor folder, const std::string& name) {
    DIR* stream = ::fdopendir(folder.get());
    if (!stream) return path_error(name, "listed");
    folder.release();
    std::vector<Root::Entry> entries;
    errno = 0;
    while (const dirent* entry = ::readdir(stream)) {
        const std::string_view inner = entry->d_name;
        if (inner != "." && inner != "..") {
            struct stat info {};
            auto type = file_type(static_cast<mode_t>(DTTOIF(entry->d_type)));
            if (entry->d_type == DT_UNKNOWN)
                type = ::fstatat(::dirfd(stream), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0
                           ? file_type(info.st_mode)
                           : FileType::absent;
            if (type != FileType::absent) entries.push_back({std::string(inner), type});
        }
        errno = 0;
    }
    const int number = errno;
    ::closedir(stream);
    if (number != 0) return path_error(name, "listed", number);
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return entries;
}

// The names below go with their folder's descriptor: one that becomes a link is removed as such.
Result<void> remove_at(int folder, const std::string& name, const std::string& shown) {
    if (::unlinkat(folder, name.c_str(), 0) == 0 || errno == ENOENT) return {};
    if (errno != EISDIR && errno != EPERM) return path_error(shown, "removed");
    const int number = errno;
    Descriptor inner(::openat(folder, name.c_str(), for_listing | O_NOFOLLOW | O_CLOEXEC));
    if (!inner.is_open()) return path_error(shown, "removed", is_absent(errno) ? number : errno);
    const Descriptor held(::openat(inner.get(), ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
    for (const auto& entry : TRY(entries_of(std::move(inner), shown)))
        TRY_VOID(remove_at(held.get(), entry.name, shown + "/" + entry.name));
    if (::unlinkat(folder, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return {};
    return path_error(shown, "removed");
}

// A path as the folder that holds it and the name in it.
struct SplitPath {
    std::string folder, name;
};
Result<SplitPath> split_last(const Path& path, const std::string& shown) {
    std::string text = path.string();
    while (text.size() > 1 && text.ends_with('/')) text.pop_back();
    const auto slash = text.rfind('/');
    SplitPath split{slash == text.npos ? "."
                    : slash == 0       ? "/"
                                       : text.substr(0, slash),
                    slash == text.npos ? text : text.substr(slash + 1)};
    if (split.name.empty() || split.name == "." || split.name == ".." || text.find('\0') != text.npos)
        return could_not(fmt::format("'{}' is not a file; name a file in it", shown));
    return split;
}

Result<void> write_new(int folder, const std::string& name, std::string_view bytes, unsigned mode, Sync sync,
                       const std::string& shown) {
    const Descriptor file(::openat(folder, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
    if (!file.is_open()) return path_error(shown, "written");
    TRY_VOID(write_all(file.get(), bytes, shown));
    if (sync == Sync::yes && ::fsync(file.get()) != 0) return path_error(shown, "synced");
    return {};
}

}

Result<Root> Root::open(const Path& folder, Way way) {
    const std::string name = folder.empty() ? "." : folder.string();
    std::error_code error;
    Path real = std::filesystem::canonical(name, error);
    Descriptor descriptor(::open(name.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (error || !descriptor.is_open()) return path_error(name, "opened", error ? error.value() : errno);
    return Root(std::make_shared<const State>(State{std::move(descriptor), std::move(real), false, way}));
}

Root Root::everything() {
    Descriptor descriptor(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    return Root(std::make_shared<const State>(State{std::move(descriptor), "/", true, Way::kernel}));
}

Result<Root> Root::below(const Path& path, Links links) const {
    auto step = open_beneath(state_->ground(), path.string(), O_PATH | O_DIRECTORY, links);
    if (!step.descriptor.is_open()) return refusal(shown(*this, path), "opened", step);
    const auto inner = TRY(real(path));
    auto whole = inner == "." ? state_->path : state_->path / inner;
    return Root(std::make_shared<const State>(State{std::move(step.descriptor), std::move(whole), false, state_->way}));
}

const Path& Root::path() const { return state_->path; }
bool Root::is_everything() const { return state_->everything; }

std::optional<std::string> Root::relative(const Path& path) const {
    std::error_code ignored;
    const Path whole = std::filesystem::absolute(path, ignored).lexically_normal();
    struct stat ours {
    }, other{};
    if (::fstat(state_->folder.get(), &ours) != 0) return std::nullopt;
    Path above = "/";
    auto part = std::next(whole.begin());
    for (;; ++part) {
        const bool same =
            ::stat(above.c_str(), &other) == 0 && other.st_dev == ours.st_dev && other.st_ino == ours.st_ino;
        if (same) break;
        if (part == whole.end()) return std::nullopt;
        above /= *part;
    }
    Path rest;
    for (; part != whole.end(); ++part) rest /= *part;
    return rest.empty() ? "." : rest.string();
}

Result<std::string> Root::real(const Path& path) const {
    std::string there = path.string(), missing;
    for (;;) {
        const auto step = walk_by_hand(state_->ground(), there, O_PATH, Links::within);
        if (step.descriptor.is_open()) {
            const auto found = step.real == "." ? missing : step.real + (missing.empty() ? "" : "/" + missing);
            return found.empty() ? "." : found;
        }
        const auto parts = split_last(there, shown(*this, path));
        if (step.number != ENOENT || !parts.ok()) return refusal(shown(*this, path), "resolved", step);
        missing = parts->name + (missing.empty() ? "" : "/" + missing);
        there = parts->folder;
    }
}

Result<OpenFile> Root::open_file(const Path& path, Links links) const {
    const auto name = shown(*this, path);
    auto step = open_beneath(state_->ground(), path.string(), for_reading, links);
    if (!step.descriptor.is_open()) return refusal(name, "read", step);
    return regular_file(std::move(step.descriptor), name);
}

Result<std::string> Root::read(const Path& path, std::uint64_t limit, Links links) const {
    const OpenFile file = TRY(open_file(path, links));
    return read_all(file, shown(*this, path), limit);
}

Result<FileInfo> Root::inspect(const Path& path, Links links) const {
    struct stat info {};
    const auto step = open_beneath(state_->ground(), path.string(), O_PATH | O_NOFOLLOW, links);
    if (step.descriptor.is_open() && ::fstat(step.descriptor.get(), &info) == 0) return info_of(info);
    if (is_absent(step.number)) return FileInfo{};
    return refusal(shown(*this, path), "looked at", step);
}

Result<FileInfo> Root::look(const Path& path) const {
    struct stat info {};
    const auto step = open_beneath(state_->ground(), path.string(), O_PATH, Links::within);
    if (step.descriptor.is_open() && ::fstat(step.descriptor.get(), &info) == 0) return info_of(info);
    if (is_absent(step.number)) return FileInfo{};
    return refusal(shown(*this, path), "looked at", step);
}

Result<std::vector<Root::Entry>> Root::list(const Path& path, Links links) const {
    auto step = open_beneath(state_->ground(), path.string(), for_listing, links);
    if (!step.descriptor.is_open()) return refusal(shown(*this, path), "listed", step);
    return entries_of(std::move(step.descriptor), shown(*this, path));
}

namespace {

// What git is told to ignore by `.env*` or `*.env` it ignores as well where an end in between left it behind.
std::string name_while_written(const std::string& name) {
    constexpr std::size_t longest = 200;
    const auto mark = std::string(written_mark) + random_hex(6);
    if (name.starts_with(".env")) return name.substr(0, longest) + mark;
    return mark + "." + name.substr(name.size() - std::min(name.size(), longest));
}

}

Result<void> Root::write(const Path& path, std::string_view bytes, unsigned mode, Sync sync, Links links) const {
    const auto name = shown(*this, path);
    const auto parts = TRY(split_last(path, name));
    const auto folder = open_beneath(state_->ground(), parts.folder, O_PATH | O_DIRECTORY, links);
    const int at = folder.descriptor.get();
    if (at < 0) return refusal(name, "written", folder);
    const auto temporary = name_while_written(parts.name);
    auto done = write_new(at, temporary, bytes, mode, sync, name);
    if (done.ok() && ::renameat(at, temporary.c_str(), at, parts.name.c_str()) != 0)
        done = path_error(name, "replaced");
    if (!done.ok()) ::unlinkat(at, temporary.c_str(), 0);
    if (!done.ok() || sync == Sync::no) return done;
    return sync_open_folder(at, name);
}

Result<Root> Root::make_folders(const Path& path, unsigned mode, Links links) const {
    Path made;
    for (const Path& part : path) {
        const Path above = made.empty() ? Path(".") : made;
        made /= part;
        const auto there = open_beneath(state_->ground(), made.string(), O_PATH | O_DIRECTORY, links);
        if (there.descriptor.is_open()) continue;
        const auto name = shown(*this, made);
        if (there.number == ENOTDIR) return could_not(fmt::format("'{}' is in the way: it is not a folder", name));
        if (there.number != ENOENT) return refusal(name, "created", there);
        const auto folder = open_beneath(state_->ground(), above.string(), O_PATH | O_DIRECTORY, links);
        if (!folder.descriptor.is_open()) return refusal(name, "created", folder);
        if (::mkdirat(folder.descriptor.get(), part.c_str(), mode) != 0) {
            if (errno != EEXIST) return path_error(name, "created");
            // Another process was faster, or a link leads nowhere.
            const auto now = TRY(look(made));
            if (now.type != FileType::folder)
                return could_not(fmt::format("'{}' is in the way: it is not a folder", name));
        }
        TRY_VOID(sync_open_folder(folder.descriptor.get(), name));
    }
    return below(made.empty() ? Path(".") : made, links);
}

Result<void> Root::remove(const Path& path, Links links) const {
    const auto name = shown(*this, path);
    const auto parts = TRY(split_last(path, name));
    const auto folder = open_beneath(state_->ground(), parts.folder, O_PATH | O_DIRECTORY, links);
    if (is_absent(folder.number)) return {};
    if (!folder.descriptor.is_open()) return refusal(name, "removed", folder);
    return remove_at(folder.descriptor.get(), parts.name, name);
}

}
