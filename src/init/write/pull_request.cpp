#include "base/text.h"
#include "init/write/rows.h"
#include "init/write/text.h"
#include <fmt/format.h>
#include <utility>

namespace fairlead::init {

namespace {

Job preview(const Writing& writing) {
    Job job{.id = "tag-preview",
            .name = "tag preview",
            .minutes = 15,
            .permissions = {to_check_out},
            .steps = {check_out(0, "versions come from the tags")}};
    for (const auto* component : with_image(writing.project))
        job.steps.push_back(our(
            writing,
            is_alone(writing.project) ? "what would it be called?" : "what would " + component->name + " be called?",
            "tag", {{"images", {image_of(writing.project, *component)}}, {"dry-run", {"\"true\""}}}));
    return job;
}

// Skipped counts as a no, too: nothing here is left out by design.
Job result(const std::vector<Job>& jobs) {
    const std::vector<std::string> yes(jobs.size(), "success");
    return {.id = "result",
            .name = "result",
            .minutes = 5,
            .needs = ids(jobs),
            .condition = "always()",
            .why = "the one check to require",
            .steps = {{.name = "every job said yes",
                       .env = {{"RESULTS", expression("join(needs.*.result, ' ')")}},
                       .run = {"echo \"$RESULTS\"", fmt::format("test \"$RESULTS\" = \"{}\"", join(yes, " "))}}}};
}

}

std::optional<std::string> write_pull_request(const Writing& writing) {
    const auto& project = writing.project;
    Workflow workflow{.name = title(project, "pull request"),
                      .head = {"Written by `fairlead init`; yours to change."},
                      .on = {"pull_request:", "merge_group:"},
                      .group =
                          group_of(project, "pull-request") + "-${{ github.event.pull_request.number || github.ref }}",
                      .folder = project.folder};
    workflow.jobs.push_back(scan_job(writing, Of::change));
    if (has_configuration(project)) workflow.jobs.push_back(preflight_job(writing));
    for (auto& job : gate_jobs(writing, Of::change)) workflow.jobs.push_back(std::move(job));
    if (!with_image(project).empty()) workflow.jobs.push_back(preview(writing));
    workflow.jobs.push_back(result(workflow.jobs));
    return render_workflow(writing, std::move(workflow), Of::change);
}

}
