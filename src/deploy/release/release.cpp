#include "deploy/release/release.h"
#include "base/text.h"
#include "deploy/record/record.h"
#include "ledger/checked.h"
#include "sys/data/json.h"
#include "sys/files/tree_builder.h"
#include "sys/git/repository.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

using sys::Path;

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// Files that differ from the commit are not of it, and nobody may look for them there: `1a2b…-dirty`.
Result<std::string> commit_at(const std::string& path) {
    const auto unclear = [&](const Error& error) {
        return no(
            fmt::format("the commit of '{}' can't be determined: {}; name it with --commit", path, error.message));
    };
    const auto repository = sys::Repository::open(path);
    if (!repository.ok())
        return sys::Repository::is_missing(repository.error()) ? Result<std::string>("") : unclear(repository.error());
    const auto commit = repository->head_commit().value_or("");
    if (commit.empty()) return commit;
    const auto dirty = repository->is_dirty();
    if (!dirty.ok()) return unclear(dirty.error());
    return dirty.value() ? commit + std::string(dirty_suffix) : commit;
}

std::string short_commit(std::string_view commit) {
    const auto plain = without_dirty(commit);
    return std::string(plain.substr(0, 12)) += commit.substr(plain.size());
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

}

std::string_view without_dirty(std::string_view commit) {
    if (commit.ends_with(dirty_suffix)) commit.remove_suffix(dirty_suffix.size());
    return commit;
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

ContentLimits limits_of(const Settings& settings) {
    return {settings.max_size, settings.max_files, settings.max_ratio};
}

namespace {

Result<std::vector<Entry>> entries_of(const Settings& settings, const Release& release) {
    if (release.is_archive) return read_archive(release.source, release.exclude, limits_of(settings), nullptr);
    return list_folder_entries(release.source, release.exclude, limits_of(settings));
}

}

Result<ReleaseInfo> name_release(const Settings& settings, const std::string& path, const std::string& version,
                                 const std::string& commit, const std::string& digest) {
    ReleaseInfo info{.digest = digest, .commit = commit};
    if (commit.empty()) info.commit = TRY(commit_at(path));
    info.version = !version.empty()                    ? version
                   : !settings.release_version.empty() ? settings.release_version
                                                       : short_commit(info.commit);
    if (info.version.empty()) info.version = "0";
    TRY_VOID(check_version(info.version));
    info.id = release_id(info.version, info.digest);
    return info;
}

Result<Release> read_release(const Settings& settings, const std::string& version, const std::string& commit) {
    Release release{.source = settings.release_path};
    std::error_code error;
    if (!std::filesystem::exists(release.source, error)) {
        return usage(fmt::format("release '{}' is not there; deploy.release.path names a folder or a tar archive",
                                 settings.release_path));
    }
    release.is_archive = std::filesystem::is_regular_file(release.source, error);
    if (!release.is_archive && !std::filesystem::is_directory(release.source, error))
        return usage(
            fmt::format("release '{}' is a pipe, a socket or a device; deploy.release.path names a folder or a "
                        "tar archive",
                        settings.release_path));
    release.exclude = settings.exclude;
    for (const auto& word : settings.shared) {
        const auto path = word.substr(0, word.find_last_not_of('/') + 1);
        release.exclude.insert(release.exclude.end(), {path, path + "/**"});
    }
    std::vector<std::string> ours;
    for (const auto& own : {settings.root, settings.state, settings.env_file}) {
        const auto inner = Path(own).lexically_relative(release.source).string();
        if (release.is_archive || own.empty() || inner.empty() || inner.starts_with("..")) continue;
        ours.push_back(inner);
        release.exclude.insert(release.exclude.end(), {inner, inner + "/**"});
    }
    release.entries = TRY(entries_of(settings, release));
    for (const auto& inner : ours) drop_empty_parents(release.entries, inner);
    TRY_VOID(check_links(release.entries));
    if (release.entries.empty()) return no(fmt::format("release '{}' is empty", settings.release_path));
    for (const auto& entry : release.entries) release.bytes += entry.size;
    release.info = TRY(name_release(settings, settings.release_path, version, commit, digest_of(release.entries)));
    return release;
}

namespace {

Result<void> fill(const Settings& settings, const Release& release, sys::TreeBuilder& builder) {
    if (!release.is_archive) return copy_entries(release.source, release.entries, builder);
    const auto made = TRY(read_archive(release.source, release.exclude, limits_of(settings), &builder));
    if (digest_of(made) == release.info.digest) return {};
    return no(fmt::format("'{}' changed while it was unpacked; run again when nothing writes to it",
                          release.source.string()));
}

}

Result<void> build_release(const Settings& settings, const Release& release, const sys::Path& to) {
    constexpr unsigned all = 0777, sealed = 0555; // already, where nothing is to be prepared
    auto builder = TRY(sys::TreeBuilder::create(to, settings.prepare.empty() ? sealed : all));
    auto filled = fill(settings, release, builder);
    if (!filled.ok()) [[maybe_unused]]
        const auto removed = sys::remove_tree(to); // why is said already
    return filled;
}

std::string to_json(const ReleaseInfo& info, const std::string& of) {
    return ledger::checked_text({{"schema", 1},
                                 {"id", info.id},
                                 {"version", info.version},
                                 {"digest", info.digest},
                                 {"commit", info.commit},
                                 {"sealed", info.sealed},
                                 {"prepared", info.prepared},
                                 {"carries", info.carries}},
                                of);
}

Result<ReleaseInfo> parse_release_info(std::string_view text, const std::string& file, const std::string& of) {
    const auto object = TRY(ledger::read_checked(text, file, of, domain.tool));
    ReleaseInfo info;
    for (const auto& [name, member] :
         {std::pair{"id", &ReleaseInfo::id}, std::pair{"version", &ReleaseInfo::version},
          std::pair{"digest", &ReleaseInfo::digest}, std::pair{"commit", &ReleaseInfo::commit}}) {
        const auto found = object.find(name);
        if (found == object.end() || !found->is_string())
            return could_not(fmt::format("this is not a record of a release: '{}' is missing", name),
                             {.file = file, .line = 1});
        info.*member = found->get<std::string>();
    }
    if (const auto sealed = object.find("sealed"); sealed != object.end() && sealed->is_string())
        info.sealed = sealed->get<std::string>();
    info.prepared = object.value("prepared", sys::Json()) == sys::Json(true);
    info.carries = object.value("carries", sys::Json()) == sys::Json(true);
    return info;
}

}
