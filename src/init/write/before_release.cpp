#include "base/foreign_actions.h"
#include "base/text.h"
#include "init/write/jobs.h"
#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace fairlead::init {

namespace {

// The tool of a step of ours; empty: it is another's.
std::string tool_of(const Writing& writing, const Act& act) {
    const auto before = writing.given.actions + "/actions/";
    return act.uses.starts_with(before) ? act.uses.substr(before.size(), act.uses.find('@') - before.size()) : "";
}

// Where actions/install.sh keeps what it built, on GitHub's own runners. Only a change's jobs take it from there.
Act kept(const Writing& writing, const std::string& tool) {
    return {.name = fmt::format("fairlead-{}, built before", tool),
            .uses = uses("actions/cache"),
            .with = {{"path", {"${{ runner.temp }}/fairlead"}, "where a build from source is kept"},
                     {"key", {fmt::format("${{{{ runner.arch }}}}-fairlead-{}-{}", tool, writing.given.pin)}}}};
}

// Whether it builds at all.
bool allow_for_builds(const Writing& writing, Job& job, Of of) {
    std::vector<Act> steps;
    std::vector<std::string> built;
    for (auto& step : job.steps) {
        const auto tool = tool_of(writing, step);
        if (!tool.empty() && std::find(built.begin(), built.end(), tool) == built.end()) {
            if (of == Of::change) steps.push_back(kept(writing, tool));
            built.push_back(tool);
            job.minutes += source_limit;
        }
        steps.push_back(std::move(step));
    }
    job.steps = std::move(steps);
    return !built.empty();
}

}

std::string render_workflow(const Writing& writing, Workflow workflow, Of of) {
    if (writing.given.release) return render(workflow);
    bool builds = false;
    for (auto& job : workflow.jobs) builds = allow_for_builds(writing, job, of) || builds;
    if (!builds) return render(workflow);
    workflow.head.push_back(fmt::format("No release of Fairlead was at hand: each job builds the program of its step "
                                        "from source first, {} minutes,",
                                        source_minutes));
    workflow.head.emplace_back("for which the time limits leave room. With a release: fairlead init --force.");
    return render(workflow);
}

}
