#include "sys/files/new_file.h"
#include "sys/descriptor.h"
#include "sys/digest.h"
#include "sys/fault.h"
#include "sys/files/file_parts.h"
#include <cstdio>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

namespace fairlead::sys {
namespace {

Error taken(const Path& path) {
    return could_not(fmt::format("'{}' is there already and is never replaced", path.string()));
}

}

struct NewFile::State {
    Path path, partial;
    Descriptor file;
    bool published = false;
};

Result<NewFile> NewFile::create(const Path& path, unsigned mode) {
    if (inspect(path).type != FileType::absent) return taken(path);
    auto state = std::make_unique<State>();
    state->path = path;
    state->partial = fmt::format("{}{}{}-{}", path.string(), partial_mark, ::getpid(), random_hex(6));
    state->file =
        Descriptor(::open(state->partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
    if (!state->file.is_open()) return path_error(path.string(), "written");
    (void)::flock(state->file.get(), LOCK_EX | LOCK_NB); // says that we live: is_being_written()
    fault_point("new_file.created");
    return NewFile(std::move(state));
}

NewFile::NewFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
NewFile::NewFile(NewFile&&) noexcept = default;
NewFile::~NewFile() {
    if (state_ && !state_->published) ::unlink(state_->partial.c_str());
}

Result<void> NewFile::write(std::string_view bytes) {
    return write_all(state_->file.get(), bytes, state_->path.string());
}

Result<void> NewFile::publish() {
    fault_point("new_file.written");
    if (::fsync(state_->file.get()) != 0) return path_error(state_->path.string(), "synced");
    fault_point("new_file.synced");
    const bool is_placed = TRY(rename_to_free(state_->partial, state_->path));
    if (!is_placed) return taken(state_->path);
    state_->published = true;
    fault_point("new_file.named");
    return sync_folder(state_->path.parent_path());
}

bool is_being_written(const Path& partial) {
    const Descriptor file(::open(partial.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    return file.is_open() && ::flock(file.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

struct ReadFile::State {
    std::string name;
    OpenFile file;
};

Result<ReadFile> ReadFile::open(const Path& path) {
    auto file = TRY(open_regular(path.string()));
    auto state = std::make_unique<State>();
    state->name = path.string();
    state->file = std::move(file);
    return ReadFile(std::move(state));
}

ReadFile::ReadFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
ReadFile::ReadFile(ReadFile&&) noexcept = default;
ReadFile::~ReadFile() = default;

std::uint64_t ReadFile::size() const { return state_->file.size; }

Result<std::size_t> ReadFile::read(std::span<char> into) {
    for (;;) {
        const ssize_t count = ::read(state_->file.descriptor.get(), into.data(), into.size());
        if (count >= 0) return static_cast<std::size_t>(count);
        if (errno != EINTR) return path_error(state_->name, "read");
    }
}

Result<void> remove_file(const Path& path) {
    if (::unlink(path.c_str()) != 0) return errno == ENOENT ? Result<void>() : path_error(path.string(), "removed");
    return sync_folder(path.parent_path());
}

}
