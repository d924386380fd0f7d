#include "deploy/direct/shelf.h"
#include "base/printable.h"
#include "base/text.h"
#include "deploy/direct/shared.h"
#include "deploy/direct/surroundings.h"
#include "deploy/direct/user.h"
#include "deploy/release/sealed.h"
#include "sys/files/log.h"
#include "sys/files/tree_builder.h"
#include "sys/process/process.h"
#include "sys/process/supervise.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace fairlead::deploy {

namespace {

using sys::FileType;

// By it a deployment finds what a prepare below the same root left; sys::Adoption does not depend on it.
constexpr const char* prepare_mark = "FAIRLEAD_PREPARE";

// What is below a release once its shared paths are links.
std::vector<Entry> with_shared(std::vector<Entry> entries, const std::vector<std::string>& shared,
                               const sys::Path& to) {
    std::set<std::string> there;
    for (const auto& entry : entries) there.insert(entry.path);
    for (const auto& one : shared) {
        const auto path = sys::Path(shared_path(one)).lexically_normal();
        for (auto above = path.parent_path(); !above.empty(); above = above.parent_path())
            if (there.insert(above.string()).second) entries.push_back({above.string(), 'd', {}, 0});
        entries.push_back({path.string(), 'l', (to / shared_path(one)).string(), 0});
    }
    return entries;
}

// Of layout.building(); empty: it is none.
std::string marked_by(std::string_view name) {
    const auto mark = Layout{}.building("").filename().string();
    return name.starts_with(mark) ? std::string(name.substr(mark.size())) : std::string();
}

// "1.4.0-0123456789ab"; anything else below releases is somebody's own.
bool names_release(std::string_view id) {
    constexpr std::size_t digits = 12;
    const auto digest = id.substr(std::min(id.rfind('-'), id.size() - 1) + 1);
    return digest.size() == digits && id.size() > digits + 1 &&
           digest.find_first_not_of("0123456789abcdef") == digest.npos;
}

// Byte code of an application that may write there, say, which is no harm and comes and goes.
Result<std::vector<Entry>> list_as_sealed(const sys::Path& folder) {
    auto entries = TRY(list_everything(folder));
    std::erase_if(entries, [](const Entry& entry) { return is_left_out(entry.path); });
    return entries;
}

std::string processes(std::size_t number) { return number == 1 ? "1 process" : fmt::format("{} processes", number); }

}

bool Shelf::is_mark(std::string_view name) { return !marked_by(name).empty(); }

Result<std::optional<sys::User>> Shelf::other_user() const {
    auto user = TRY(target_user(world_.settings));
    if (user && user->uid == sys::own_user()) user.reset();
    return user;
}

Result<void> Shelf::remove_unfinished() const {
    if (sys::inspect(layout_.releases()).type != FileType::folder) return {};
    for (const auto& name : TRY(sys::list_folder(layout_.releases()))) {
        if (!name.starts_with('.')) continue;
        const auto id = marked_by(name);
        const auto info = id.empty() ? Result<std::optional<ReleaseInfo>>(std::nullopt) : world_.store.release(id);
        if (!info.ok()) continue; // nobody knows
        const bool whole = info.value() && info.value()->prepared;
        if (!id.empty() && !whole) TRY_VOID(drop(id));
        TRY_VOID(sys::remove_tree(layout_.releases() / name));
    }
    return {};
}

// A release that lost its record is none of those that go.
Result<void> Shelf::drop(const std::string& id) const {
    const auto going = layout_.unfinished(id);
    TRY_VOID(sys::remove_tree(going));
    if (sys::inspect(layout_.release(id)).type != FileType::absent)
        TRY_VOID(sys::rename_path(layout_.release(id), going));
    TRY_VOID(world_.store.forget_release(id));
    TRY_VOID(sys::remove_tree(going));
    return sys::remove_tree(layout_.building(id));
}

Result<std::string> Shelf::set_aside(const std::string& id) const {
    const auto written = app_data_in(id);
    if (written.ok() && written->files.empty()) return std::string(); // unreadable: nobody knows
    for (unsigned number = 1;; ++number) {
        const auto to = layout_.kept(id, number);
        if (sys::inspect(to).type != FileType::absent) continue;
        TRY_VOID(sys::rename_path(layout_.release(id), to));
        return to.string();
    }
}

