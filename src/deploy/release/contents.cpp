#include "deploy/release/contents.h"
#include "base/printable.h"
#include "base/text.h"
#include "sys/data/archive.h"
#include "sys/digest.h"
#include "sys/files/beneath.h"
#include "sys/files/rights.h"
#include "sys/files/tree_builder.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace fairlead::deploy {

namespace {

using sys::FileType;
using sys::Member;

unsigned mode_of(char kind) { return kind == 'x' ? 0755u : 0644u; }

// A name by itself, or below a folder that is named.
bool is_excluded(const std::vector<std::string>& exclude, std::string_view path) {
    return is_left_out(path) || std::any_of(exclude.begin(), exclude.end(), [&](const std::string& pattern) {
               return glob_match(pattern, path) || glob_match(pattern, std::string(path) + "/");
           });
}

bool is_excluded_with_parents(const std::vector<std::string>& exclude, std::string_view path) {
    for (auto slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1))
        if (is_excluded(exclude, path.substr(0, slash))) return true;
    return is_excluded(exclude, path);
}

Error no_plain_file(std::string_view path) {
    return no(fmt::format("'{}' is not a file, folder or link; leave it out with release.exclude", one_line(path)));
}

class Walker {
  public:
    // Without `exclude` all is listed.
    Walker(const sys::Root& root, const std::vector<std::string>* exclude, const ContentLimits& limits)
        : root_(root), exclude_(exclude), limits_(limits) {}

    Result<void> enter(const std::string& folder, const std::string& prefix) {
        for (const auto& one : TRY(root_.list(folder, sys::Links::refused))) {
            auto path = prefix + one.name;
            if (!exclude_ || !is_excluded(*exclude_, path)) TRY_VOID(add(std::move(path), one.type));
        }
        return {};
    }
    std::vector<Entry> entries;

  private:
    Result<void> add(std::string path, FileType type) {
        if (type == FileType::folder) {
            entries.push_back({path, 'd', {}, 0});
            TRY_VOID(check_limits(entries.size(), bytes_, limits_, Stage::built));
            return enter(path, path + "/");
        }
        if (type == FileType::link) {
            auto target = TRY(sys::read_link(root_.path() / path));
            entries.push_back({std::move(path), 'l', std::move(target), 0});
        } else if (type == FileType::file) {
            const auto info = TRY(root_.inspect(path, sys::Links::refused));
            bytes_ += info.size;
            TRY_VOID(check_limits(entries.size(), bytes_, limits_, Stage::built));
            const auto file = TRY(root_.open_file(path, sys::Links::refused));
            auto digest = TRY(sys::sha256_of(file, path));
            auto rights = exclude_ ? sys::rights_of(file, info.mode) : std::vector<Right>();
            entries.push_back({std::move(path), (info.mode & 0100u) != 0 ? 'x' : 'f', std::move(digest), info.size,
                               std::move(rights)});
        } else {
            return no_plain_file((root_.path() / path).string());
        }
        return check_limits(entries.size(), bytes_, limits_, Stage::built);
    }

    const sys::Root& root_;
    const std::vector<std::string>* const exclude_;
    const ContentLimits limits_;
    std::uint64_t bytes_ = 0;
};

// All of a member's content.
template <typename Take>
Result<void> each_piece(sys::Archive& archive, Take take) {
    while (true) {
        const auto piece = TRY(archive.read());
        if (piece.empty()) return {};
        TRY_VOID(take(piece));
    }
}

// The members of an archive, judged one by one before any is made.
class Unpacker {
  public:
    Unpacker(const std::vector<std::string>& exclude, const ContentLimits& limits, sys::TreeBuilder* to)
        : exclude_(exclude), limits_(limits), to_(to) {}

