#include "deploy/release.h"
#include "base/text.h"
#include "sys/digest.h"
#include "sys/git.h"
#include "sys/json.h"
#include "sys/process.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

using sys::FileType;
using sys::Path;

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

struct Walker {
    const std::vector<std::string>& exclude;
    std::vector<Entry> entries;

    bool excluded(const std::string& path) const {
        return is_left_out(path) || std::any_of(exclude.begin(), exclude.end(), [&](const std::string& pattern) {
                   return glob_match(pattern, path) || glob_match(pattern, path + "/");
               });
    }

    Result<void> enter(const Path& folder, const std::string& prefix) {
        for (const auto& name : TRY(sys::list_folder(folder))) {
            const auto path = prefix + name;
            if (!excluded(path)) TRY_VOID(add(folder / name, path));
        }
        return {};
    }

    Result<void> add(const Path& file, const std::string& path) {
        const auto info = sys::inspect(file);
        switch (info.type) {
        case FileType::folder: entries.push_back({path, 'd', {}, 0}); return enter(file, path + "/");
        case FileType::link: {
            auto target = TRY(sys::read_link(file));
            entries.push_back({path, 'l', std::move(target), 0});
            return {};
        }
        case FileType::file: {
            auto digest = TRY(sys::sha256_file(file.string()));
            entries.push_back({path, (info.mode & 0100u) != 0 ? 'x' : 'f', std::move(digest), info.size});
            return {};
        }
        default:
            return no(fmt::format("'{}' is no file, folder or link; leave it out with release.exclude", file.string()));
        }
    }
};

// The archive's files in a folder of their own. tar refuses names that lead out of it by itself.
Result<std::shared_ptr<sys::TemporaryFolder>> unpack(const std::string& archive) {
    auto folder = std::make_shared<sys::TemporaryFolder>(TRY(sys::TemporaryFolder::make("fairlead-release")));
    const auto output =
        TRY(sys::run({.argv = {"tar", "-xf", archive, "--no-same-owner", "-C", folder->path().string()}}));
    if (output.status == 0) return folder;
    return no(fmt::format("release '{}' can't be unpacked: {}", archive, trim(output.err)));
}

std::string commit_at(const std::string& path) {
    const auto repository = sys::Repository::open(path);
    return repository.ok() ? repository->head_commit().value_or("") : "";
}

// Folders that are only there because our own lie below them, in a release's folder, are no part of it: what was
// deployed once would be another release the next time.
void drop_empty_parents(std::vector<Entry>& entries, const Path& own) {
    for (auto parent = own.parent_path(); !parent.empty(); parent = parent.parent_path()) {
        const auto path = parent.string(), below = path + "/";
        if (std::any_of(entries.begin(), entries.end(), [&](const auto& one) { return one.path.starts_with(below); }))
            return;
        std::erase_if(entries, [&](const auto& one) { return one.path == path; });
    }
}

Error changed(const Release& release) {
    return no(
        fmt::format("'{}' changed while it was copied; run again when nothing writes there", release.folder.string()));
}

}

std::string digest_of(const std::vector<Entry>& entries) {
    std::vector<std::string> lines;
    for (const auto& entry : entries) lines.push_back(entry.path + '\0' + entry.kind + '\0' + entry.content + '\n');
    std::sort(lines.begin(), lines.end());
    return sys::sha256(join(lines, ""));
}

std::string release_id(std::string_view version, std::string_view digest) {
    return fmt::format("{}-{}", version, digest.substr(0, 12));
}

std::string version_of(std::string_view id) {
    const auto dash = id.rfind('-');
    return std::string(id.substr(0, dash == std::string_view::npos ? 0 : dash));
}

