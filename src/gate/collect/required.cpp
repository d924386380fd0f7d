#include "gate/collect/required.h"
#include "report/kept.h"
#include "report/printable.h"
#include "sys/files/beneath.h"
#include <fmt/format.h>

namespace fairlead::gate {
namespace {

std::string again(const std::string& tool) { return fmt::format("run {} before this step", report::program_of(tool)); }

Result<std::string> complaint_about(const std::string& tool, const sys::Root& tree, const report::Stamp& now,
                                    Freshness& freshness) {
    const auto name = fmt::format("{}/{}", report::kept_folder, report::kept_name(tool));
    if (TRY(tree.inspect(name)).type == sys::FileType::absent)
        return fmt::format("there is no {}; {}", name, again(tool));
    const auto text = tree.read(name, 1u << 30, sys::Links::refused);
    const auto kept = text.ok() ? report::parse_kept(text.value(), tool) : Result<report::Kept>(text.error());
    if (!kept.ok()) return fmt::format("{} can't be read: {}", name, kept.error().message);
    if (!kept->is_own) return fmt::format("{} is not a verdict of {}; {}", name, tool, again(tool));
    if (!kept->passed()) {
        const auto& why = kept->error.empty() ? kept->decided : kept->error;
        return fmt::format("it is not a pass{}{}", why.empty() ? "" : ": ", why);
    }
    if (!now.commit.empty() && kept->commit != now.commit)
        return fmt::format("it is about {}, and this is commit {}; {}",
                           kept->commit.empty() ? "no commit" : "commit " + kept->commit.substr(0, 12),
                           now.commit.substr(0, 12), again(tool));
    if (kept->dirty && !now.dirty)
        return fmt::format("it is about files that were changed since the commit and aren't here; {}", again(tool));
    const auto old = TRY(freshness.complaint((tree.path() / name).string(), again(tool)));
    return old.empty() ? old : fmt::format("{} {}", name, old);
}

}

std::vector<std::string> tools_with_verdict() { return {"scan", "preflight", "migrate", "backup", "deploy", "smoke"}; }

Result<std::vector<Required>> required(std::span<const std::string> tools, const std::string& folder,
                                       Freshness& freshness) {
    std::vector<Required> all;
    if (tools.empty()) return all;
    const auto tree = TRY(sys::Root::open(folder));
    const auto now = report::stamp_of(folder);
    for (const auto& tool : tools) {
        auto complaint = TRY(complaint_about(tool, tree, now, freshness));
        all.push_back({tool, std::move(complaint)});
    }
    return all;
}

}