    Result<void> take(const Member& member, sys::Archive& archive) {
        const auto& path = member.path;
        if (path == "." && member.kind == Member::Kind::folder) return {};
        TRY_VOID(check_path(path));
        if (is_excluded_with_parents(exclude_, path)) return {};
        if (member.kind == Member::Kind::other) return no_plain_file(path);
        TRY_VOID(add_parents(path));
        const auto there = entries_.find(path);
        const bool folder = member.kind == Member::Kind::folder;
        if (there != entries_.end()) {
            if (folder && there->second.kind == 'd') return {};
            return no(fmt::format("'{}' is in the archive twice; pack it again", one_line(path)));
        }
        if (folder) return add({path, 'd', {}, 0, member.rights});
        if (member.kind == Member::Kind::link && member.target.empty())
            return no(fmt::format("link '{}' leads nowhere; pack the release again", one_line(path)));
        if (member.kind == Member::Kind::link) return add({path, 'l', member.target, 0});
        if (member.kind == Member::Kind::hard_link) return add_hard_link(member);
        return add_file(member, archive);
    }

    std::vector<Entry> finish() && {
        std::vector<Entry> entries;
        for (auto& one : entries_) entries.push_back(std::move(one.second));
        return entries;
    }

  private:
    static Result<void> check_path(std::string_view path) {
        if (path.starts_with('/'))
            return no(fmt::format("'{}' is an absolute name; pack the release with names from its own folder",
                                  one_line(path)));
        for (const auto& name : split(path, '/')) {
            if (name == "..") return no(fmt::format("'{}' leads out of the release", one_line(path)));
            if (name.empty() || name == "." || name.size() > 255)
                return no(fmt::format("'{}' is not a valid file name; pack the release again", one_line(path)));
        }
        return {};
    }

    Result<void> add_parents(const std::string& path) {
        for (auto slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1)) {
            const auto parent = path.substr(0, slash);
            const auto there = entries_.find(parent);
            if (there == entries_.end()) TRY_VOID(add({parent, 'd', {}, 0}));
            if (there == entries_.end() || there->second.kind == 'd') continue;
            return no(
                fmt::format("'{}' is in '{}', which is not a folder in the archive", one_line(path), one_line(parent)));
        }
        return {};
    }

    Result<void> add(Entry entry) {
        bytes_ += entry.size;
        TRY_VOID(check_limits(entries_.size() + 1, bytes_, limits_, Stage::built));
        if (to_ && entry.kind == 'd') TRY_VOID(to_->folder(entry.path));
        if (to_ && entry.kind == 'l') TRY_VOID(to_->link(entry.path, entry.content));
        auto path = entry.path;
        entries_.emplace(std::move(path), std::move(entry));
        return {};
    }

    Result<void> add_file(const Member& member, sys::Archive& archive) {
        // Before any of it is written.
        TRY_VOID(check_limits(entries_.size() + 1, bytes_ + member.size, limits_, Stage::built));
        const char kind = member.executable ? 'x' : 'f';
        if (!to_) {
            sys::Sha256 digest;
            TRY_VOID(each_piece(archive, [&](std::string_view piece) -> Result<void> {
                digest.add(piece);
                return {};
            }));
            return add({member.path, kind, digest.finish(), member.size, member.rights});
        }
        auto file = TRY(to_->file(member.path));
        TRY_VOID(each_piece(archive, [&](std::string_view piece) { return file.write(piece); }));
        auto digest = TRY(file.finish({.mode = mode_of(kind)}));
        return add({member.path, kind, std::move(digest), member.size, member.rights});
    }

    // The same file once more, within the release.
    Result<void> add_hard_link(const Member& member) {
        const auto target = sys::plain_member_path(member.target);
        const auto there = entries_.find(target);
        if (there == entries_.end() || (there->second.kind != 'f' && there->second.kind != 'x')) {
            return no(fmt::format("'{}' is a hard link to '{}', but no such file comes before it in the archive; pack "
                                  "the release with --hard-dereference",
                                  one_line(member.path), one_line(member.target)));
        }
        auto entry = there->second;
        entry.path = member.path;
        TRY_VOID(check_limits(entries_.size() + 1, bytes_ + entry.size, limits_, Stage::built)); // before it is made
        if (to_) TRY_VOID(to_->hard_link(target, member.path));
        return add(std::move(entry));
    }

    const std::vector<std::string>& exclude_;
    const ContentLimits& limits_;
    sys::TreeBuilder* const to_;
    std::map<std::string, Entry> entries_;
    std::uint64_t bytes_ = 0;
};

}

