#include "base/text.h"
#include "init/write/rows.h"
#include "init/write/text.h"
#include <fmt/format.h>
#include <utility>

namespace fairlead::init {

namespace {

Job rollback_job(const Writing& writing, const Component& component, const Environment& environment) {
    const auto config = config_of(writing.project, component);
    const auto with = [&](Entries entries) {
        entries.insert(entries.begin(), {"env", text(environment.name)});
        if (config != "fairlead.yml") entries.push_back({"config", text(config)});
        return entries;
    };
    auto back = our(writing, "roll back", "deploy",
                    with({{"command", {"rollback"}},
                          {"if-current", {"any"}},
                          {"to", expression("inputs.release")},
                          {"reason", expression("inputs.reason")}}));
    if (production_of({environment}))
        back.with.push_back({"confirm", text(environment.name), "somebody typed it when starting this"});
    for (const auto& name : secrets_of(writing, component, environment))
        back.env.push_back({name, expression("secrets." + name)});
    const bool several = services(writing.project).size() > 1;
    return {.id = several ? environment.name + "-" + component.name : environment.name,
            .name = several ? environment.name + " " + component.name : environment.name,
            .minutes = 30,
            .permissions = {to_check_out},
            .condition = fmt::format("inputs.environment == '{}'", environment.name) +
                         (several ? fmt::format(" && inputs.component == '{}'", component.name) : ""),
            .notes = {"On the machine that serves, as the deployment."},
            .runs_on = "self-hosted # zizmor: ignore[self-hosted-runner] started by hand only",
            .environment = text(environment.name).scalar,
            .steps = {check_out(1, ""), std::move(back), our(writing, "does it really work?", "smoke", with({}))}};
}

}

std::optional<std::string> write_rollback(const Writing& writing) {
    const auto& project = writing.project;
    const auto all = environments(writing);
    std::vector<const Environment*> known;
    for (const auto* one : {staging_of(all), production_of(all)})
        if (one) known.push_back(one);
    if (known.empty()) return std::nullopt;
    std::vector<std::string> names, components;
    for (const auto* one : known) names.push_back(one->name);
    for (const auto* one : services(project)) components.push_back(one->name);
    Workflow workflow{
        .name = title(project, "rollback"),
        .head =
            {"Written by `fairlead init`; yours to change. For an emergency: nothing is built, and no tag is needed."},
        .on = {"workflow_dispatch:", "  inputs:", "    environment:", "      description: Where", "      type: choice",
               "      required: true", "      options: " + yaml_list(names)},
        .group = group_of(project, "deploy") + "-${{ inputs.environment }}",
        .waits = "never beside a deployment, and never cut off",
        .folder = project.folder};
    if (components.size() > 1)
        workflow.on.insert(workflow.on.end(), {"    component:", "      description: What", "      type: choice",
                                               "      required: true", "      options: " + yaml_list(components)});
    workflow.on.insert(
        workflow.on.end(),
        {"    release:", "      description: Release or version to go back to; if empty, the release before",
         "      type: string", "    reason:", "      description: Why; it is kept in the history", "      type: string",
         "      required: true"});
    for (const auto* environment : known)
        for (const auto* component : services(project))
            workflow.jobs.push_back(rollback_job(writing, *component, *environment));
    return render_workflow(writing, std::move(workflow), Of::deployment);
}

}