Result<void> check_version(std::string_view version) {
    const auto allowed = [](char c) { return is_word(c) || c == '.' || c == '_' || c == '+' || c == '-'; };
    if (!version.empty() && version.size() <= 64 && is_word(version[0]) &&
        std::all_of(version.begin(), version.end(), allowed)) {
        return {};
    }
    return usage(
        fmt::format("version '{}' can't name a release; it takes letters, digits and . _ + -, at most 64", version));
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

Result<std::vector<Entry>> list_entries(const Path& folder, const std::vector<std::string>& exclude) {
    Walker walker{exclude, {}};
    TRY_VOID(walker.enter(folder, ""));
    return std::move(walker.entries);
}

Result<Release> read_release(const Settings& settings, const std::string& version, const std::string& commit) {
    Release release{.folder = settings.release_path};
    std::error_code error;
    if (!std::filesystem::exists(release.folder, error)) {
        return usage(fmt::format("release '{}' is not there; deploy.release.path names a folder or a tar archive",
                                 settings.release_path));
    }
    release.info.commit = commit.empty() ? commit_at(settings.release_path) : commit;
    if (std::filesystem::is_regular_file(release.folder, error)) {
        release.unpacked = TRY(unpack(settings.release_path));
        release.folder = release.unpacked->path();
    }
    auto exclude = settings.exclude;
    for (const auto& path : settings.shared) exclude.insert(exclude.end(), {path, path + "/**"});
    std::vector<std::string> ours;
    for (const auto& own : {settings.root, settings.state, settings.env_file}) {
        const auto inner = Path(own).lexically_relative(release.folder).string();
        if (own.empty() || inner.empty() || inner.starts_with("..")) continue;
        ours.push_back(inner);
        exclude.insert(exclude.end(), {inner, inner + "/**"});
    }
    release.entries = TRY(list_entries(release.folder, exclude));
    for (const auto& inner : ours) drop_empty_parents(release.entries, inner);
    if (release.entries.empty()) return no(fmt::format("release '{}' is empty", settings.release_path));
    for (const auto& entry : release.entries) release.bytes += entry.size;
    auto& info = release.info;
    info.version = !version.empty()                    ? version
                   : !settings.release_version.empty() ? settings.release_version
                                                       : info.commit.substr(0, 12);
    if (info.version.empty()) info.version = "0";
    TRY_VOID(check_version(info.version));
    info.digest = digest_of(release.entries);
    info.id = release_id(info.version, info.digest);
    return release;
}

Result<void> copy_release(const Release& release, const Path& to) {
    TRY_VOID(sys::make_folders(to));
    for (const auto& entry : release.entries) {
        if (entry.kind == 'd')
            TRY_VOID(sys::make_folders(to / entry.path));
        else
            TRY_VOID(sys::copy_tree(release.folder / entry.path, to / entry.path));
    }
    if (digest_of(TRY(list_entries(to, {}))) != release.info.digest) return changed(release);
    return sys::sync_tree(to);
}

std::string to_json(const ReleaseInfo& info) {
    return sys::dump_json({{"schema", 1},
                           {"id", info.id},
                           {"version", info.version},
                           {"digest", info.digest},
                           {"commit", info.commit},
                           {"prepared", info.prepared}}) +
           "\n";
}

Result<ReleaseInfo> parse_release_info(std::string_view text, const std::string& file) {
    const auto object = TRY(sys::parse_json(text, file));
    if (!object.is_object()) return could_not("this is no record of a release", {.file = file});
    ReleaseInfo info;
    for (const auto& [name, member] :
         {std::pair{"id", &ReleaseInfo::id}, std::pair{"version", &ReleaseInfo::version},
          std::pair{"digest", &ReleaseInfo::digest}, std::pair{"commit", &ReleaseInfo::commit}}) {
        const auto found = object.find(name);
        if (found == object.end() || !found->is_string())
            return could_not(fmt::format("'{}' is missing", name), {.file = file});
        info.*member = found->get<std::string>();
    }
    info.prepared = object.value("prepared", sys::Json()) == sys::Json(true);
    return info;
}

}
