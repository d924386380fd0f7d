#include "deploy/release/sealed.h"
#include "base/printable.h"
#include "base/text.h"
#include "sys/data/json.h"
#include "sys/files/beneath.h"
#include "sys/files/seal.h"
#include "sys/files/stream.h"
#include "sys/files/tree_builder.h"
#include "sys/sha256.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <set>
#include <unordered_map>

namespace fairlead::deploy {

namespace {

using sys::FileType;

constexpr unsigned all_may_read = 04, all_may_enter = 05;
constexpr std::uint64_t look_at_disk_each = 32ull << 20;

// Names and sizes below a folder, held to the limits one by one.
class Counter {
  public:
    Counter(const sys::Root& root, const ContentLimits& limits) : root_(root), limits_(limits) {}

    Result<void> enter(const std::string& folder, const std::string& prefix) {
        for (const auto& one : TRY(root_.list(folder, sys::Links::refused))) {
            const auto path = prefix + one.name;
            ++files_;
            if (one.type == FileType::file) {
                const auto info = TRY(root_.inspect(path, sys::Links::refused));
                bytes_ += info.size;
            }
            TRY_VOID(check_limits(files_, bytes_, limits_, Stage::prepared));
            if (one.type == FileType::folder) TRY_VOID(enter(path, path + "/"));
        }
        return {};
    }

  private:
    const sys::Root& root_;
    const ContentLimits limits_;
    std::uint64_t files_ = 0, bytes_ = 0;
};

class Copier {
  public:
    Copier(const sys::Root& from, sys::TreeBuilder& to, sys::Path disk, unsigned group, const ContentLimits& limits)
        : from_(from), to_(to), disk_(std::move(disk)), group_(group), limits_(limits) {}

    Result<void> enter(const std::string& folder, const std::string& prefix) {
        for (const auto& one : TRY(from_.list(folder, sys::Links::refused))) {
            const auto path = prefix + one.name;
            TRY_VOID(check_limits(entries.size() + 1, bytes_, limits_, Stage::prepared));
            if (one.type == FileType::folder)
                TRY_VOID(add_folder(path));
            else if (one.type == FileType::link)
                TRY_VOID(add_link(path));
            else if (one.type == FileType::file)
                TRY_VOID(add_file(path));
            else
                return no(
                    fmt::format("prepare created '{}', which is not a file, folder or link; let prepare remove it",
                                one_line(path)));
        }
        return {};
    }
    std::vector<Entry> entries;

  private:
    Result<void> add_folder(const std::string& path) {
        const auto info = TRY(from_.inspect(path, sys::Links::refused));
        TRY_VOID(to_.folder(path));
        if ((info.mode & all_may_enter) != all_may_enter) TRY_VOID(to_.close_folder(path, group_));
        entries.push_back({path, 'd', {}, 0});
        return enter(path, path + "/");
    }

    Result<void> add_link(const std::string& path) {
        auto target = TRY(sys::read_link(from_.path() / path));
        TRY_VOID(to_.link(path, target));
        entries.push_back({path, 'l', std::move(target), 0});
        return {};
    }

    Result<void> add_file(const std::string& path) {
        const auto info = TRY(from_.inspect(path, sys::Links::refused));
        const auto source = TRY(from_.open_file(path, sys::Links::refused));
        auto file = TRY(to_.file(path));
        std::uint64_t size = 0;
        TRY_VOID(sys::read_pieces(source, path, [&](std::string_view piece) -> Result<void> {
            size += piece.size();
            TRY_VOID(account(piece.size()));
            return file.write(piece);
        }));
        const bool program = (info.mode & 0100u) != 0, open = (info.mode & all_may_read) != 0;
        sys::TreeBuilder::Finish finish{program ? 0555u : 0444u, info.modified_ns, std::nullopt};
        if (!open) finish = {program ? 0550u : 0440u, info.modified_ns, group_};
        auto digest = TRY(file.finish(finish));
        entries.push_back({path, program ? 'x' : 'f', std::move(digest), size});
        return {};
    }