Result<void> Shelf::fetch(const Release& release, const std::vector<std::string>& running) {
    const auto& info = release.info;
    const auto known = TRY(world_.store.release(info.id));
    const bool runs = std::find(running.begin(), running.end(), info.id) != running.end();
    TRY_VOID(end_earlier()); // it may still write to releases
    TRY_VOID(sys::make_open_folders(layout_.releases()));
    TRY_VOID(remove_unfinished());
    if (known && known->prepared && sys::inspect(layout_.release(info.id)).type == FileType::folder) {
        const auto checked = check(*known);
        auto whole = *known;
        whole.digest = info.digest; // of one that was recorded again nobody knew it
        whole.commit = info.commit;
        const auto added = checked.ok() && checked_ == info.id ? added_ : std::string();
        if (checked.ok() && (added.empty() || runs))
            return known->digest.empty() ? world_.store.write(whole) : Result<void>();
        if (runs) return no(checked.error().message + "; it runs, so deploy it again under another version");
        const auto what = checked.ok() ? fmt::format("release {} has changed since it was sealed: {}", info.id, added)
                                       : checked.error().message;
        const auto aside = TRY(set_aside(info.id));
        sys::log_warning(fmt::format("{}; the release is made again{}", what,
                                     aside.empty() ? "" : fmt::format(", and what was there is kept in '{}'", aside)));
    } else if (runs) { // only its record was lost: nothing is replaced below a process that runs
        const auto entries = TRY(list_as_sealed(layout_.release(info.id)));
        return world_.store.write_sealed(info, entries);
    }
    TRY_VOID(check_room(release));
    TRY_VOID(drop(info.id));
    TRY_VOID(world_.store.write(info)); // first: what lies there without a record has lost it
    TRY_VOID(sys::write_file(layout_.building(info.id), ""));
    TRY_VOID(make(release));
    if (!world_.settings.prepare.empty()) return {};
    made_of_ = info.id;
    made_ = with_shared(release.entries, world_.settings.shared, layout_.shared());
    return {};
}

Result<void> Shelf::check_room(const Release& release) const {
    const auto free = TRY(sys::free_bytes(layout_.releases()));
    const auto needed = release.bytes * 2 + spare_bytes;
    if (free >= needed) return {};
    return could_not(fmt::format("'{}' has {} MiB left, the release needs {} MiB; make room or lower retain.releases",
                                 layout_.root.string(), free >> 20, needed >> 20));
}

Result<void> Shelf::make(const Release& release) const {
    const auto user = TRY(other_user());
    const auto unfinished = layout_.unfinished(release.info.id);
    TRY_VOID(build_release(world_.settings, release, unfinished));
    TRY_VOID(link_shared(unfinished, user ? &*user : nullptr));
    // Nobody but us could come in until here; now the user whose prepare works in it can, and nobody else.
    if (user && !world_.settings.prepare.empty()) TRY_VOID(sys::give_tree(unfinished, *user));
    return sys::rename_path(unfinished, layout_.release(release.info.id));
}

Result<void> Shelf::link_shared(const sys::Path& folder, const sys::User* user) const {
    if (!world_.settings.shared.empty()) TRY_VOID(sys::make_open_folders(layout_.shared()));
    for (const auto& word : world_.settings.shared) {
        const auto path = shared_path(word);
        const auto kind = kind_of_shared(world_.settings, layout_, word);
        if (!kind.ok()) return no(kind.error().message); // it changed since it was looked at first
        auto parent = folder;
        for (const auto& part : sys::Path(path).parent_path()) {
            parent /= part;
            if (sys::inspect(parent).type != FileType::link) continue;
            return no(
                fmt::format("shared path '{}' goes through '{}', a link in the release that would lead out of it; "
                            "replace the link by a folder, or share another path",
                            path, parent.lexically_relative(folder).string()));
        }
        if (kind.value() == SharedKind::folder) TRY_VOID(sys::make_folders_of(layout_.shared(), path, user));
        TRY_VOID(sys::make_open_folders(parent));
        TRY_VOID(sys::replace_symlink(layout_.shared() / path, folder / path));
    }
    return {};
}

