#include "base/foreign_actions.h"
#include "base/text.h"
#include "init/write/jobs.h"
#include "init/write/text.h"
#include <fmt/format.h>

// The job that deploys, on the machine that serves.
namespace fairlead::init {

namespace {

constexpr std::string_view proof = "${{ runner.temp }}/proof";

std::string artifact(const Writing& writing, const Component& component, const std::string& what) {
    return job_id(writing.project, what, component);
}

Entries with_config(const Writing& writing, const Component& component, Entries with) {
    if (const auto config = config_of(writing.project, component); config != "fairlead.yml")
        with.push_back({"config", text(config)});
    return with;
}

// By name, from the environment's secrets: a checkout cleans every file away that git ignores.
Act with_secrets(const Writing& writing, const Component& component, Act act, const Environment& environment) {
    for (const auto& name : secrets_of(writing, component, environment))
        act.env.push_back({name, expression("secrets." + name)});
    return act;
}

// What was built once is deployed everywhere: the digest of its files is what production compares.
void add_build(const Writing& writing, const Component& component, const Environment& environment, Job& job) {
    const auto archive = std::string("\"$RUNNER_TEMP/") + artifact(writing, component, "release") + ".tar.gz\"";
    auto acts = build_steps(writing, component, Of::deployment);
    if (acts.empty()) return;
    const auto folder = below(writing.project.folder, component.folder);
    if (environment.promotes) {
        job.steps.push_back({.name = "the release that staging proved",
                             .folder = folder,
                             .run = {fmt::format("tar --extract --gzip --file \"$RUNNER_TEMP/proof/{0}/{0}.tar.gz\"",
                                                 artifact(writing, component, "release"))}});
        return;
    }
    job.steps.insert(job.steps.end(), acts.begin(), acts.end());
    job.steps.push_back(
        {.name = "keep what was built",
         .folder = folder,
         .run = {"tar --create --gzip --exclude ./.git --exclude ./node_modules --exclude ./.venv --file " + archive +
                 " ."}});
    job.steps.push_back(
        {.name = "for production",
         .uses = uses("actions/upload-artifact"),
         .with = {{"name", text(artifact(writing, component, "release"))},
                  {"path", {"${{ runner.temp }}/" + artifact(writing, component, "release") + ".tar.gz"}},
                  {"if-no-files-found", {"error"}}}});
}

Act back(const Writing& writing, const Component& component, const Environment& environment) {
    auto act =
        our(writing, "smoke said no: what served before serves again", "deploy",
            with_config(writing, component,
                        {{"command", {"rollback"}},
                         {"env", text(environment.name)},
                         {"if-current", expression("steps.deploy.outputs.release"), "nothing, where another serves"},
                         {"reason", {"smoke said no"}}}));
    act.condition = "failure() && steps.deploy.outcome == 'success' && steps.deploy.outputs.verdict == 'deployed'";
    return with_secrets(writing, component, std::move(act), environment);
}

Act status(const Writing& writing, const Component& component, const Environment& environment) {
    auto act = our(writing, "cancelled: what serves now", "deploy",
                   with_config(writing, component, {{"command", {"status"}}, {"env", text(environment.name)}}));
    act.condition = "cancelled()";
    return with_secrets(writing, component, std::move(act), environment);
}

void add_record(const Writing& writing, const Component& component, const Environment& environment, Job& job) {
    const auto name = artifact(writing, component, environment.name + "-record");
    const auto path = ".fairlead/out/" + name + ".json";
    job.steps.push_back(
        our(writing, "what was proved", "deploy",
            with_config(writing, component,
                        {{"command", {"history"}}, {"env", text(environment.name)}, {"export", {path}}})));
    job.steps.push_back({.name = "keep the record",
                         .uses = uses("actions/upload-artifact"),
                         .with = {{"name", text(name)},
                                  {"path", {path}},
                                  {"include-hidden-files", {"true"}},
                                  {"if-no-files-found", {"error"}}}});
}

// A release is called by its tag; what goes to staging by its commit.
void add_version(const Writing& writing, const Component& component, Job& job, Entries& with) {
    Entries given = {{"tags", {"type=" + writing.project.tag_type + ",pattern={{version}}"}}};
    if (writing.project.tags == TagForm::component) given.push_back({"component", text(component.name)});
    auto act = our(writing, "what is it called?", "tag", std::move(given));
    act.id = "tag";
    job.steps.push_back(std::move(act));
    with.push_back({"release-version", expression("steps.tag.outputs.version")});
}

}

Job deploy_job(const Writing& writing, const Component& component, const Environment& environment) {
    const bool last = production_of({environment}) != nullptr;
    Job job{
        .id = job_id(writing.project, environment.name, component),
        .name = is_alone(writing.project) ? environment.name : environment.name + " " + component.name,
        .minutes = 60,
        .permissions = {to_check_out},
        .notes =
            {"Target `direct` deploys on the machine it runs on: a self-hosted runner on the host that serves. Only",
             "what you push or start yourself gets there; keep pull requests off that runner."},
        .runs_on = "self-hosted # zizmor: ignore[self-hosted-runner] as said above",
        .environment = text(environment.name).scalar +
                       (last ? " # give it reviewers and the tags that may come here (Settings, Environments)" : ""),
        .group = group_of(writing.project, "deploy") + "-" + environment.name,
        .steps = {check_out(last ? 0 : 1, "versions come from the tags")}};
    Entries with = {{"env", text(environment.name)}};
    if (last) add_version(writing, component, job, with);
    if (environment.promotes) {
        job.steps.push_back({.name = "what staging proved",
                             .uses = uses("actions/download-artifact"),
                             .with = {{"name", {"proof"}}, {"path", {std::string(proof)}}}});
        const auto all = environments(writing);
        const auto* staging = staging_of(all);
        const auto name = artifact(writing, component, (staging ? staging->name : "staging") + "-record");
        with.push_back({"promote-from", {fmt::format("{0}/{1}/{1}.json", proof, name)}});
    }
    add_build(writing, component, environment, job);
    auto deploy = our(writing, "deploy", "deploy", with_config(writing, component, std::move(with)));
    deploy.id = "deploy";
    job.steps.push_back(with_secrets(writing, component, std::move(deploy), environment));
    job.steps.push_back(our(writing, "does it really work?", "smoke",
                            with_config(writing, component, {{"env", text(environment.name)}})));
    job.steps.push_back(back(writing, component, environment));
    job.steps.push_back(status(writing, component, environment));
    if (!last) add_record(writing, component, environment, job);
    return job;
}

}
