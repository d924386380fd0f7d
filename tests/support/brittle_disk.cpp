// of the unit tests of backup, deploy, ledger, sys
#include "support/brittle_disk.h"
#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <set>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace fairlead::test {
namespace {

namespace fs = std::filesystem;

BrittleDisk* disk = nullptr;

std::string path_of(int descriptor) {
    std::error_code gone;
    return fs::read_symlink("/proc/self/fd/" + std::to_string(descriptor), gone).string();
}

std::string path_at(int folder, const char* name) {
    return *name == '/' || folder == AT_FDCWD ? name : path_of(folder) + "/" + name;
}

BrittleDisk* listens_to(const std::string& path) {
    const int kept = errno;
    auto* const who = disk != nullptr && disk->covers(path) ? disk : nullptr;
    errno = kept;
    return who;
}

}

BrittleDisk::BrittleDisk(const sys::Path& root) : root_(root.string()) {
    made(root_);
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
        const auto path = entry.path().string();
        made(path);
        if (sys::inspect(path).type == sys::FileType::file)
            events_.push_back({What::bytes, id_of(path), none, sys::read_file(path).value()});
    }
    first_ = events_.size();
    disk = this;
}

BrittleDisk::~BrittleDisk() { disk = nullptr; }

void BrittleDisk::fail_from(std::size_t event, Fault fault) {
    fails_from_ = event;
    fault_ = fault;
}

void BrittleDisk::mend() { fails_from_ = none; }

bool BrittleDisk::covers(std::string_view path) const {
    return path.starts_with(root_) && (path.size() == root_.size() || path[root_.size()] == '/');
}

int BrittleDisk::fault(bool syncs) {
    if (fails_from_ == none || events() < fails_from_) return 0;
    if (fault_ == Fault::unsynced) return syncs ? EIO : 0;
    if (fault_ == Fault::broken) return EIO;
    return syncs ? 0 : ENOSPC;
}

std::size_t BrittleDisk::room(std::size_t bytes) {
    if (fault(false) == 0) return bytes;
    const bool half = fault_ == Fault::half;
    fault_ = half ? Fault::full : fault_;
    return half ? bytes / 2 : 0;
}

BrittleDisk::Id BrittleDisk::id_of(const std::string& path) {
    const auto [found, fresh] = ids_.emplace(path, nodes_.size());
    if (!fresh) return found->second;
    const auto info = sys::inspect(path);
    nodes_.push_back(
        {info.type, info.mode, info.type == sys::FileType::link ? sys::read_link(path).value() : std::string()});
    return nodes_.size() - 1;
}

BrittleDisk::Id BrittleDisk::folder_of(const std::string& path) { return id_of(fs::path(path).parent_path().string()); }

void BrittleDisk::add(Event event) {
    events_.push_back(std::move(event));
    if (disk == this) after_event();
}

void BrittleDisk::enter(const std::string& path, const std::string& before) {
    if (path != root_)
        add({What::entry, id_of(path), folder_of(path), fs::path(path).filename().string(), before});
    else
        id_of(path);
}

// A file is told of with its first bytes.
void BrittleDisk::wrote(int descriptor, std::string_view bytes) {
    const auto path = path_of(descriptor);
    if (!ids_.contains(path)) enter(path);
    add({What::bytes, id_of(path), none, std::string(bytes)});
}

void BrittleDisk::synced(int descriptor, std::string_view call) {
    const auto path = path_of(descriptor);
    const auto name = fs::path(path).filename().string();
    order.push_back(fmt::format("{} {}", call, name.starts_with('.') ? "temporary" : name));
    if (!ids_.contains(path)) enter(path);
    add({What::sync, id_of(path)});
}

void BrittleDisk::synced_all(int descriptor) {
    order.push_back("syncfs " + fs::path(path_of(descriptor)).filename().string());
    const auto all = ids_;
    for (const auto& [path, id] : all) add({What::sync, id});
}

void BrittleDisk::made(const std::string& path) { enter(path); }

void BrittleDisk::forget(const std::string& path) {
    std::erase_if(ids_, [&](const auto& entry) { return entry.first == path || entry.first.starts_with(path + "/"); });
}

void BrittleDisk::removed(const std::string& path) {
    forget(path);
    add({What::entry, none, folder_of(path), fs::path(path).filename().string()});
}

void BrittleDisk::moved(const std::string& from, const std::string& to) {
    const Id node = ids_.contains(from) ? id_of(from) : id_of(to); // one that was made without a byte
    forget(to);
    std::map<std::string, Id> below;
    for (const auto& [path, id] : ids_)
        if (path.starts_with(from + "/")) below.emplace(to + path.substr(from.size()), id);
    forget(from);
    ids_[to] = node;
    ids_.merge(below);
    const auto name = fs::path(from).filename().string();
    order.push_back("rename to " + fs::path(to).filename().string());
    const bool within = folder_of(from) == folder_of(to);
    enter(to, within ? name : "");
    if (!within) add({What::entry, none, folder_of(from), name});
}

// The events of a kind that last: those that were synced, and what is left of the others.
std::vector<std::size_t> BrittleDisk::lasting(std::size_t end, What what, Left left) const {
    std::vector<std::size_t> kept, loose;
    std::set<Id> synced; // behind the event
    for (std::size_t i = end; i-- > 0;) {
        const Event& event = events_[i];
        if (event.what == What::sync) synced.insert(event.node);
        if (event.what != what) continue;
        const Id holder = what == What::entry ? event.folder : event.node;
        (i < first_ || synced.contains(holder) ? kept : loose).push_back(i);
    }
    std::reverse(loose.begin(), loose.end());
    const auto count = left == Left::all ? loose.size() : left == Left::half ? (loose.size() + 1) / 2 : 0;
    kept.insert(kept.end(), loose.begin(), loose.begin() + static_cast<std::ptrdiff_t>(count));
    std::sort(kept.begin(), kept.end());
    return kept;
}

