#include "backup/stores/kinds.h"
#include "sys/clock.h"
#include "sys/files/files.h"
#include "sys/files/new_file.h"
#include "sys/files/tree.h"
#include "sys/files/writable.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace fairlead::backup {
namespace {

constexpr unsigned folder_mode = 0700;
constexpr std::string_view lock_name = ".fairlead.lock";
constexpr std::uint64_t look_each = 16u << 20; // bytes between two looks at what is free

bool is_partial(std::string_view name) { return name.find(sys::partial_mark) != name.npos; }

SystemTime time_of(std::int64_t modified_ns) { return SystemTime(Milliseconds{modified_ns / 1'000'000}); }

class FileSink : public sys::Sink {
  public:
    FileSink(sys::NewFile file, sys::Path path, std::optional<std::uint64_t> expected)
        : file_(std::move(file)), path_(std::move(path)), expected_(expected) {}

    Result<void> write(std::string_view bytes) override {
        if (auto written = file_->write(bytes); !written.ok()) return with_room(std::move(written).error());
        written_ += bytes.size();
        if (!expected_ || written_ < next_look_) return {};
        next_look_ = written_ + look_each;
        const auto free = TRY(sys::free_bytes(path_.parent_path()));
        if (written_ >= *expected_ || free >= *expected_ - written_) return {};
        return could_not(fmt::format(
            "'{}' would fill its disk: about {} bytes are still to come and {} are free; free some space, or prune",
            path_.string(), *expected_ - written_, free));
    }

    Result<void> close() override {
        auto published = file_->publish();
        file_.reset(); // what failed is taken away now
        return published;
    }

  private:
    Error with_room(Error error) const {
        const auto free = sys::free_bytes(path_.parent_path());
        error.message += fmt::format(" ({} bytes were written", written_);
        if (expected_) error.message += fmt::format(", about {} are needed", *expected_);
        if (free.ok()) error.message += fmt::format(", {} are free", free.value());
        error.message += ")";
        return error;
    }

    std::optional<sys::NewFile> file_;
    const sys::Path path_;
    const std::optional<std::uint64_t> expected_;
    std::uint64_t written_ = 0, next_look_ = look_each;
};

class FileSource : public sys::Source {
  public:
    explicit FileSource(sys::ReadFile file) : file_(std::move(file)) {}
    Result<std::size_t> read(std::span<char> into) override { return file_.read(into); }

  private:
    sys::ReadFile file_;
};

class FileLease : public Lease {
  public:
    FileLease(sys::Lock lock, sys::Path path) : lock_(std::move(lock)), path_(std::move(path)) {}
    Result<void> check() override {
        if (lock_.is_at(path_)) return {};
        return could_not(fmt::format("lock '{}' was taken away by somebody; nothing more is changed; run the command "
                                     "again",
                                     path_.string()));
    }

  private:
    sys::Lock lock_;
    const sys::Path path_;
};

class FileStore : public Store {
  public:
    FileStore(sys::Path folder, std::string shown, sys::Clock& clock)
        : folder_(std::move(folder)), shown_(std::move(shown)), clock_(clock) {}

    std::string shown() const override { return shown_; }
    std::string folder() const override { return folder_.string(); }
    Result<bool> is_there() override { // a link to nowhere isn't
        std::error_code unknown;
        return std::filesystem::exists(folder_, unknown);
    }
    Result<void> may_write() const override { return sys::check_writable(folder_ / lock_name); }

    Result<void> make_place() override { return sys::make_folders(folder_); }

    Result<std::vector<Object>> list_objects(std::string_view prefix) override {
        auto files = TRY(sys::list_tree(folder_));
        std::vector<Object> found;
        found.reserve(files.size());
        for (auto& file : files)
            if (file.name.starts_with(prefix) && is_object_name(file.name))
                found.push_back({std::move(file.name), file.size, time_of(file.modified_ns)});
        std::sort(found.begin(), found.end(), [](const Object& a, const Object& b) { return a.name < b.name; });
        return found;
    }

    Result<std::unique_ptr<sys::Sink>> create_object(const std::string& name,
                                                     std::optional<std::uint64_t> expected) override {
        const auto path = folder_ / name;
        TRY_VOID(sys::make_folders(path.parent_path(), folder_mode));
        if (expected) TRY_VOID(check_room(path, *expected));
        auto file = TRY(sys::NewFile::create(path));
        return std::unique_ptr<sys::Sink>(std::make_unique<FileSink>(std::move(file), path, expected));
    }

    Result<std::unique_ptr<sys::Source>> open(const std::string& name) override {
        TRY_VOID(check_object_name(name));
        const auto path = folder_ / name;
        if (sys::inspect(path).type == sys::FileType::absent) return no_object(name, shown_);
        auto file = TRY(sys::ReadFile::open(path));
        return std::unique_ptr<sys::Source>(std::make_unique<FileSource>(std::move(file)));
    }

    Result<void> replace_object(const std::string& name, std::string_view bytes) override {
        constexpr unsigned own = 0600;
        return sys::write_file(folder_ / name, bytes, own);
    }

    Result<void> remove_object(const std::string& name) override {
        TRY_VOID(sys::remove_file(folder_ / name));
        std::error_code is_used; // a set's folder goes with its last file
        for (auto above = sys::Path(name).parent_path();
             !above.empty() && !is_used && sys::inspect(folder_ / above).type == sys::FileType::folder;
             above = above.parent_path())
            std::filesystem::remove(folder_ / above, is_used);
        return {};
    }

    Result<std::unique_ptr<Lease>> take_lock(const std::string& who, std::chrono::seconds wait) override {
        TRY_VOID(sys::make_folders(folder_, folder_mode));
        const auto path = folder_ / lock_name;
        auto lock = TRY(sys::Lock::take(path, who, wait));
        return std::unique_ptr<Lease>(std::make_unique<FileLease>(std::move(lock), path));
    }

    Result<std::optional<std::uint64_t>> free_bytes() override {
        auto folder = folder_; // the nearest that is there
        while (sys::inspect(folder).type == sys::FileType::absent && folder.has_relative_path())
            folder = folder.parent_path();
        const auto free = TRY(sys::free_bytes(folder));
        return std::optional(free);
    }

    Result<std::vector<std::string>> sweep_objects(std::chrono::seconds older_than) override {
        std::vector<std::string> swept;
        const auto newest = clock_.now() - older_than;
        auto files = TRY(sys::list_tree(folder_));
        for (auto& file : files) {
            if (!is_partial(file.name.substr(file.name.rfind('/') + 1)) || time_of(file.modified_ns) > newest) continue;
            const auto path = folder_ / file.name;
            if (sys::is_being_written(path)) continue;
            TRY_VOID(sys::remove_file(path));
            swept.push_back(std::move(file.name));
        }
        std::sort(swept.begin(), swept.end());
        return swept;
    }

  private:
    Result<void> check_room(const sys::Path& path, std::uint64_t expected) const {
        const auto free = TRY(sys::free_bytes(path.parent_path()));
        const auto needed = room_for(expected);
        if (free >= needed) return {};
        return could_not(fmt::format("'{}' needs about {} bytes and {} are free on its disk; free some space, or prune",
                                     path.string(), needed, free));
    }

    const sys::Path folder_;
    const std::string shown_;
    sys::Clock& clock_;
};

}

Result<std::unique_ptr<Store>> open_file_store(const StoreAddress& address, const sys::Environment&,
                                               const Around& around) {
    return std::unique_ptr<Store>(std::make_unique<FileStore>(address.path, address.shown(), around.clock));
}

}
