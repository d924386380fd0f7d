#include "init/write/jobs.h"
#include "base/foreign_actions.h"
#include "base/text.h"
#include "init/write/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::init {

const Permission to_check_out{"contents", "read", "check out"};

namespace {

bool has_evidence(const Component& component, std::string_view kind) {
    return std::any_of(component.evidence.begin(), component.evidence.end(),
                       [&](const Evidence& one) { return one.kind == kind; });
}

std::string folder_of(const Writing& writing, const Component& component) {
    return component.folder.empty() ? "" : below(writing.project.folder, component.folder);
}

Act act_of(const Writing& writing, const Component& component, const Step& step) {
    Act act{.name = step.name, .folder = folder_of(writing, component)};
    for (const auto& [name, value] : step.variables) act.env.push_back({name, text(value)});
    for (const auto& command : step.commands) {
        auto line = shell_line(command);
        if (line.find('\'') != line.npos && line.find('$') != line.npos)
            act.run.emplace_back("# shellcheck disable=SC2016 # it is for the shell within");
        act.run.push_back(std::move(line));
    }
    return act;
}

// Of the image's own tools where the project asks for no version.
std::vector<Act> runtime(const Writing& writing, const Component& component, Of of) {
    const auto& [name, version, file] = component.runtime;
    const auto action = uses("actions/setup-" + name);
    if (action.empty() || (version.empty() && file.empty())) return {};
    Act act{.name = "set up " + name, .uses = action};
    if (name == "java") act.with.push_back({"distribution", {"temurin"}});
    if (file.empty())
        act.with.push_back({name + "-version", {"\"" + json_escape(version) + "\""}});
    else
        act.with.push_back({name + "-version-file", text(below(writing.project.folder, file))});
    const auto off = [&](std::string key) {
        act.with.push_back({std::move(key), {"false"}, "nothing that is deployed comes from a cache"});
    };
    if (of == Of::deployment && name == "node") off("package-manager-cache");
    if (of == Of::deployment && name == "go") off("cache");
    return {act};
}

// The hosted image has PostgreSQL, stopped; what it lacks comes from the distribution's archive, signed.
std::vector<Act> servers(const Component& component) {
    std::vector<Act> acts;
    const auto needs = [&](std::string_view name) {
        return std::find(component.services.begin(), component.services.end(), name) != component.services.end();
    };
    if (needs("postgresql"))
        acts.push_back({.name = "PostgreSQL of the runner",
                        .run = {"sudo service postgresql start",
                                "sudo -u postgres psql --command \"ALTER USER postgres PASSWORD 'postgres'\""}});
    if (needs("redis"))
        acts.push_back({.name = "Redis",
                        .run = {"sudo apt-get update --quiet && sudo apt-get install --quiet --yes redis-server"}});
    return acts;
}

// What measures the coverage runs after a failing test, too.
void to_the_end(Act& act) {
    if (act.run.size() < 2) return;
    for (auto& line : act.run)
        if (!line.starts_with('#')) line += " || status=$?";
    act.run.insert(act.run.begin(), "status=0");
    act.run.emplace_back("exit \"$status\"");
}

void add_server_variables(const Component& component, Act& act) {
    const auto add = [&](std::string name, std::string value) {
        const auto same = [&](const Entry& one) { return one.name == name; };
        if (std::none_of(act.env.begin(), act.env.end(), same)) act.env.push_back({std::move(name), text(value)});
    };
    for (const auto& service : component.services) {
        if (service == "postgresql")
            for (const auto& [name, value] :
                 {std::pair{"DATABASE_URL", "postgresql://postgres:postgres@127.0.0.1:5432/postgres"},
                  std::pair{"PGHOST", "127.0.0.1"}, std::pair{"PGUSER", "postgres"},
                  std::pair{"PGPASSWORD", "postgres"}})
                add(name, value);
        if (service == "redis") add("REDIS_URL", "redis://127.0.0.1:6379/0");
    }
}

// A stale file of an earlier build is gone before, and an empty folder is a no.
void add_site(const Writing& writing, const Component& component, std::vector<Act>& acts) {
    if (!component.build) return;
    const auto folder = folder_of(writing, component);
    const auto dist = shell_line({within(component, component.dist)});
    if (!component.dist.empty()) acts.push_back({.name = "clean", .folder = folder, .run = {"rm -rf -- " + dist}});
    acts.push_back(act_of(writing, component, *component.build));
    if (component.dist.empty()) return;
    const auto empty = fmt::format("find {} -type f -size +0 -print -quit", dist);
    acts.push_back(
        {.name = "what was built",
         .folder = folder,
         .run = {
             fmt::format("test -n \"$({})\" || {{ echo '::error::the build wrote no file'; exit 1; }}", empty),
             fmt::format("find {} -type f -printf '%s %p\\n' | sort --numeric-sort --reverse >\"$RUNNER_TEMP/sizes\"",
                         dist),
             fmt::format("{{ du --summarize --human-readable {}; head --lines 10 \"$RUNNER_TEMP/sizes\"; }} | sed "
                         "'s/^/    /' | "
                         "tee --append \"$GITHUB_STEP_SUMMARY\"",
                         dist)}});
}

}