Result<void> Shelf::prepare(const ReleaseInfo& release, const std::vector<std::vector<std::string>>& commands) {
    const auto info = TRY(world_.store.release(release.id)).value_or(release);
    if (info.prepared) return {};
    if (!commands.empty()) TRY_VOID(end_earlier());
    for (const auto& argv : commands) TRY_VOID(run(argv, release));
    if (!commands.empty()) TRY_VOID(check_prepared(layout_.release(info.id), limits_of(world_.settings)));
    TRY_VOID(seal(info));
    checked_ = release.id;
    added_.clear();
    return {};
}

Result<void> Shelf::run(const std::vector<std::string>& argv, const ReleaseInfo& release) {
    const auto user = TRY(target_user(world_.settings));
    auto own = assignments(world_.variables);
    const auto told = told_of_release(world_.settings, release);
    own.insert(own.end(), told.begin(), told.end());
    own.emplace_back(prepare_mark, layout_.root.string());
    const auto folder = layout_.release(release.id);
    const auto environment = application_environment(world_.process, user ? &*user : nullptr, own);
    auto words = argv;
    words[0] = TRY(require_program("prepare", argv[0], path_in(environment), folder));
    sys::Adoption adoption;
    auto ran = world_.host.run({.argv = words,
                                .folder = folder.string(),
                                .environment = environment,
                                .timeout = world_.settings.prepare_timeout,
                                .keep_partial = true,
                                .user = user ? &*user : nullptr,
                                .dies_with_us = true});
    const auto ended = adoption.end(); // however it went: nothing of it writes to what is sealed
    const auto command = one_line(join(argv, " "));
    if (ended.ok() && ended.value() > 0)
        sys::log_warning(fmt::format("fairlead-deploy ended {1} that prepare '{0}' left running", command,
                                     processes(ended.value())));
    const auto done = TRY(std::move(ran));
    output_ = done.out + done.err + (done.truncated ? "\n[cut]\n" : "");
    if (done.timed_out)
        return no(fmt::format("prepare '{}' was not done after {} and was ended; raise target.prepare_timeout if it "
                              "may take longer",
                              command, format_duration(world_.settings.prepare_timeout)));
    if (done.status != 0) return no(fmt::format("prepare '{}' ended with status {}", command, done.status));
    if (!ended.ok()) return could_not(fmt::format("prepare '{}' left {}", command, ended.error().message));
    return {};
}

Result<void> Shelf::end_earlier() const {
    const auto user = TRY(target_user(world_.settings));
    auto ended = TRY(sys::end_survivors(fmt::format("{}={}", prepare_mark, layout_.root.string()),
                                        user ? user->uid : sys::own_user(), sys::Terminals::too));
    // One that cleared its variables still works in the release: nothing else does before that is prepared.
    for (const auto& id : TRY(world_.store.releases())) {
        const auto info = world_.store.release(id);
        std::error_code error;
        const auto folder = std::filesystem::canonical(layout_.release(id), error);
        if (error || !info.ok() || !info.value() || info.value()->prepared) continue;
        ended += TRY(sys::end_workers_in(folder.string(), user ? user->uid : sys::own_user()));
    }
    if (ended > 0)
        sys::log_warning(fmt::format(
            "an earlier prepare, whose deployment was killed, still ran; fairlead-deploy ended {}", processes(ended)));
    return {};
}

Result<void> Shelf::seal(const ReleaseInfo& info) {
    const auto user = TRY(other_user());
    const auto folder = layout_.release(info.id), unfinished = layout_.unfinished(info.id);
    if (!user || world_.settings.prepare.empty()) {
        auto entries = made_of_ == info.id ? std::move(made_) : std::vector<Entry>();
        if (entries.empty()) entries = TRY(seal_in_place(folder));
        TRY_VOID(sys::sync_tree(folder));
        TRY_VOID(sys::open_to_all(folder));
        TRY_VOID(sys::remove_tree(layout_.building(info.id)));
        return world_.store.write_sealed(info, entries);
    }
    TRY_VOID(sys::remove_tree(unfinished));
    const auto entries = TRY(seal_copy(folder, unfinished, *user, limits_of(world_.settings)));
    TRY_VOID(sys::sync_tree(unfinished));
    // Between the two renames there is no release of that name, and no record yet of one that was prepared.
    const auto old = layout_.unfinished(info.id + ".prepared");
    TRY_VOID(sys::remove_tree(old));
    TRY_VOID(sys::rename_path(folder, old));
    TRY_VOID(sys::rename_path(unfinished, folder));
    TRY_VOID(sys::open_to_all(folder));
    TRY_VOID(sys::remove_tree(layout_.building(info.id)));
    TRY_VOID(world_.store.write_sealed(info, entries));
    return sys::remove_tree(old);
}

