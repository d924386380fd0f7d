#include "base/foreign_actions.h"
#include "base/text.h"
#include "init/write/rows.h"
#include "init/write/text.h"
#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace fairlead::init {

namespace {

// The tag's commit is one that was reviewed and merged.
Act on_default_branch() {
    return {.name = "the tag is on the default branch",
            .env = {{"BRANCH", expression("github.event.repository.default_branch")}},
            .run = {"git merge-base --is-ancestor \"$GITHUB_SHA\" \"origin/$BRANCH\" ||",
                    "  { echo \"::error::tag $GITHUB_REF_NAME is not on $BRANCH; tag a commit that is on $BRANCH\"; "
                    "exit 1; }"}};
}

// Told the commit alone, checkout fetches an annotated tag a second time, as that commit: it is a light one then, and
// the clone looks like one of a single commit.
void keep_tag(Job& job) {
    for (auto& act : job.steps)
        if (act.name == "check out")
            act.with.insert(act.with.begin(), {"ref", expression("github.ref"), "as the tag, not as its commit"});
}

// Records and releases of the run that deployed this very commit to staging.
void add_proof(const Writing& writing, Job& job) {
    const auto workflow = workflow_path(writing, "staging");
    job.permissions.push_back({"actions", "read", "find staging's run, and its artifacts"});
    job.steps.push_back(
        {.name = "staging proved this commit",
         .folder = ".",
         .env = {{"GH_TOKEN", expression("github.token")}, {"GH_REPO", expression("github.repository")}},
         .run = {fmt::format("run=$(gh run list --workflow {} --commit \"$GITHUB_SHA\" --status success --limit 1 "
                             "--json databaseId --jq '.[].databaseId')",
                             workflow.substr(workflow.rfind('/') + 1)),
                 "test -n \"$run\" ||",
                 "  { echo \"::error::no run of staging succeeded for $GITHUB_SHA; wait for it, or start it, then run "
                 "this again\"; exit 1; }",
                 "gh run download \"$run\" --dir \"$RUNNER_TEMP/proof\""}});
    job.steps.push_back({.name = "hand it on",
                         .uses = uses("actions/upload-artifact"),
                         .with = {{"name", {"proof"}},
                                  {"path", {"${{ runner.temp }}/proof"}},
                                  {"include-hidden-files", {"true"}},
                                  {"if-no-files-found", {"error"}}}});
}

bool contains(const std::vector<std::string>& list, const std::string& word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

// A component's tag releases that component alone.
std::string condition(const Project& project, const Component& component) {
    if (project.tags != TagForm::component || is_alone(project)) return "github.ref_type == 'tag'";
    std::vector<std::string> forms;
    for (const auto* form : {"@", "-v", "/v"})
        forms.push_back(fmt::format("startsWith(github.ref_name, '{}{}')", component.name, form));
    forms.push_back(fmt::format("contains(github.ref_name, '/{}@')", component.name)); // @scope/NAME@1.2.3
    if (contains(project.tag_globs, numbered_glob)) {
        std::string numbered = fmt::format("startsWith(github.ref_name, '{}-')", component.name);
        for (const auto& other : project.components) // api-1.2.3, and not api-gateway-1.2.3
            if (other.name.starts_with(component.name + "-"))
                numbered += fmt::format(" && !startsWith(github.ref_name, '{}-')", other.name);
        forms.push_back(numbered);
    }
    return join(forms, " || ");
}

// The image that staging proved gets the release's names; it is not built again.
Job release_image_job(const Writing& writing, const Component& component) {
    const auto type = "type=" + writing.project.tag_type;
    Entries given = {{"images", {image_of(writing.project, component)}},
                     {"tags", block({type + ",pattern={{version}}", type + ",pattern={{major}}.{{minor}}"})}};
    if (writing.project.tags == TagForm::component) given.push_back({"component", text(component.name)});
    auto tag = our(writing, "what is it called?", "tag", std::move(given));
    tag.id = "tag";
    return {
        .id = job_id(writing.project, "image", component),
        .name = is_alone(writing.project) ? "image" : "image " + component.name,
        .minutes = 15,
        .permissions = {to_check_out, {"packages", "write", "name the image"}},
        .steps = {
            check_out(0, "versions come from the tags"),
            std::move(tag),
            log_in(),
            {.name = "name staging's image by its digest",
             .folder = ".",
             .env = {{"TAGS", expression("steps.tag.outputs.tags")}},
             .run = {
                 "words=()", "while IFS= read -r tag; do words+=(--tag \"$tag\"); done <<<\"$TAGS\"",
                 "name=${TAGS%%$'\\n'*}", "name=${name%:*}",
                 "digest=$(docker buildx imagetools inspect --format '{{.Manifest.Digest}}' \"$name:sha-$GITHUB_SHA\")",
                 "docker buildx imagetools create \"${words[@]}\" \"$name@$digest\""}}}};
}

Job publish_job(const Writing& writing, const Component& component, bool apart) {
    Entries log = {{"command", {"changelog"}}, {"output", {"markdown:.fairlead/out/notes.md"}}};
    if (apart) log.push_back({"component", text(component.name)});
    return {.id = apart ? "publish-" + component.name : "publish",
            .name = apart ? "publish " + component.name : "publish",
            .minutes = 15,
            .permissions = {{"contents", "write", "create the release"}},
            .condition = apart ? condition(writing.project, component) : "",
            .notes = {"Files for the release (a wheel, a binary): build them in a job before, hand them on as an "
                      "artifact, and name",
                      "them behind --notes-file below. A package registry that knows OIDC needs `id-token: write` and "
                      "no secret."},
            .steps = {check_out(0, "the notes are made of the commits"),
                      our(writing, "what changed", "tag", std::move(log)),
                      {.name = "publish",
                       .folder = ".",
                       .env = {{"GH_TOKEN", expression("github.token")}, {"GH_REPO", expression("github.repository")}},
                       .run = {"gh release view \"$GITHUB_REF_NAME\" >/dev/null 2>&1 ||",
                               "  gh release create \"$GITHUB_REF_NAME\" --verify-tag --title \"$GITHUB_REF_NAME\" "
                               "--notes-file .fairlead/out/notes.md"}}}};
}

}

std::optional<std::string> write_release(const Writing& writing) {
    const auto& project = writing.project;
    const auto all = environments(writing);
    const auto* production = production_of(all);
    const bool promotes = production && production->promotes && staging_of(all);
    Workflow workflow{
        .name = title(project, "release"),
        .head = {production
                     ? "Written by `fairlead init`; yours to change. A tag becomes a verified release in production."
                     : "Written by `fairlead init`; yours to change. A tag becomes a published release."},
        .on = {"push:", "  tags: " + yaml_list(project.tag_globs.empty() ? std::vector<std::string>{"v[0-9]+.*"}
                                                                         : project.tag_globs)},
        .group = group_of(project, "release"),
        .waits = "a release is never cut off",
        .folder = project.folder};
    Job verify{.id = "verify",
               .name = "verify",
               .minutes = 15,
               .permissions = {to_check_out},
               .condition = "github.ref_type == 'tag'",
               .steps = {check_out(0, "all branches: the tag has to be on one"), on_default_branch()}};
    if (promotes) add_proof(writing, verify);
    workflow.jobs.push_back(std::move(verify));
    if (!promotes) {
        workflow.jobs.push_back(scan_job(writing, Of::deployment));
        for (auto& job : gate_jobs(writing, Of::deployment)) workflow.jobs.push_back(std::move(job));
    }
    auto before = ids(workflow.jobs);
    const auto add = [&](Job job, const Component& component) {
        job.needs = before;
        job.condition = condition(project, component);
        workflow.jobs.push_back(std::move(job));
    };
    for (const auto* component : with_image(project)) add(release_image_job(writing, *component), *component);
    if (production)
        for (const auto* component : services(project)) add(deploy_job(writing, *component, *production), *component);
    const auto jobs = workflow.jobs;
    const bool apart = project.tags == TagForm::component && !is_alone(project);
    for (const auto& component : project.components) {
        auto publish = publish_job(writing, component, apart);
        for (const auto& job : jobs)
            if (!apart || job.condition == publish.condition || contains(before, job.id))
                publish.needs.push_back(job.id);
        workflow.jobs.push_back(std::move(publish));
        if (!apart) break;
    }
    for (auto& job : workflow.jobs) keep_tag(job);
    return render_workflow(writing, std::move(workflow), Of::deployment);
}

}
