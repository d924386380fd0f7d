#include "cli/keep.h"
#include "cli/commands.h"
#include "cli/common.h"
#include "cli/publish.h"
#include "report/formats.h"
#include "report/kept.h"
#include "sys/files/beneath.h"
#include "sys/files/log.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace fairlead::cli {
namespace {

bool is_kept(const Spec& spec, const Context& context) {
    if (context.platform == sys::Platform::terminal || context.dry_run || spec.tool.empty()) return false;
    if (context.variables.get("FAIRLEAD_RUN_STARTED"))
        return false; // of a command of `fairlead run`, which keeps its own
    const Command* command = chosen_command(spec);
    return !command || (!command->only_tells && !command->hidden);
}

bool is_output(const sys::Path& path, const Spec& spec, const Context& context) {
    return std::any_of(context.output.begin(), context.output.end(), [&](const std::string& output) {
        const auto file = parse_output(output, format_names(spec));
        std::error_code ignored;
        return file.ok() && std::filesystem::weakly_canonical(file->path, ignored) ==
                                std::filesystem::weakly_canonical(path, ignored);
    });
}

Result<void> write_verdict(const report::Report& report, const Spec& spec, const Context& context) {
    const sys::Path path = TRY(place_of_verdict(spec, context));
    if (path.empty()) return {};
    const auto out = TRY(sys::Root::open(path.parent_path()));
    const auto there = TRY(out.inspect(path.filename()));
    if (there.type == sys::FileType::other || there.type == sys::FileType::socket)
        return could_not(fmt::format("'{}' is a pipe, a socket or a device, not a file; move it elsewhere",
                                     path.filename().string()));
    const auto json = report::render(report, *report::find_format("json"));
    const auto stamped = TRY(report::stamp(json, spec.tool, report::stamp_of(folder_of_verdicts(context))));
    return out.write(path.filename(), stamped.bytes, 0600, sys::Sync::no, sys::Links::refused);
}

}

// That of fairlead.yml, a broken one too; without one the top of the work tree: a verdict speaks of its commit.
std::string folder_of_verdicts(const Context& context) {
    if (context.config.present()) return context.config.folder();
    std::error_code ignored;
    const sys::Path here = std::filesystem::current_path(ignored);
    const auto named = here / context.config_file; // one that isn't there says nothing of where verdicts lie
    if (!context.config_file.empty() && std::filesystem::is_regular_file(named, ignored))
        return named.parent_path().string();
    if (const auto file = sys::nearest_upwards(here, "fairlead.yml")) return sys::Path(*file).parent_path().string();
    return sys::tree_around(here).value_or("");
}

Result<std::string> place_of_verdict(const Spec& spec, const Context& context) {
    if (!is_kept(spec, context)) return std::string();
    const auto folder = folder_of_verdicts(context);
    if (folder.empty()) return std::string();
    const auto path = sys::Path(folder) / report::kept_folder / report::kept_name(spec.tool);
    if (is_output(path, spec, context)) return std::string(); // `fairlead run` asked for it, or who knows the place
    TRY_VOID(report::make_kept_folder(folder));
    return path.string();
}

void drop_verdict(const Spec& spec, const Context& context) {
    const sys::Path path = place_of_verdict(spec, context).value_or("");
    const auto out = path.empty() ? Result<sys::Root>(no("")) : sys::Root::open(path.parent_path());
    if (!out.ok()) return;
    const auto there = out->inspect(path.filename());
    if (there.ok() && there->type == sys::FileType::file) // what else is in the way is told once, at the end
        (void)out->remove(path.filename(), sys::Links::refused);
}

void keep_verdict(const report::Report& report, const Spec& spec, const Context& context) {
    const auto kept = write_verdict(report, spec, context);
    if (!kept.ok())
        sys::log_info(fmt::format("the verdict can't be stored in {} for other jobs: {}", report::kept_folder,
                                  kept.error().message));
}

}
