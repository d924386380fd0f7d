#include "sys/git/refs.h"
#include "base/text.h"
#include "sys/files/files.h"
#include "sys/signals.h"
#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <set>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fairlead::sys {

namespace {

using Each = std::function<Result<void>(const StoredReference&)>;
constexpr std::size_t id_size = 40;

Error interrupted() { return could_not("interrupted while reading the references"); }

bool is_id(std::string_view text) {
    return text.size() == id_size && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

// A file as bytes without a copy; an absent one is empty.
class Mapped {
  public:
    static Result<Mapped> open(const std::string& path) {
        Mapped mapped;
        const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        if (descriptor < 0 && errno == ENOENT) return mapped;
        struct stat info {};
        if (descriptor < 0 || fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode)) {
            const int reason = descriptor < 0 ? errno : EINVAL;
            if (descriptor >= 0) close(descriptor);
            return could_not(fmt::format("{} can't be read: {}", path, std::strerror(reason)));
        }
        mapped.size_ = static_cast<std::size_t>(info.st_size);
        if (mapped.size_ > 0)
            mapped.data_ = mmap(nullptr, mapped.size_, PROT_READ, MAP_PRIVATE | MAP_POPULATE, descriptor, 0);
        close(descriptor);
        if (mapped.data_ == MAP_FAILED) {
            mapped.data_ = nullptr;
            return could_not(fmt::format("{} can't be mapped: {}", path, std::strerror(errno)));
        }
        return mapped;
    }
    Mapped() = default;
    Mapped(Mapped&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(other.size_) {}
    Mapped& operator=(Mapped&&) = delete;
    ~Mapped() {
        if (data_) munmap(data_, size_);
    }
    std::string_view bytes() const {
        return data_ ? std::string_view(static_cast<const char*>(data_), size_) : std::string_view();
    }

  private:
    void* data_ = nullptr;
    std::size_t size_ = 0;
};

Result<std::string> common_folder(const std::string& git_folder) {
    const Path file = Path(git_folder) / "commondir";
    if (inspect(file).type == FileType::absent) return git_folder;
    const auto text = TRY(read_file(file, 1u << 16));
    const Path common = std::string(trim(text));
    return (common.is_absolute() ? common : Path(git_folder) / common).lexically_normal().string();
}

Result<void> read_loose(const Path& common, std::string_view folder, const Each& each,
                        std::set<std::string, std::less<>>& seen) {
    std::error_code error;
    const auto root = common / folder;
    std::filesystem::recursive_directory_iterator entry(root, error), end;
    if (error)
        return error == std::errc::no_such_file_or_directory
                   ? Result<void>()
                   : could_not(fmt::format("{} can't be listed: {}", root.string(), error.message()));
    for (; entry != end; entry.increment(error)) {
        if (error) return could_not(fmt::format("{} can't be listed: {}", root.string(), error.message()));
        if (stop_requested()) return interrupted();
        if (entry->is_directory(error)) continue;
        const auto path = entry->path().string();
        const auto name = path.substr(common.string().size() + (common.string().ends_with('/') ? 0 : 1));
        // Of a writer at work, or no reference at all (.DS_Store).
        if (name.ends_with(".lock") || entry->path().filename().string().starts_with('.')) continue;
        const auto content = TRY(read_file(path, 1u << 16));
        const auto text = trim(content);
        const bool symbolic = text.substr(0, 4) == "ref:";
        const auto id = lower(text.substr(0, std::min(text.find_first_of(" \t\r\n"), text.size())));
        if (!symbolic && !is_id(id))
            return could_not(
                fmt::format("reference {} is broken: {} holds no object id; delete it or fetch it again", name, path));
        TRY_VOID(each({name,
                       symbolic ? std::string_view() : std::string_view(id),
                       symbolic ? trim(text.substr(4)) : std::string_view(),
                       {},
                       true}));
        seen.insert(name);
    }
    return {};
}

// "<id> <name>", after an annotated tag's line "^<id>" with what it leads to. A header with "fully-peeled" says that
// the others lead to nothing else.
Result<void> read_packed(const std::string& path, std::string_view folder, const Each& each,
                         const std::set<std::string, std::less<>>& seen) {
    const auto mapped = TRY(Mapped::open(path));
    auto rest = mapped.bytes();
    const bool fully_peeled =
        rest.starts_with("# pack-refs with:") && rest.substr(0, rest.find('\n')).find(" fully-peeled") != rest.npos;
    while (!rest.empty()) {
        if (stop_requested()) return interrupted();
        const auto size = std::min(rest.find('\n'), rest.size());
        const auto line = rest.substr(0, size);
        rest.remove_prefix(std::min(size + 1, rest.size()));
        if (line.empty() || line[0] == '#' || line[0] == '^') continue;
        if (line.size() < id_size + 2 || line[id_size] != ' ')
            return could_not(fmt::format("{} is broken at '{}'; run: git pack-refs --all", path, line));
        const auto name = line.substr(id_size + 1);
        if (name.substr(0, folder.size()) != folder) continue;
        if (!seen.empty() && seen.contains(name)) continue;
        if (!is_id(line.substr(0, id_size)))
            return could_not(fmt::format("reference {} is broken in {}; delete it or fetch it again", name, path));
        const auto id = line.substr(0, id_size);
        const bool annotated = rest.size() > id_size && rest[0] == '^';
        TRY_VOID(each({name,
                       id,
                       {},
                       annotated      ? rest.substr(1, id_size)
                       : fully_peeled ? id
                                      : std::string_view(),
                       false}));
    }
    return {};
}

}

namespace {

// `.git`, or what the file of that name in a linked work tree or a submodule says: "gitdir: PATH".
std::optional<std::string> git_folder_around(const std::string& folder) {
    std::error_code error;
    for (auto here = std::filesystem::absolute(folder, error).lexically_normal(); !error; here = here.parent_path()) {
        const auto found = here / ".git";
        const auto type = inspect(found).type;
        if (type == FileType::folder) return found.string();
        if (type == FileType::file) {
            constexpr std::string_view before = "gitdir:";
            const auto text = read_file(found, 1u << 16);
            if (!text.ok() || !text->starts_with(before)) return std::nullopt;
            const Path to = std::string(trim(std::string_view(text.value()).substr(before.size())));
            return (to.is_absolute() ? to : here / to).lexically_normal().string();
        }
        if (here == here.parent_path()) break;
    }
    return std::nullopt;
}

}

std::optional<std::string> head_of(const std::string& folder) {
    const auto git = git_folder_around(folder);
    if (!git) return std::nullopt;
    const auto head = read_file(Path(*git) / "HEAD", 1u << 16);
    if (!head.ok()) return std::nullopt;
    const auto text = trim(head.value());
    if (!text.starts_with("ref:")) return is_id(text) ? std::optional(std::string(text)) : std::nullopt;
    const std::string name(trim(text.substr(4)));
    std::optional<std::string> found;
    const auto read = each_reference(*git, "refs/heads/", [&](const StoredReference& reference) {
        if (reference.name == name && !reference.id.empty()) found = std::string(reference.id);
        return Result<void>();
    });
    return read.ok() ? found : std::nullopt;
}

Result<void> each_reference(const std::string& git_folder, std::string_view folder, const Each& each) {
    const auto common = TRY(common_folder(git_folder));
    if (inspect(Path(common) / "reftable").type == FileType::folder)
        return could_not(
            fmt::format("{} keeps its references as a reftable, which is not read here; run: git refs migrate "
                        "--ref-format=files (git 2.49 or newer), or clone it again",
                        common));
    std::set<std::string, std::less<>> seen;
    TRY_VOID(read_loose(common, folder, each, seen));
    return read_packed((Path(common) / "packed-refs").string(), folder, each, seen);
}

}