Act check_out(int depth, std::string why) {
    Act act{.name = "check out", .uses = uses("actions/checkout")};
    if (depth != 1) act.with.push_back({"fetch-depth", {std::to_string(depth)}, std::move(why)});
    act.with.push_back({"persist-credentials", {"false"}});
    return act;
}

Act our(const Writing& writing, std::string name, const std::string& tool, Entries with) {
    const auto& given = writing.given;
    Act act{.name = std::move(name),
            .uses = fmt::format("{}/actions/{}@{} # {}", given.actions, tool, given.pin,
                                given.release ? "v" + given.version : "main, built from source"),
            .with = std::move(with)};
    const bool told =
        std::any_of(act.with.begin(), act.with.end(), [](const Entry& one) { return one.name == "config"; });
    if (!told && !writing.project.folder.empty())
        act.with.push_back({"config", text(below(writing.project.folder, "fairlead.yml"))});
    return act;
}

std::vector<Act> build_steps(const Writing& writing, const Component& component, Of of) {
    if (!component.build) return {};
    auto acts = runtime(writing, component, of);
    if (component.install) acts.push_back(act_of(writing, component, *component.install));
    add_site(writing, component, acts);
    return acts;
}

Job scan_job(const Writing& writing, Of of) {
    const bool range = of == Of::change;
    return {
        .id = "scan",
        .name = "scan",
        .minutes = 30,
        .permissions = {to_check_out},
        .steps = {range ? check_out(0, "the whole range of the pull request")
                        : check_out(2, "with the commit before: what a change loosens is told"),
                  our(writing, "does a secret leak?", "scan", range ? Entries{{"command", {"range"}}} : Entries{})}};
}

bool has_configuration(const Project& project) {
    return !project.compose.empty() || !with_image(project).empty() ||
           std::any_of(project.components.begin(), project.components.end(),
                       [](const Component& one) { return !one.dockerfile.empty(); });
}

Job preflight_job(const Writing& writing) {
    const auto& folder = writing.project.folder;
    return {.id = "preflight",
            .name = "preflight",
            .minutes = 15,
            .permissions = {to_check_out},
            .steps = {check_out(0, "with the history: env files that it held are told"),
                      our(writing, "may this configuration go to production?", "preflight",
                          folder.empty() ? Entries{} : Entries{{"target", text(folder)}})}};
}

Job gate_job(const Writing& writing, const Component& component, Of of) {
    Job job{.id = job_id(writing.project, "gate", component),
            .name = is_alone(writing.project) ? "gate" : "gate " + component.name,
            .minutes = 45,
            .permissions = {to_check_out},
            .steps = {check_out(2, "with the base: its fairlead.yml judges a fork's change")}};
    auto& acts = job.steps;
    const auto add = [&](std::vector<Act> more) { acts.insert(acts.end(), more.begin(), more.end()); };
    add(runtime(writing, component, of));
    add(servers(component));
    if (component.install) acts.push_back(act_of(writing, component, *component.install));
    if (component.lint) {
        acts.push_back(act_of(writing, component, *component.lint));
        if (has_evidence(component, "findings")) acts.back().goes_on = "the gate decides, from the findings";
    }
    if (component.test) {
        acts.push_back(act_of(writing, component, *component.test));
        add_server_variables(component, acts.back());
        acts.back().name = "tests";
        to_the_end(acts.back());
        if (!component.evidence.empty()) acts.back().goes_on = "the gate decides, from the reports";
    }
    if (!component.evidence.empty()) {
        Entries with;
        std::vector<std::string> reports;
        for (const auto& one : component.evidence) reports.push_back(below(writing.project.folder, one.path));
        if (!is_alone(writing.project)) with.push_back({"report", block(reports)});
        acts.push_back(our(writing, "is this change good enough?", "gate", with));
    }
    add_site(writing, component, acts);
    return job;
}

std::vector<Job> gate_jobs(const Writing& writing, Of of) {
    std::vector<Job> jobs;
    for (const auto& component : writing.project.components) {
        const bool runs = component.install || component.lint || component.test || component.build;
        if (runs) jobs.push_back(gate_job(writing, component, of)); // one that runs nothing would say yes to anything
    }
    return jobs;
}

std::vector<std::string> ids(const std::vector<Job>& jobs) {
    std::vector<std::string> names;
    for (const auto& job : jobs) names.push_back(job.id);
    return names;
}

}
