#include "scan/hook/hook.h"
#include "scan/hook/hook_plan.h"
#include "sys/files/exchange.h"
#include "sys/files/files.h"
#include "sys/git/repository.h"
#include "sys/process/process.h"
#include <fmt/format.h>

namespace fairlead::scan {
namespace {

using sys::FileType;
using Act = HookPlan::Act;
using By = sys::HooksFolder::By;

constexpr std::uint64_t largest_hook = 64u << 20;
constexpr Milliseconds longest_wait{10'000}; // for another install-hook

bool is_within(const std::string& path, const std::string& folder) {
    return !folder.empty() && path.starts_with(folder + "/");
}

// A hook in the work tree may be committed, so it names no place on this machine.
bool is_tracked(const sys::Repository& repository, const sys::Path& folder) {
    std::error_code ignored;
    const std::string real = std::filesystem::weakly_canonical(folder, ignored).string();
    return is_within(real, repository.work_tree()) && !is_within(real, repository.git_folder());
}

Result<std::optional<std::string>> hook_at(const sys::Path& path) {
    const auto type = sys::inspect(path).type;
    std::error_code ignored;
    if (type == FileType::absent) return std::optional<std::string>();
    if (type == FileType::link && !std::filesystem::exists(path, ignored)) return std::optional<std::string>("");
    auto text = TRY(sys::read_file(path, largest_hook));
    return std::optional(std::move(text));
}

bool is_executable(const sys::Path& path) {
    using std::filesystem::perms;
    std::error_code ignored;
    const auto any = perms::owner_exec | perms::group_exec | perms::others_exec;
    return (std::filesystem::status(path, ignored).permissions() & any) != perms::none;
}

struct Decided {
    HookFiles files;
    HookPlan plan;
};

Result<Decided> decide(const HookRequest& request, const std::string& folder, const std::string& text) {
    const sys::Path path = folder;
    HookFiles files{.folder = folder, .hook = {}, .legacy = {}, .before = {}};
    files.hook = TRY(hook_at(path / hook_name));
    files.legacy = TRY(hook_at(path / hook_legacy));
    files.before = TRY(hook_at(path / hook_before));
    files.hook_runs = is_executable(path / hook_name);
    files.legacy_runs = is_executable(path / hook_legacy);
    const HookPlan plan = TRY(request.uninstall ? plan_uninstall(files) : plan_install(files, text));
    return Decided{std::move(files), plan};
}

// Keeps the hook that the plan is about. A link is kept as a link, so that the script that it leads to stays the one
// that is edited.
Result<void> keep_hook(const sys::Path& from, const std::string& text, const sys::Path& to) {
    const auto info = sys::inspect(from);
    if (info.type != FileType::link) return sys::write_file(to, text, info.mode);
    const auto target = TRY(sys::read_link(from));
    return sys::replace_symlink(target, to);
}

// Puts the file `from` where `there` was read (nothing: no file), and removes what was there. False: another program
// has changed it since then, and its version stays.
Result<bool> put_in_place(const sys::Path& from, const sys::Path& hook, const std::optional<std::string>& there) {
    if (!there) return sys::place_path(from, hook);
    const sys::Exchanged exchanged = TRY(sys::exchange_paths(from, hook));
    if (exchanged == sys::Exchanged::absent) return false;
    const bool done = exchanged == sys::Exchanged::done;
    const auto found = hook_at(done ? from : hook);
    if (found.ok() && found.value() == there) {
        TRY_VOID(done ? sys::remove_tree(from) : sys::rename_path(from, hook));
        return true;
    }
    if (done) TRY(sys::exchange_paths(from, hook));
    return false;
}

// Removes the hook, as put_in_place() replaces it.
Result<bool> take_away(const sys::Path& hook, const sys::Path& aside, const std::optional<std::string>& there) {
    TRY_VOID(sys::rename_path(hook, aside));
    const auto found = hook_at(aside);
    if (found.ok() && found.value() == there) {
        TRY_VOID(sys::remove_tree(aside));
        return true;
    }
    TRY(sys::place_path(aside, hook));
    return false;
}

Result<void> carry_out(const Decided& decided, const std::string& text) {
    const auto& [files, plan] = decided;
    const sys::Path folder = files.folder, hook = folder / plan.name, before = folder / hook_before;
    const sys::Path aside = folder / (std::string(plan.name) + ".fairlead");
    const auto& there = plan.name == hook_name ? files.hook : files.legacy;
    bool done = true;
    if (plan.act == Act::remove) {
        done = TRY(take_away(hook, aside, there));
    } else if (plan.act == Act::put_back) {
        done = TRY(put_in_place(before, hook, there));
    } else if (plan.act != Act::nothing) {
        if (plan.act == Act::keep_and_write) TRY_VOID(keep_hook(hook, *there, before));
        TRY_VOID(sys::write_file(aside, text, 0755));
        done = TRY(put_in_place(aside, hook, there));
        const auto left = hook_at(aside); // ours; or what somebody wrote while theirs was put back
        if (!done && left.ok() && left.value() == text) TRY_VOID(sys::remove_tree(aside));
    }
    if (done) return {};
    return could_not(fmt::format("{} was changed meanwhile by another program; run install-hook again", hook.string()));
}

// Decides again with the lock: another install-hook may have acted since the first look.
Result<Decided> act(const HookRequest& request, const std::string& folder, const std::string& text) {
    const sys::Path place = sys::Path(folder) / ".fairlead-hook.lock";
    const auto lock = TRY(sys::Lock::take(place, "fairlead-scan install-hook", longest_wait));
    auto decided = decide(request, folder, text);
    Result<void> done;
    if (decided.ok()) done = carry_out(decided.value(), text);
    TRY_VOID(sys::remove_tree(place)); // whoever waits for it sees that, and makes a new one
    TRY_VOID(done);
    return decided;
}

// The words of what was done, and of what would be.
struct HookWords {
    Act act;
    std::string_view done, would, about;
};
constexpr HookWords hook_words[] = {
    {Act::write, "is written", "would be written", ": git commit scans what is staged; to undo it, add --uninstall"},
    {Act::keep_and_write, "is written", "would be written",
     ": git commit runs the hook that was there, then scans what is staged; to undo it, add --uninstall"},
    {Act::make_runnable, "is executable again", "would be made executable",
     ": git ignores a hook that is not executable"},
    {Act::remove, "is removed", "would be removed", ""},
    {Act::put_back, "is the earlier hook again", "would be the earlier hook again", ""},
};

std::string hook_facts(const HookRequest& request, const HookPlan& plan, const std::string& folder) {
    const std::string hook = fmt::format("{}/{}", folder, plan.name);
    for (const HookWords& one : hook_words)
        if (one.act == plan.act) return fmt::format("{} {}{}", hook, request.dry_run ? one.would : one.done, one.about);
    return request.uninstall ? fmt::format("{} has no hook of fairlead-scan", folder)
                             : fmt::format("{} is there already, and scans what is staged", hook);
}

bool is_here(const sys::Path& written) {
    return written.empty() || written.lexically_normal().string() == "." || written.lexically_normal() == "./";
}

Result<void> check_folder(const HookRequest& request, const sys::HooksFolder& folder) {
    const bool of_user = folder.by == By::user;
    const auto type = sys::inspect(folder.path).type;
    std::error_code ignored;
    const bool is_none = type != FileType::absent && !std::filesystem::is_directory(folder.path, ignored);
    // git searches the root for "", and PATH for "."
    if (const sys::Path written = folder.written; folder.by != By::git && is_here(written))
        return usage(fmt::format("core.hooksPath is '{}', where git finds no hook; run: git config {}--unset "
                                 "core.hooksPath",
                                 folder.written, of_user ? "--global " : ""));
    if (is_none && folder.by == By::git)
        return usage(fmt::format("{} is not a folder, so git runs no hook; remove it", folder.path));
    if (is_none)
        return usage(fmt::format("core.hooksPath is {}, which is not a folder, so git runs no hook; run: git config "
                                 "{}--unset core.hooksPath",
                                 folder.path, of_user ? "--global " : ""));
    if (of_user && !request.shared)
        return usage(fmt::format("core.hooksPath is {} for all your repositories; add --shared to write the hook "
                                 "there, for all of them",
                                 folder.path));
    return {};
}

}

std::string hook_writes(const HookRequest& request) {
    const auto repository = sys::Repository::open(".");
    return request.dry_run || !repository.ok() ? "" : repository->hooks_folder().path;
}

Result<report::Report> install_hook(const HookRequest& request, const config::Change& change) {
    if (change.foreign)
        return could_not(fmt::format("install-hook is refused for {}, which {}; run it on your own machine",
                                     change.about.empty() ? "this change" : change.about, change.why));
    const auto repository = TRY(sys::Repository::open("."));
    const auto folder = repository.hooks_folder();
    TRY_VOID(check_folder(request, folder));
    const std::string text = hook_text(is_tracked(repository, folder.path) ? "" : sys::own_program());
    Decided decided = TRY(decide(request, folder.path, text));
    if (!request.dry_run && decided.plan.act != Act::nothing) {
        TRY_VOID(sys::make_folders(folder.path));
        decided = TRY(act(request, folder.path, text));
    }
    report::Report report;
    report.facts = hook_facts(request, decided.plan, folder.path);
    return report;
}

}