void BrittleDisk::cut_power(std::size_t events, Left entries, Left bytes, const sys::Path& into) const {
    const std::size_t end = first_ + events;
    Tree tree;
    for (const std::size_t i : lasting(end, What::entry, entries)) {
        const Event& event = events_[i];
        auto& folder = tree[event.folder];
        if (!event.before.empty()) folder.erase(event.before);
        if (event.node == none)
            folder.erase(event.text);
        else
            folder[event.text] = event.node;
    }
    std::map<Id, std::string> contents;
    const auto whole = lasting(end, What::bytes, bytes == Left::half ? Left::nothing : bytes);
    for (const std::size_t i : whole) contents[events_[i].node] += events_[i].text;
    if (bytes == Left::half) // of each file's first loose piece
        for (const std::size_t i : lasting(end, What::bytes, Left::all)) {
            const Event& event = events_[i];
            if (std::binary_search(whole.begin(), whole.end(), i)) continue;
            contents[event.node] += event.text.substr(0, event.text.size() / 2);
        }
    write_out(tree, contents, 0, into);
}

void BrittleDisk::write_out(const Tree& tree, const std::map<Id, std::string>& contents, Id folder,
                            const sys::Path& into) const {
    fs::create_directories(into);
    const auto found = tree.find(folder);
    if (found == tree.end()) return;
    for (const auto& [name, id] : found->second) {
        const Node& node = nodes_[id];
        if (node.type == sys::FileType::folder) {
            write_out(tree, contents, id, into / name);
        } else if (node.type == sys::FileType::link) {
            fs::create_symlink(node.target, into / name);
        } else {
            const auto text = contents.find(id);
            sys::write_file(into / name, text == contents.end() ? "" : text->second, node.mode, sys::Sync::no).value();
        }
    }
}

}

using fairlead::test::listens_to, fairlead::test::path_of, fairlead::test::path_at;

namespace {

int tell_sync(long number, std::string_view call, int descriptor) {
    auto* const who = listens_to(path_of(descriptor));
    if (const int error = who != nullptr ? who->fault(true) : 0) return errno = error, -1;
    const auto result = static_cast<int>(::syscall(number, descriptor));
    if (who != nullptr && result == 0) who->synced(descriptor, call);
    return result;
}

int remove_at(int folder, const char* name, int flags) {
    const auto path = path_at(folder, name);
    const auto result = static_cast<int>(::syscall(SYS_unlinkat, folder, name, flags));
    if (auto* const who = result == 0 ? listens_to(path) : nullptr) who->removed(path);
    return result;
}

}

extern "C" {

int syncfs(int descriptor) noexcept {
    auto* const who = listens_to(path_of(descriptor));
    if (who != nullptr && who->fault(true) != 0) return errno = who->fault(true), -1;
    if (who != nullptr) who->synced_all(descriptor);
    return static_cast<int>(::syscall(SYS_syncfs, descriptor));
}

ssize_t write(int descriptor, const void* bytes, size_t size) {
    auto* const who = descriptor > STDERR_FILENO ? listens_to(path_of(descriptor)) : nullptr;
    if (who != nullptr) {
        const size_t taken = who->room(size);
        if (taken == 0 && size > 0) return errno = who->fault(false), -1;
        size = taken;
    }
    const auto written = ::syscall(SYS_write, descriptor, bytes, size);
    if (who != nullptr && written > 0)
        who->wrote(descriptor, {static_cast<const char*>(bytes), static_cast<size_t>(written)});
    return written;
}

int fsync(int descriptor) { return tell_sync(SYS_fsync, "fsync", descriptor); }
int fdatasync(int descriptor) { return tell_sync(SYS_fdatasync, "fdatasync", descriptor); }

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) noexcept {
    const auto old = path_at(from_folder, from), now = path_at(to_folder, to);
    const auto result = static_cast<int>(::syscall(SYS_renameat2, from_folder, from, to_folder, to, flags));
    if (auto* const who = result == 0 ? listens_to(now) : nullptr) who->moved(old, now);
    return result;
}
int rename(const char* from, const char* to) noexcept { return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0); }

int mkdir(const char* path, mode_t mode) noexcept {
    auto* const who = listens_to(path);
    const int error = who != nullptr && ::access(path, F_OK) != 0 ? who->fault(false) : 0;
    if (error != 0) return errno = error, -1;
    const auto result = static_cast<int>(::syscall(SYS_mkdirat, AT_FDCWD, path, mode));
    if (who != nullptr && result == 0) who->made(path);
    return result;
}

int symlink(const char* target, const char* path) noexcept {
    auto* const who = listens_to(path);
    if (const int error = who != nullptr ? who->fault(false) : 0) return errno = error, -1;
    const auto result = static_cast<int>(::syscall(SYS_symlinkat, target, AT_FDCWD, path));
    if (who != nullptr && result == 0) who->made(path);
    return result;
}

int unlink(const char* path) noexcept { return remove_at(AT_FDCWD, path, 0); }
int unlinkat(int folder, const char* name, int flags) noexcept { return remove_at(folder, name, flags); }
int rmdir(const char* path) noexcept { return remove_at(AT_FDCWD, path, AT_REMOVEDIR); }
int remove(const char* path) noexcept {
    struct stat info {};
    const bool folder = ::lstat(path, &info) == 0 && S_ISDIR(info.st_mode);
    return remove_at(AT_FDCWD, path, folder ? AT_REMOVEDIR : 0);
}
}
