#include "base/text.h"
#include "scan/silenced.h"
#include "scan/sources.h"
#include "sys/encoding.h"
#include "sys/files/beneath.h"
#include "sys/files/files.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace fairlead::scan {
namespace {

using sys::FileType;
using sys::Path;

// Names of files that people write: what looks binary there is looked at all the same, for secrets of known shape.
bool is_text_name(std::string_view path) {
    constexpr std::string_view ends[] = {
        ".env", ".txt", ".yml", ".yaml", ".json",       ".toml", ".ini",  ".cfg",  ".conf", ".xml", ".sh",
        ".py",  ".js",  ".ts",  ".rb",   ".php",        ".go",   ".java", ".rs",   ".c",    ".cpp", ".h",
        ".cs",  ".tf",  ".sql", ".md",   ".properties", ".pem",  ".key",  ".html", ".css",  ".kt",  ".swift"};
    return std::any_of(std::begin(ends), std::end(ends), [&](std::string_view end) { return path.ends_with(end); });
}

// What of a foreign change is read all the same; hosts of repositories take smaller files only.
constexpr std::uint64_t largest_foreign = sys::largest_content;

report::Finding too_large_by_far(const std::string& file) {
    return {.rule = "scan/too-large",
            .file = file,
            .message = fmt::format("not scanned: it has more than {} MiB, and a foreign change may not leave out "
                                   "files; remove it from the change",
                                   largest_foreign >> 20)};
}

report::Finding too_large(const std::string& file, std::uint64_t size) {
    return {
        .rule = "scan/too-large",
        .severity = report::Severity::warning,
        .file = file,
        .message = fmt::format(
            "not scanned: it has {} bytes, more than max_file_size; raise max_file_size, or exclude the file", size)};
}

report::Finding no_plain_file(const std::string& file, FileType type, report::Severity severity) {
    return {.rule = "scan/unread",
            .severity = severity,
            .file = file,
            .message = fmt::format("not scanned: it is {}; put the file itself there, or remove it",
                                   type == FileType::socket ? "a socket" : "a pipe or a device")};
}

// What a link leads to is not followed; what it says is content of the repository.
Result<void> scan_link(const sys::Root& root, const std::string& path, const std::string& shown,
                       const Collector::Comments& comments, Collector& collector) {
    collector.skip(shown, "symbolic link");
    Fragment fragment{.path = shown, .kind = Piece::link};
    fragment.text = TRY(sys::read_link(root.path() / path));
    return collector.add(fragment, comments);
}

// What is looked at on disk, beneath a root; names in findings start where the repository does.
struct Disk {
    const sys::Root& root;
    const Path top;

    std::string shown(const std::string& path) const {
        return (root.path() / path).lexically_normal().lexically_relative(top).generic_string();
    }
};

// Whether a text may be in an encoding that isn't its own: no UTF-8, or with what ISO-2022 (escapes) and UTF-7 write
// for other letters. What holds a NUL is no text and is judged by its bytes.
bool looks_converted(std::string_view text) {
    if (text.find('\0') != text.npos) return false;
    return !valid_utf8(text) || text.find('\x1b') != text.npos || text.find("+A") != text.npos ||
           text.find("&A") != text.npos;
}

// What git keeps of the tracked files, where a checkout writes other bytes: letters of another encoding hide a secret
// on disk that git shows to everybody.
class Kept {
  public:
    static Result<Kept> of(const sys::Repository& repository, const std::vector<std::string>& tracked) {
        Kept kept(repository);
        for (const std::string& path : tracked) {
            if (path != ".gitattributes" && !path.ends_with("/.gitattributes")) continue;
            const auto rules = TRY(repository.in_index(path));
            kept.all_ = kept.all_ || (rules && rules->find(other_encoding) != rules->npos);
        }
        return kept;
    }
    // Nothing where that is what lies on disk, as far as one can tell from there: a file may have been written under
    // the rules of an earlier commit.
    Result<std::optional<std::string>> other_than(const std::string& path, std::string_view on_disk) const {
        if (!all_ && !looks_converted(on_disk)) return std::optional<std::string>();
        auto content = TRY(repository_.in_index(path));
        if (content == on_disk) content.reset();
        return content;
    }

