#include "act/act.h"
#include "base/text.h"
#include <fmt/format.h>

namespace fairlead::act {

// "[workflow/job] 🏁  Job succeeded": act 0.2.87, pkg/runner/job_executor.go and run_context.go.
void Jobs::hear(std::string_view lines) {
    for (const auto& line : split(std::string(lines), '\n')) {
        const auto end = line.find("] ");
        if (!line.starts_with('[') || end == std::string::npos) continue;
        const auto said = std::string_view(line).substr(end + 2);
        if (said.starts_with(' ')) continue; // of a step
        if (said.ends_with("  Job succeeded")) ++passed;
        if (said.ends_with("  Job failed")) ++failed;
        if (said.find("  Skipping unsupported platform") != std::string_view::npos) ++foreign;
    }
}

std::string told(const Jobs& jobs) {
    if (jobs.passed + jobs.failed + jobs.foreign == 0) return "no job ran; does its `if:` fit this event?";
    std::vector<std::string> parts;
    if (jobs.passed > 0) parts.push_back(fmt::format("{} job{} said yes", jobs.passed, jobs.passed == 1 ? "" : "s"));
    if (jobs.failed > 0) parts.push_back(fmt::format("{} said no", jobs.failed));
    if (jobs.foreign > 0) parts.push_back(fmt::format("{} skipped, for a system that this is not", jobs.foreign));
    return join(parts, ", ");
}

}