Result<void> check_limits(std::uint64_t files, std::uint64_t bytes, const ContentLimits& limits, Stage stage) {
    const bool prepared = stage == Stage::prepared;
    const auto over = [&](const std::string& limit, std::string_view key) {
        return no(fmt::format("{} more than {}; {}, or raise {} if the size is intended",
                              prepared ? "after prepare, the release has" : "the release has", limit,
                              prepared ? "let prepare create less" : "exclude files with release.exclude", key));
    };
    if (files > limits.files) return over(fmt::format("{} files", limits.files), "release.max_files");
    if (bytes > limits.bytes) return over(fmt::format("{} MiB", limits.bytes >> 20), "release.max_size");
    return {};
}

bool is_left_out(std::string_view path) {
    static constexpr std::string_view names[] = {".git", ".fairlead", "__pycache__", ".pytest_cache", ".coverage"};
    for (const auto& part : split(path, '/')) {
        if (std::find(std::begin(names), std::end(names), part) != std::end(names)) return true;
        if (part.ends_with(".pyc")) return true;
        if ((part == ".env" || part.starts_with(".env.")) && !part.ends_with(".example")) return true;
    }
    return false;
}

Result<std::vector<Entry>> list_folder_entries(const sys::Path& folder, const std::vector<std::string>& exclude,
                                               const ContentLimits& limits) {
    const auto root = TRY(sys::Root::open(folder));
    Walker walker(root, &exclude, limits);
    TRY_VOID(walker.enter(".", ""));
    return std::move(walker.entries);
}

Result<std::vector<Entry>> list_everything(const sys::Path& folder) {
    constexpr auto any = ~std::uint64_t{0};
    const auto root = TRY(sys::Root::open(folder));
    Walker walker(root, nullptr, {any, any, any});
    TRY_VOID(walker.enter(".", ""));
    return std::move(walker.entries);
}

Result<std::vector<Entry>> read_archive(const sys::Path& path, const std::vector<std::string>& exclude,
                                        const ContentLimits& limits, sys::TreeBuilder* to) {
    constexpr std::uint64_t header = 2048; // of a member: its own, those of a long name, what pads its content
    auto archive = TRY(sys::Archive::open(
        path, {.bytes = limits.bytes + limits.files * header, .members = limits.files * 2, .ratio = limits.ratio}));
    return read_members(archive, exclude, limits, to);
}

Result<std::vector<Entry>> read_members(sys::Archive& archive, const std::vector<std::string>& exclude,
                                        const ContentLimits& limits, sys::TreeBuilder* to) {
    Unpacker unpacker(exclude, limits, to);
    while (true) {
        const auto member = TRY(archive.next());
        if (!member) return std::move(unpacker).finish();
        TRY_VOID(unpacker.take(*member, archive));
    }
}

Result<void> copy_entries(const sys::Path& folder, const std::vector<Entry>& entries, sys::TreeBuilder& to) {
    const auto root = TRY(sys::Root::open(folder));
    const auto changed = [&](const Entry& entry) {
        return no(fmt::format("'{}' changed while it was copied; name it in release.exclude, or run again when nothing "
                              "writes to it",
                              (folder / entry.path).string()));
    };
    for (const auto& entry : entries) {
        if (entry.kind == 'd') TRY_VOID(to.folder(entry.path));
        if (entry.kind == 'l') TRY_VOID(to.link(entry.path, entry.content));
        if (entry.kind != 'f' && entry.kind != 'x') continue;
        const auto source = root.open_file(entry.path, sys::Links::refused);
        if (!source.ok() || source->size != entry.size) return changed(entry);
        auto file = TRY(to.file(entry.path));
        TRY_VOID(
            sys::read_pieces(source.value(), entry.path, [&](std::string_view piece) { return file.write(piece); }));
        const auto digest = TRY(file.finish({.mode = mode_of(entry.kind)}));
        if (digest != entry.content) return changed(entry);
    }
    return {};
}

Dropped dropped_of(const std::vector<Entry>& entries) {
    Dropped dropped;
    for (const Entry& entry : entries) dropped.add(entry.path, entry.rights);
    return dropped;
}

std::string digest_of(const std::vector<Entry>& entries) {
    std::vector<std::string> lines;
    for (const auto& entry : entries) lines.push_back(entry.path + '\0' + entry.kind + '\0' + entry.content + '\n');
    std::sort(lines.begin(), lines.end());
    return sys::sha256(join(lines, ""));
}

}