  private:
    explicit Kept(const sys::Repository& repository) : repository_(repository) {}
    const sys::Repository& repository_;
    bool all_ = false; // a rule of any folder changes encodings: which files it is for, need not be known
};

Result<void> scan_text(Fragment fragment, const Collector::Comments& comments, Collector& collector) {
    const bool is_archive = TRY(collector.add_archive(fragment));
    if (!is_archive)
        if (auto decoded = sys::decoded_text(fragment.text)) fragment.text = std::move(*decoded);
    if (sys::looks_binary(fragment.text)) {
        const bool is_known = is_text_name(fragment.path) || collector.detector().has_rule_for(fragment.path);
        if (!is_known && !collector.leaves_nothing_out()) {
            if (!is_archive) collector.skip(fragment.path, "binary");
            return {};
        }
        if (!is_archive) fragment.kind = Piece::binary;
    }
    return collector.add(fragment, comments);
}

// Whether git or the user means this one; else it lies in a folder, as a program's pipe may.
enum class Meant { no, yes };

// Reads one file as it is on disk. `shown` is its name in findings.
Result<void> scan_file(const sys::Root& root, const std::string& path, const std::string& shown, Meant meant,
                       const Collector::Comments& comments, Collector& collector, const Kept* kept = nullptr) {
    if (collector.skips(shown)) return {};
    TRY_VOID(collector.add_name(shown, ""));
    const sys::FileInfo info = TRY(root.inspect(path));
    switch (info.type) {
    case FileType::file: break;
    case FileType::link: return scan_link(root, path, shown, comments, collector);
    case FileType::folder: collector.skip(shown, "submodule"); return {};
    case FileType::absent: collector.skip(shown, "deleted in the work tree"); return {};
    default:
        collector.skip(shown, "special file");
        collector.note(
            no_plain_file(shown, info.type, meant == Meant::yes ? report::Severity::error : report::Severity::warning));
        return {};
    }
    if (collector.leaves_nothing_out() && info.size > largest_foreign) {
        collector.skip(shown, "too large to be read");
        collector.note(too_large_by_far(shown));
        return {};
    }
    if (info.size > collector.max_file_size() && !collector.leaves_nothing_out()) {
        collector.skip(shown, "larger than max-file-size");
        collector.note(too_large(shown, info.size));
        return {};
    }
    Fragment fragment{.path = shown};
    fragment.text = TRY(root.read(path, collector.leaves_nothing_out() ? largest_foreign : collector.max_file_size()));
    std::optional<std::string> other;
    if (kept) other = TRY(kept->other_than(path, fragment.text));
    TRY_VOID(scan_text(std::move(fragment), comments, collector));
    if (!other) return {};
    if (other->size() > collector.max_file_size() && !collector.leaves_nothing_out()) {
        collector.note(too_large(shown, other->size()));
        return {};
    }
    return scan_text({.path = shown, .text = std::move(*other), .again = true}, comments, collector);
}

Result<void> scan_folder(const Disk& disk, const std::string& folder, const Collector::Comments& comments,
                         Collector& collector) {
    for (const auto& [name, type] : TRY(disk.root.list(folder))) {
        const std::string path = folder == "." ? name : folder + "/" + name;
        if (name == ".git") continue;
        if (type == FileType::folder)
            TRY_VOID(scan_folder(disk, path, comments, collector));
        else
            TRY_VOID(scan_file(disk.root, path, disk.shown(path), Meant::no, comments, collector));
    }
    return {};
}

// A path as the user gave it, whatever holds it.
Result<void> scan_on_disk(const Path& path, const Path& top, const Collector::Comments& comments,
                          Collector& collector) {
    if (std::find(path.begin(), path.end(), ".git") != path.end())
        return usage(fmt::format("{} belongs to git; name files that git tracks", path.string()));
    const sys::Named named = TRY(sys::named_by_person(top, path));
    const auto info = named.root.inspect(named.path);
    if (!info.ok()) return usage(info.error().message);
    if (info->type == FileType::absent)
        return usage(fmt::format("{} does not exist; name a file or a folder", path.string()));
    const Disk disk{named.root, top};
    if (info->type == FileType::folder) return scan_folder(disk, named.path, comments, collector);
    return scan_file(named.root, named.path, disk.shown(named.path), Meant::yes, comments, collector);
}

bool is_below(std::string_view path, std::string_view folder) {
    return folder == "." || path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
}

// The files of the work tree. Those of a submodule have its path in front of theirs; one that isn't checked out stays a
// folder.
Result<std::vector<std::string>> files_of(const sys::Repository& repository, Which which) {
    auto files = TRY(which.untracked_too ? repository.work_tree_files() : repository.tracked_files());
    if (!which.with_submodules) return files;
    const Path root = repository.work_tree();
    std::vector<std::string> all;
    for (std::string& file : files) {
        const bool is_submodule = sys::inspect(root / file).type == FileType::folder;
        const auto inner =
            is_submodule ? sys::Repository::open((root / file).string()) : Result<sys::Repository>(usage(""));
        if (!inner.ok() || Path(inner->work_tree()) == root) {
            all.push_back(std::move(file));
            continue;
        }
        for (const std::string& name : TRY(files_of(inner.value(), which))) all.push_back(file + "/" + name);
    }
    std::sort(all.begin(), all.end());
    return all;
}

Path absolute(const std::string& path) {
    Path whole = std::filesystem::absolute(path).lexically_normal();
    return whole.has_filename() ? whole : whole.parent_path();
}

}

Result<void> scan_tree(const std::optional<sys::Repository>& repository, const std::vector<std::string>& paths,
                       Which which, const Collector::Comments& comments, Collector& collector) {
    if (!repository || repository->work_tree().empty()) {
        const Path here = absolute(".");
        for (const std::string& path : paths) TRY_VOID(scan_on_disk(absolute(path), here, comments, collector));
        if (paths.empty()) TRY_VOID(scan_on_disk(here, here, comments, collector));
        return collector.add_pages(comments);
    }
    const Path root = repository->work_tree();
    const sys::Root tree = TRY(sys::Root::open(root));
    const std::vector<std::string> tracked = TRY(files_of(*repository, which));
    if (tracked.empty() && paths.empty()) {
        const auto head = repository->resolve("HEAD");
        const auto files = repository->folder_at(head.ok() ? head.value() : "", "");
        if (files.ok() && files.value() && !files.value()->empty()) collector.tell_lost_index();
    }
    const Kept kept = TRY(Kept::of(*repository, tracked));
    std::vector<std::string> wanted;
    for (const std::string& path : paths) {
        const std::string folder = absolute(path).lexically_relative(root).generic_string();
        wanted.push_back(folder);
        if (std::none_of(tracked.begin(), tracked.end(), [&](const auto& file) { return is_below(file, folder); }))
            TRY_VOID(scan_on_disk(absolute(path), root, comments, collector));
    }
    for (const std::string& file : tracked) {
        if (wanted.empty() ||
            std::any_of(wanted.begin(), wanted.end(), [&](const auto& folder) { return is_below(file, folder); }))
            TRY_VOID(scan_file(tree, file, file, Meant::yes, comments, collector, &kept));
    }
    return collector.add_pages(comments);
}

}
