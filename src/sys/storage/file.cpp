#include "sys/descriptor.h"
#include "sys/files/file_parts.h"
#include "sys/files/files.h"
#include "sys/storage/kinds.h"
#include <algorithm>
#include <cstdio>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace fairlead::sys {
namespace {

namespace fs = std::filesystem;

constexpr unsigned object_mode = 0600, folder_mode = 0700;

Result<void> write_pieces(const Path& path, const PieceSource& bytes) {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, object_mode));
    if (!file.is_open()) return path_error(path.string(), "written");
    while (true) {
        const auto piece = TRY(bytes());
        if (piece.empty()) break;
        TRY_VOID(write_all(file.get(), piece, path.string()));
    }
    if (::fsync(file.get()) != 0) return path_error(path.string(), "synced");
    return {};
}

Error taken(const Path& path) {
    return could_not(fmt::format("'{}' is there already; objects are never replaced", path.string()));
}

// Never over what is there.
Result<void> publish(const Path& temporary, const Path& path) {
    if (::renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) == 0)
        return sync_folder(path.parent_path());
    if (errno == EEXIST) return taken(path);
    if (errno != EINVAL) return path_error(path.string(), "put in place");
    if (inspect(path).type != FileType::absent) return taken(path); // a file system that knows no such rename
    return rename_path(temporary, path);
}

class FileStorage : public Storage {
  public:
    explicit FileStorage(Path folder) : folder_(std::move(folder)) {}

    Result<void> put(std::string_view name, const PieceSource& bytes) override {
        TRY_VOID(check_object_name(name));
        const Path path = folder_ / name;
        if (inspect(path).type != FileType::absent) return taken(path);
        TRY_VOID(sys::make_folders(path.parent_path(), folder_mode));
        const Path temporary = temporary_name(path);
        auto written = write_pieces(temporary, bytes);
        if (written.ok()) written = publish(temporary, path);
        if (!written.ok()) ::unlink(temporary.c_str());
        return written;
    }

    Result<void> get(std::string_view name, const PieceSink& take) override {
        TRY_VOID(check_object_name(name));
        const Path path = folder_ / name;
        if (inspect(path).type == FileType::absent) return no(fmt::format("there is no '{}' in {}", name, address()));
        auto stream = TRY(ByteStream::open(path, Encoding::raw));
        while (true) {
            const auto piece = TRY(stream.next());
            if (piece.empty()) return {};
            TRY_VOID(take(piece));
        }
    }

    Result<std::vector<Object>> list(std::string_view prefix) override {
        std::vector<Object> found;
        TRY_VOID(walk([&](const fs::path& path, std::string name) -> Result<void> {
            const auto info = inspect(path);
            if (info.type == FileType::file && name.starts_with(prefix) && check_object_name(name).ok())
                found.push_back({std::move(name), info.size, time_of(info)});
            return {};
        }));
        std::sort(found.begin(), found.end(), [](const Object& a, const Object& b) { return a.name < b.name; });
        return found;
    }

    Result<void> remove(std::string_view name) override {
        TRY_VOID(check_object_name(name));
        const Path path = folder_ / name;
        if (inspect(path).type == FileType::absent) return {};
        TRY_VOID(remove_tree(path));
        return sync_folder(path.parent_path());
    }

    Result<void> tidy() override {
        std::vector<Path> leftovers;
        TRY_VOID(walk([&](const fs::path& path, const std::string&) -> Result<void> {
            if (path.filename().string().starts_with('.') && inspect(path).type == FileType::file)
                leftovers.push_back(path);
            return {};
        }));
        for (const auto& path : leftovers) TRY_VOID(remove_tree(path));
        return {};
    }

    std::string address() const override { return "file://" + folder_.string(); }

  private:
    static SystemTime time_of(const FileInfo& info) { return SystemTime(Milliseconds{info.modified_ns / 1'000'000}); }

    // Everything below the folder; links are not followed.
    Result<void> walk(const std::function<Result<void>(const fs::path&, std::string)>& visit) const {
        std::error_code error;
        fs::recursive_directory_iterator entry(folder_, error);
        for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error))
            TRY_VOID(visit(entry->path(), entry->path().lexically_relative(folder_).generic_string()));
        if (error) return path_error(folder_.string(), "listed", error.value());
        return {};
    }

    Path folder_;
};

}

Result<std::unique_ptr<Storage>> open_file_storage(std::string_view address) {
    constexpr std::string_view scheme = "file://";
    if (address.starts_with(scheme)) {
        address.remove_prefix(scheme.size());
        if (!address.starts_with('/'))
            return usage(fmt::format("'file://{}' names a host; write file:///PATH", address));
    }
    if (address.empty()) return usage("a storage needs an address; write a path, or file:///PATH");
    std::error_code error;
    const Path folder = fs::absolute(Path(address), error).lexically_normal();
    if (error) return path_error(address, "found", error.value());
    TRY_VOID(make_folders(folder, folder_mode));
    return std::unique_ptr<Storage>(std::make_unique<FileStorage>(folder));
}

}
