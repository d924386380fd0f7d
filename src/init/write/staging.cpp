#include "base/foreign_actions.h"
#include "base/text.h"
#include "init/write/rows.h"
#include "init/write/text.h"
#include <fmt/format.h>
#include <utility>

namespace fairlead::init {

Act log_in() {
    return {.name = "log in to the registry",
            .env = {{"TOKEN", expression("github.token")}},
            .run = {"printf '%s' \"$TOKEN\" | docker login ghcr.io --username \"$GITHUB_ACTOR\" --password-stdin"}};
}

namespace {

// Built by the runner's own Docker, pushed, and from then on called by its digest.
Job staging_image_job(const Writing& writing, const Component& component) {
    auto tag = our(writing, "what is it called?", "tag",
                   {{"images", {image_of(writing.project, component)}},
                    {"tags", block({"type=sha,format=long", "type=ref,event=branch"})}});
    tag.id = "tag";
    const auto folder = writing.project.folder.empty() ? "." : writing.project.folder;
    // A Dockerfile of a component is built in its folder; one that lies elsewhere (docker/Dockerfile) in the project's.
    const auto own = within(component, component.dockerfile);
    const auto context = own.find('/') == own.npos ? below(folder == "." ? "" : folder, component.folder) : folder;
    const Act push{
        .name = "build and push",
        .id = "push",
        .folder = ".",
        .env = {{"TAGS", expression("steps.tag.outputs.tags")}, {"LABELS", expression("steps.tag.outputs.labels")}},
        .run = {"words=()", "while IFS= read -r tag; do words+=(--tag \"$tag\"); done <<<\"$TAGS\"",
                "while IFS= read -r label; do words+=(--label \"$label\"); done <<<\"$LABELS\"",
                fmt::format("docker build \"${{words[@]}}\" --file {} {}",
                            shell_line({below(writing.project.folder, component.dockerfile)}),
                            shell_line({context.empty() ? "." : context})),
                "while IFS= read -r tag; do docker push --quiet \"$tag\"; done <<<\"$TAGS\"",
                "image=$(docker inspect --format '{{index .RepoDigests 0}}' \"${TAGS%%$'\\n'*}\")",
                "echo \"name=${image%@*}\" >>\"$GITHUB_OUTPUT\"", "echo \"digest=${image#*@}\" >>\"$GITHUB_OUTPUT\""}};
    Job job{.id = job_id(writing.project, "image", component),
            .name = is_alone(writing.project) ? "image" : "image " + component.name,
            .minutes = 45,
            .permissions = {to_check_out,
                            {"packages", "write", "push the image"},
                            {"id-token", "write", "sign the attestation"},
                            {"attestations", "write", "keep it"}},
            .outputs = {{"digest", expression("steps.push.outputs.digest")}},
            .steps = {check_out(0, "versions come from the tags"), std::move(tag), log_in(), push}};
    job.steps.push_back({.name = "attest where it came from",
                         .condition = "github.event.repository.visibility == 'public'",
                         .uses = uses("actions/attest"),
                         .with = {{"subject-name", expression("steps.push.outputs.name")},
                                  {"subject-digest", expression("steps.push.outputs.digest")}}});
    return job;
}

}

std::optional<std::string> write_staging(const Writing& writing) {
    const auto& project = writing.project;
    const auto all = environments(writing);
    const auto* staging = staging_of(all);
    if (!staging && with_image(project).empty()) return std::nullopt;
    Workflow workflow{.name = title(project, "staging"),
                      .head = {staging
                                   ? "Written by `fairlead init`; yours to change. What is on the default branch is "
                                     "built once and served on staging."
                                   : "Written by `fairlead init`; yours to change. The image of the default branch is "
                                     "built once; nothing that init saw serves it."},
                      .on = {"push:", "  branches: " + yaml_list({project.default_branch}), "workflow_dispatch:"},
                      .group = group_of(project, "staging"),
                      .waits = "a deployment is never cut off",
                      .folder = project.folder};
    workflow.jobs.push_back(scan_job(writing, Of::deployment));
    for (auto& job : gate_jobs(writing, Of::deployment)) workflow.jobs.push_back(std::move(job));
    const auto judged = ids(workflow.jobs);
    for (const auto* component : with_image(project)) {
        workflow.jobs.push_back(staging_image_job(writing, *component));
        workflow.jobs.back().needs = judged;
    }
    const auto before = ids(workflow.jobs);
    if (staging)
        for (const auto* component : services(project)) {
            workflow.jobs.push_back(deploy_job(writing, *component, *staging));
            workflow.jobs.back().needs = before;
        }
    return render_workflow(writing, std::move(workflow), Of::deployment);
}

}