Result<void> Shelf::check(const ReleaseInfo& release) {
    const auto known = TRY(world_.store.release(release.id));
    if (!known || checked_ == release.id) return {};
    const auto sealed = TRY(world_.store.sealed(*known));
    if (!sealed) return {};
    const auto drift = TRY(drift_of(layout_.release(release.id), *sealed));
    if (drift.harms())
        return no(fmt::format("release {} has changed since it was sealed: {}", release.id, describe(drift)));
    checked_ = release.id;
    added_ = describe(drift);
    return {};
}

Result<void> Shelf::check_links(const std::string& release) const {
    const auto known = TRY(world_.store.release(release));
    const auto sealed = known ? TRY(world_.store.sealed(*known)) : std::nullopt;
    const auto& shared = world_.settings.shared;
    for (const auto& entry : sealed.value_or(std::vector<Entry>())) {
        const auto &path = entry.path, &target = entry.content;
        if (entry.kind != 'l' || !target.starts_with(layout_.shared().string() + "/")) continue;
        std::error_code error;
        if (std::filesystem::status(target, error).type() == std::filesystem::file_type::not_found)
            return no(fmt::format("'{}' of release {} leads to '{}', which is not there; put it back", one_line(path),
                                  release, one_line(target)));
        const auto word =
            std::find_if(shared.begin(), shared.end(), [&](const auto& one) { return shared_path(one) == path; });
        if (word == shared.end() || world_.settings.release_path.empty()) continue;
        if (const auto is = kind_of_shared(world_.settings, layout_, *word); !is.ok()) return no(is.error().message);
    }
    return {};
}

Result<std::vector<std::string>> Shelf::without_record() const {
    std::vector<std::string> found;
    if (sys::inspect(layout_.releases()).type != FileType::folder) return found;
    const auto known = TRY(world_.store.releases());
    for (const auto& id : TRY(sys::list_folder(layout_.releases()))) {
        if (names_release(id) && std::find(known.begin(), known.end(), id) == known.end() && is_whole(id))
            found.push_back(id);
    }
    return found;
}

bool Shelf::is_whole(const std::string& release) const {
    return sys::inspect(layout_.building(release)).type == FileType::absent &&
           sys::inspect(layout_.release(release)).type == FileType::folder;
}

Result<void> Shelf::record_again() const {
    for (const auto& id : TRY(without_record())) {
        const auto entries = TRY(list_as_sealed(layout_.release(id)));
        TRY_VOID(world_.store.write_sealed({.id = id, .version = version_of(id)}, entries));
        sys::log_warning(fmt::format("release {} had no record; a record of its present files is written", id));
    }
    return {};
}

Result<std::string> Shelf::drift(const std::string& release) const {
    const auto with_way_out = [](const std::string& what, bool harms) {
        if (what.empty()) return what;
        return what +
               (harms ? "; deploy it again under another version"
                      : "; the next release begins without that: keep what the application writes in target.shared");
    };
    if (checked_ == release) return with_way_out(added_, false);
    const auto known = TRY(world_.store.release(release));
    if (!known) return std::string();
    const auto sealed = TRY(world_.store.sealed(*known));
    if (!sealed) return std::string();
    const auto drift = TRY(drift_of(layout_.release(release), *sealed));
    return with_way_out(describe(drift), drift.harms());
}

Result<AppData> Shelf::app_data_in(const std::string& release) const {
    const auto known = TRY(world_.store.release(release));
    const auto sealed = known ? TRY(world_.store.sealed(*known)) : std::nullopt;
    if (!sealed || !is_whole(release)) return AppData();
    return deploy::app_data_in(layout_.release(release), *sealed);
}

}
