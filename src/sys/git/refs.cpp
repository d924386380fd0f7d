#include "sys/git/refs.h"
#include "base/text.h"
#include "sys/descriptor.h"
#include "sys/files/files.h"
#include "sys/git/pack/mapped.h"
#include "sys/signals.h"
#include <algorithm>
#include <array>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <memory_resource>
#include <sys/stat.h>
#include <unistd.h>
#include <unordered_set>

namespace fairlead::sys {

namespace {

constexpr std::size_t sha1_size = 40, sha256_size = 64; // of an id in hex digits

Error interrupted() { return could_not("interrupted while reading the references"); }

// There may be 100,000 ids to look at: a table and no branch.
constexpr auto not_hex = [] {
    std::array<bool, 256> table{};
    table.fill(true);
    for (const char c : std::string_view("0123456789abcdef")) table[static_cast<unsigned char>(c)] = false;
    return table;
}();
bool is_id(std::string_view text) {
    if (text.size() != sha1_size && text.size() != sha256_size) return false;
    bool bad = false;
    for (const char c : text) bad |= not_hex[static_cast<unsigned char>(c)];
    return !bad;
}

}

Result<std::string> common_folder(const std::string& git_folder) {
    const Path file = Path(git_folder) / "commondir";
    if (inspect(file).type == FileType::absent) return git_folder;
    const auto text = TRY(read_file(file, 1u << 16));
    const Path common = std::string(trim(text));
    return (common.is_absolute() ? common : Path(git_folder) / common).lexically_normal().string();
}

struct References::State {
    Path common;
    std::string folder;
    bool is_whole = false, is_sorted = false; // the packed ones, by name
    Mapped packed;
    std::pmr::monotonic_buffer_resource texts; // of the loose ones
    std::vector<StoredReference> all;          // the loose ones first
    std::size_t loose = 0;

    std::string_view keep(std::string_view text) {
        if (text.empty()) return {};
        auto* kept =
            static_cast<char*>(texts.allocate(text.size() + 1, 1)); // a NUL ends it, for the calls of the system
        std::memcpy(kept, text.data(), text.size());
        kept[text.size()] = '\0';
        return {kept, text.size()};
    }
    Result<void> take(StoredReference& reference, std::string_view content);
    Result<void> list();
    Result<void> read(StoredReference& reference, int parent, const char* path);
    Result<void> read_loose();
    StoredReference* find(std::string_view name) {
        const auto packed_ones = all.begin() + static_cast<std::ptrdiff_t>(loose);
        const auto is_it = [&](const StoredReference& one) { return one.name == name; };
        auto found = std::find_if(all.begin(), is_sorted ? packed_ones : all.end(), is_it);
        if (is_sorted && found == packed_ones)
            found =
                std::lower_bound(packed_ones, all.end(), name,
                                 [](const StoredReference& one, std::string_view other) { return one.name < other; });
        return found != all.end() && is_it(*found) ? &*found : nullptr;
    }
};

namespace {

// Walks a folder of references and those below with as few calls as there may be.
class LooseNames {
  public:
    LooseNames(const Path& common, std::function<void(std::string_view name)> take)
        : common_(common), take_(std::move(take)) {}

