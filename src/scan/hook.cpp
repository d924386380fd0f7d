#include "scan/hook.h"
#include "scan/hook_plan.h"
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

// A link is kept as a link, so that the script that it leads to stays the one that is edited.
Result<void> keep_hook(const sys::Path& from, const sys::Path& to) {
    const auto info = sys::inspect(from);
    if (info.type != FileType::link) {
        const auto text = TRY(sys::read_file(from, largest_hook));
        return sys::write_file(to, text, info.mode);
    }
    const auto target = TRY(sys::read_link(from));
    return sys::replace_symlink(target, to);
}

Result<void> carry_out(const HookPlan& plan, const sys::Path& folder, const std::string& text) {
    const sys::Path hook = folder / plan.name, before = folder / hook_before;
    if (plan.act == Act::remove) return sys::remove_tree(hook);
    if (plan.act == Act::put_back) return sys::rename_path(before, hook);
    if (plan.act == Act::nothing) return {};
    TRY_VOID(sys::make_folders(folder));
    if (plan.act == Act::keep_and_write) TRY_VOID(keep_hook(hook, before));
    return sys::write_file(hook, text, 0755);
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
    const sys::Path path = folder.path;
    HookFiles files{.folder = folder.path, .hook = {}, .legacy = {}, .before = {}};
    files.hook = TRY(hook_at(path / hook_name));
    files.legacy = TRY(hook_at(path / hook_legacy));
    files.before = TRY(hook_at(path / hook_before));
    const std::string text = hook_text(is_tracked(repository, path) ? "" : sys::own_program());
    const HookPlan plan = TRY(request.uninstall ? plan_uninstall(files) : plan_install(files, text));
    if (!request.dry_run) TRY_VOID(carry_out(plan, path, text));
    report::Report report;
    report.facts = hook_facts(request, plan, folder.path);
    return report;
}

}