    // A sparse file without end fills no disk, nor does one that grew since it was counted.
    Result<void> account(std::size_t size) {
        bytes_ += size;
        TRY_VOID(check_limits(entries.size(), bytes_, limits_, Stage::prepared));
        since_look_ += size;
        if (since_look_ < look_at_disk_each) return {};
        since_look_ = 0;
        if (TRY(sys::free_bytes(disk_)) > spare_bytes) return {};
        return no(
            fmt::format("'{}' has no room for the files that prepare created; make room, or let prepare create less",
                        disk_.string()));
    }

    const sys::Root& from_;
    sys::TreeBuilder& to_;
    const sys::Path disk_;
    const unsigned group_;
    const ContentLimits limits_;
    std::uint64_t bytes_ = 0, since_look_ = 0;
};

Result<std::vector<Entry>> copy_all(const sys::Path& from, const sys::Path& to, const sys::User& user,
                                    const ContentLimits& limits) {
    const auto root = TRY(sys::Root::open(from));
    auto builder = TRY(sys::TreeBuilder::create(to));
    Copier copier(root, builder, to.parent_path(), user.gid, limits);
    TRY_VOID(copier.enter(".", ""));
    return std::move(copier.entries);
}

}

Result<std::vector<Entry>> seal_in_place(const sys::Path& folder) {
    TRY_VOID(sys::seal_files(folder));
    return list_everything(folder);
}

Result<void> check_prepared(const sys::Path& folder, const ContentLimits& limits) {
    const auto root = TRY(sys::Root::open(folder));
    return Counter(root, limits).enter(".", "");
}

Result<std::vector<Entry>> seal_copy(const sys::Path& from, const sys::Path& to, const sys::User& user,
                                     const ContentLimits& limits) {
    auto entries = copy_all(from, to, user, limits);
    if (!entries.ok()) [[maybe_unused]]
        const auto removed = sys::remove_tree(to); // why is said already
    return entries;
}

std::string to_lines(const std::vector<Entry>& entries) {
    std::string text;
    for (const auto& entry : entries) {
        // Names are bytes; hexadecimal where they are no UTF-8.
        const bool plain = valid_utf8(entry.path) && valid_utf8(entry.content);
        const auto spelt = [&](const std::string& bytes) { return plain ? bytes : hex(bytes); };
        text += sys::dump_json({std::string(1, entry.kind), plain ? "text" : "hex", spelt(entry.path),
                                spelt(entry.content), entry.size}) +
                "\n";
    }
    return text;
}

Result<std::vector<Entry>> parse_lines(std::string_view text, const std::string& file) {
    std::vector<Entry> entries;
    for (const auto& line : split(text, '\n')) {
        if (line.empty()) continue;
        const auto row = TRY(sys::parse_json(line, file));
        const bool good = row.is_array() && row.size() == 5 && row[0].is_string() && row[1].is_string() &&
                          row[2].is_string() && row[3].is_string() && row[4].is_number_unsigned() &&
                          row[0].get<std::string>().size() == 1;
        if (!good) return could_not("this file is not the list of a release's files", {.file = file});
        const bool plain = row[1] == "text";
        auto path = row[2].get<std::string>(), content = row[3].get<std::string>();
        entries.push_back({plain ? path : from_hex(path).value_or(""), row[0].get<std::string>()[0],
                           plain ? content : from_hex(content).value_or(""), row[4].get<std::uint64_t>()});
    }
    return entries;
}

namespace {

// An interpreter's byte code lies in its folder of that name, or beside the file that it was made of: else it is a
// module of its own.
bool is_cache(const std::string& path, const std::vector<Entry>& sealed) {
    const auto names = split(path, '/');
    const auto is_one = [](const std::string& name) {
        return name == "__pycache__" || name == ".pytest_cache" || name == ".coverage" || name == ".fairlead" ||
               name == ".git";
    };
    if (std::any_of(names.begin(), names.end(), is_one)) return true;
    return path.ends_with(".pyc") && std::any_of(sealed.begin(), sealed.end(), [&](const Entry& one) {
               return one.path == path.substr(0, path.size() - 1);
           });
}

bool is_database(const sys::Path& file) {
    constexpr std::string_view magic("SQLite format 3\0", 16); // sqlite.org/fileformat.html, 1.3
    auto stream = sys::ByteStream::open(file, sys::Encoding::raw);
    const auto start = stream.ok() ? stream->next() : Result<std::string_view>(stream.error());
    return start.ok() && start->starts_with(magic);
}

// Nobody misses it: it tells of one process, or is made again.
bool is_passing(const std::string& path) {
    static const std::set<std::string> folders{"log",    "logs",  "tmp",   "temp",        "cache",
                                               ".cache", "run",   "dist",  "build",       "node_modules",
                                               ".next",  ".nuxt", ".venv", ".mypy_cache", "staticfiles"};
    const auto names = split(path, '/');
    if (std::any_of(names.begin(), names.end() - 1, [](const auto& name) { return folders.contains(name); }))
        return true;
    for (const auto* ending : {".log", ".pid", ".sock", ".lock", ".tmp", ".swp", ".pyc",
                               "-shm"}) // not -wal, which holds what the database doesn't yet
        if (path.ends_with(ending)) return true;
    return false;
}

}

Drift compare(const std::vector<Entry>& sealed, const std::vector<Entry>& found) {
    Drift drift;
    std::unordered_map<std::string, const Entry*> there;
    for (const auto& entry : found) there.emplace(entry.path, &entry);
    for (const auto& entry : sealed) {
        const auto now = there.find(entry.path);
        if (now == there.end()) {
            drift.missing.push_back(entry.path);
            continue;
        }
        if (now->second->kind != entry.kind || now->second->content != entry.content)
            drift.changed.push_back(entry.path);
        there.erase(now);
    }
    for (const auto& entry : found)
        if (there.contains(entry.path) && !is_cache(entry.path, sealed)) drift.added.push_back(entry.path);
    return drift;
}

Result<Drift> drift_of(const sys::Path& folder, const std::vector<Entry>& sealed) {
    const auto found = TRY(list_everything(folder));
    auto drift = compare(sealed, found);
    const auto data = std::stable_partition(drift.changed.begin(), drift.changed.end(),
                                            [&](const std::string& path) { return !is_database(folder / path); });
    drift.written.assign(data, drift.changed.end());
    drift.changed.erase(data, drift.changed.end());
    return drift;
}

Result<AppData> app_data_in(const sys::Path& folder, const std::vector<Entry>& sealed) {
    std::unordered_map<std::string, const Entry*> known;
    for (const auto& entry : sealed) known.emplace(entry.path, &entry);
    AppData written;
    std::error_code error;
    for (auto one = std::filesystem::recursive_directory_iterator(folder, error); !error && one != end(one);
         one.increment(error)) {
        std::error_code gone; // meanwhile
        if (!one->is_regular_file(gone) || one->is_symlink(gone)) continue;
        const auto path = one->path().lexically_relative(folder).string();
        const auto before = known.find(path);
        const bool added = before == known.end();
        if (added && is_cache(path, sealed)) continue;
        const bool database = is_database(one->path());
        if (!database && (!added || is_passing(path))) continue;
        if (!added) {
            const auto file = sys::open_regular(one->path().string());
            const auto digest = file.ok() ? sys::sha256_of(file.value(), path) : Result<std::string>(file.error());
            if (digest.ok() && digest.value() == before->second->content) continue;
        }
        if (database && (written.database.empty() || path < written.database)) written.database = path;
        written.files.push_back(path);
    }
    if (error) return could_not(fmt::format("'{}' can't be listed: {}", folder.string(), error.message()));
    std::sort(written.files.begin(), written.files.end());
    return written;
}

std::string AppData::first() const {
    if (!database.empty()) return fmt::format("the database '{}'", one_line(database));
    return files.empty() ? std::string() : fmt::format("'{}'", one_line(files.front()));
}

std::string describe(const Drift& drift) {
    std::vector<std::string> parts;
    for (const auto& [paths, what] : {std::pair{&drift.changed, "changed"}, std::pair{&drift.missing, "removed"},
                                      std::pair{&drift.added, "added"}, std::pair{&drift.written, "written to"}}) {
        if (paths->empty()) continue;
        const auto more = paths->size() - 1;
        parts.push_back(fmt::format("'{}'{} {} {}", one_line(paths->front()),
                                    more == 0 ? "" : fmt::format(" and {} more", more), more == 0 ? "was" : "were",
                                    what));
    }
    return join(parts, ", ");
}

}