    Result<void> list(std::string_view folder) {
        while (folder.ends_with('/')) folder.remove_suffix(1);
        name_ = folder;
        const int descriptor = ::open((common_ / folder).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (descriptor < 0) return errno == ENOENT ? Result<void>() : cannot(errno);
        return list_folder(descriptor);
    }

  private:
    struct Closed {
        void operator()(DIR* folder) const { closedir(folder); }
    };

    Error cannot(int reason) const {
        return could_not(fmt::format("{} can't be listed: {}", (common_ / name_).string(), std::strerror(reason)));
    }

    Result<void> list_folder(int descriptor) { // which it closes
        const std::unique_ptr<DIR, Closed> folder(fdopendir(descriptor));
        if (!folder) return close(descriptor), cannot(errno);
        const auto size = name_.size();
        while (true) {
            if (stop_requested()) return interrupted();
            errno = 0;
            const dirent* entry = readdir(folder.get());
            if (!entry && errno != 0) return cannot(errno);
            if (!entry) return {};
            const std::string_view name = entry->d_name;
            // No reference (.DS_Store), or one of a writer at work.
            if (name.starts_with('.') || name.ends_with(".lock")) continue;
            name_.resize(size);
            name_.append("/").append(name);
            struct stat info {};
            const bool untold = entry->d_type != DT_DIR && entry->d_type != DT_REG;
            if (untold && fstatat(descriptor, entry->d_name, &info, 0) != 0) continue; // it went, or leads nowhere
            if (entry->d_type != DT_DIR && !(untold && S_ISDIR(info.st_mode))) {
                take_(name_);
                continue;
            }
            const int below = openat(descriptor, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
            if (below < 0 && errno != ENOENT) return cannot(errno);
            if (below >= 0) TRY_VOID(list_folder(below));
        }
    }

    const Path& common_;
    std::function<void(std::string_view)> take_;
    std::string name_; // of what is being looked at
};

}

Result<void> References::State::take(StoredReference& reference, std::string_view content) {
    const auto text = trim(content);
    if (text.starts_with("ref:")) {
        reference.target = keep(trim(text.substr(4)));
        return {};
    }
    const auto id = text.substr(0, std::min(text.find_first_of(" \t\r\n"), text.size()));
    reference.id = keep(is_id(id) ? id : std::string_view(lower(id)));
    if (is_id(reference.id)) return {};
    return could_not(fmt::format("reference {} is broken: {} holds no object id; delete it or fetch it again",
                                 reference.name, (common / reference.name).string()));
}

// `path` is where it lies below the open folder `parent`.
Result<void> References::State::read(StoredReference& reference, int parent, const char* path) {
    char bytes[4096];
    const int descriptor = openat(parent, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    const auto size = descriptor < 0 ? -1 : ::read(descriptor, bytes, sizeof bytes);
    const int reason = errno;
    if (descriptor >= 0) close(descriptor);
    if (size >= 0) return take(reference, std::string_view(bytes, static_cast<std::size_t>(size)));
    const auto whole_path = (common / reference.name).string();
    if (descriptor < 0 && reason == ENOENT) // somebody packs references right now
        return could_not(
            fmt::format("{} disappeared while the references were read; run the command again", whole_path));
    return could_not(fmt::format("{} can't be read: {}", whole_path, std::strerror(reason)));
}

// Of all loose ones; from the folder that they share, as the whole path costs most of the time.
Result<void> References::State::read_loose() {
    Descriptor open_folder;
    std::string_view parent;
    for (std::size_t i = 0; i < loose; ++i) {
        if (stop_requested()) return interrupted();
        StoredReference& reference = all[i];
        if (!reference.id.empty() || !reference.target.empty()) continue;
        const auto slash = reference.name.rfind('/');
        if (parent != reference.name.substr(0, slash)) {
            parent = reference.name.substr(0, slash);
            open_folder = Descriptor(::open((common / parent).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        }
        TRY_VOID(read(reference, open_folder.get(), reference.name.data() + slash + 1));
    }
    return {};
}

namespace {

// "<id> <name>", after an annotated tag's line "^<id>" with what it leads to. A header with "fully-peeled" says that
// the others lead to nothing else.
Result<void> read_packed(const std::string& path, std::string_view bytes, std::string_view folder,
                         const std::unordered_set<std::string_view>& seen, std::vector<StoredReference>& all) {
    auto rest = bytes;
    constexpr std::size_t usual_line = 64;
    all.reserve(all.size() + bytes.size() / usual_line); // growing would touch twice the memory
    const bool fully_peeled =
        rest.starts_with("# pack-refs with:") && rest.substr(0, rest.find('\n')).find(" fully-peeled") != rest.npos;
    while (!rest.empty()) {
        if (stop_requested()) return interrupted();
        const auto line = rest.substr(0, std::min(rest.find('\n'), rest.size()));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        if (line.empty() || line[0] == '#' || line[0] == '^') continue;
        const auto blank =
            line.size() > sha1_size && line[sha1_size] == ' ' ? sha1_size : std::min(line.find(' '), line.size());
        const auto id = line.substr(0, blank), name = line.substr(std::min(blank + 1, line.size()));
        if ((blank != sha1_size && blank != sha256_size) || name.empty())
            return could_not(fmt::format("{} is broken at '{}'; run: git pack-refs --all", path, line));
        if (!name.starts_with(folder) || (!seen.empty() && seen.contains(name))) continue;
        if (!is_id(id))
            return could_not(fmt::format("reference {} is broken in {}; delete it or fetch it again", name, path));
        const bool annotated = rest.size() > blank && rest[0] == '^';
        const auto peeled = annotated ? rest.substr(1, blank) : fully_peeled ? id : std::string_view();
        all.push_back({name, id, {}, peeled, false});
    }
    return {};
}

}

References::References(std::unique_ptr<State> state) : state_(std::move(state)) {}
References::References(References&&) noexcept = default;
References& References::operator=(References&&) noexcept = default;
References::~References() = default;
const std::vector<StoredReference>& References::names() const { return state_->all; }
bool References::contains(std::string_view name) const { return state_->find(name) != nullptr; }

Result<const StoredReference*> References::find(std::string_view name) {
    auto* found = state_->find(name);
    if (found && found->loose && found->id.empty() && found->target.empty())
        TRY_VOID(state_->read(*found, AT_FDCWD, (state_->common / name).c_str()));
    return found;
}

Result<const std::vector<StoredReference>*> References::whole() {
    if (!state_->is_whole) TRY_VOID(state_->read_loose());
    state_->is_whole = true;
    return &state_->all;
}

Result<void> References::State::list() {
    std::unordered_set<std::string_view> seen;
    LooseNames names(common, [&](std::string_view name) { all.push_back({keep(name), {}, {}, {}, true}); });
    TRY_VOID(names.list(folder));
    loose = all.size();
    const auto path = (common / "packed-refs").string();
    auto mapped = TRY(Mapped::open(path, Mapped::Read::at_once));
    packed.swap(mapped);
    if (!packed.bytes().empty())
        for (const auto& reference : all) seen.insert(reference.name);
    TRY_VOID(read_packed(path, packed.bytes(), folder, seen, all));
    const auto header = packed.bytes().substr(0, std::min(packed.bytes().find('\n'), packed.bytes().size()));
    is_sorted = header.starts_with("# pack-refs with:") && header.find(" sorted") != header.npos;
    return {};
}

Result<References> References::read(const std::string& git_folder, std::string_view folder) {
    auto state = std::make_unique<State>();
    state->common = TRY(common_folder(git_folder));
    state->folder = folder;
    if (inspect(state->common / "reftable").type == FileType::folder)
        return could_not(
            fmt::format("{} keeps its references as a reftable, which is not read here; run: git refs migrate "
                        "--ref-format=files (git 2.49 or newer), or clone it again",
                        state->common.string()));
    TRY_VOID(state->list());
    return References(std::move(state));
}

Result<void> each_reference(const std::string& git_folder, std::string_view folder,
                            const std::function<Result<void>(const StoredReference&)>& each) {
    auto references = TRY(References::read(git_folder, folder));
    for (const StoredReference& reference : *TRY(references.whole())) {
        if (stop_requested()) return interrupted();
        TRY_VOID(each(reference));
    }
    return {};
}

Result<StoredHead> stored_head(const std::string& git_folder, References& references) {
    const auto content = TRY(read_file(Path(git_folder) / "HEAD", 1u << 16));
    const auto text = trim(content);
    if (is_id(text)) return StoredHead{{}, std::string(text)};
    if (!text.starts_with("ref:"))
        return could_not(fmt::format("{}/HEAD is not a branch or a commit; check out a branch", git_folder));
    StoredHead head{std::string(trim(text.substr(4))), {}};
    auto name = head.branch; // which may be another name of a branch
    for (int depth = 0; depth < 5; ++depth) {
        const auto* reference = TRY(references.find(name));
        if (!reference) return head;
        head.id = reference->id;
        if (reference->target.empty()) return head;
        name = reference->target;
    }
    return head;
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
    auto references = References::read(*git, "refs/heads/");
    if (!references.ok()) return std::nullopt;
    const auto head = stored_head(*git, references.value());
    return head.ok() && !head->id.empty() ? std::optional(head->id) : std::nullopt;
}

}
