#include "base/text.h"
#include "base/words.h"
#include "preflight/parts/ci_look.h"
#include "preflight/project.h"
#include "preflight/rules/groups.h"
#include "sys/data/yaml.h"
#include <algorithm>
#include <fmt/format.h>

// What starts a workflow, and which of its jobs wait for others.
namespace fairlead::preflight {

namespace {

using namespace ci;

// docs.github.com, "Events that trigger workflows".
constexpr std::string_view events[] = {"branch_protection_rule",
                                       "check_run",
                                       "check_suite",
                                       "create",
                                       "delete",
                                       "deployment",
                                       "deployment_status",
                                       "discussion",
                                       "discussion_comment",
                                       "fork",
                                       "gollum",
                                       "image_version",
                                       "issue_comment",
                                       "issues",
                                       "label",
                                       "merge_group",
                                       "milestone",
                                       "page_build",
                                       "project",
                                       "project_card",
                                       "project_column",
                                       "public",
                                       "pull_request",
                                       "pull_request_comment",
                                       "pull_request_review",
                                       "pull_request_review_comment",
                                       "pull_request_target",
                                       "push",
                                       "registry_package",
                                       "release",
                                       "repository_dispatch",
                                       "schedule",
                                       "status",
                                       "watch",
                                       "workflow_call",
                                       "workflow_dispatch",
                                       "workflow_run"};
constexpr std::string_view filters[] = {"tags", "branches", "paths", "types"};

void ci_event_unknown(const Workflow& workflow, const Project& project, Hits& hits) {
    const auto* root = root_of(workflow);
    const auto* on = root ? root->find("on") : nullptr;
    if (!on) return;
    const auto look = [&](const YamlNode& name) {
        if (name.scalar.empty() || is_one_of(events, name.scalar)) return;
        const auto near = nearest(name.scalar, std::vector<std::string>(std::begin(events), std::end(events)));
        const bool is_filter = is_one_of(filters, name.scalar);
        hits.add(workflow.file, name.line, name.column,
                 fmt::format("on names {}, which is not a GitHub event; it never starts the workflow; {}",
                             name.scalar.substr(0, 40),
                             is_filter      ? "put it below the event, such as push"
                             : near.empty() ? "name an event from docs.github.com"
                                            : "write " + near));
    };
    look(*on);
    for (const auto& one : on->items) look(one);
    for (const auto& [name, filters] : on->entries) look(name);
    const auto* after = trigger(*root, "workflow_run");
    const auto* names = after ? after->find("workflows") : nullptr;
    if (!names) return;
    const auto is_there = [&](const std::string& wanted) {
        return wanted.find_first_of("*?[!") != wanted.npos || // a pattern
               std::any_of(project.workflows.begin(), project.workflows.end(), [&](const Workflow& one) {
                   return !root_of(one) || shown_name(one) == wanted; // unread: it may be that
               });
    };
    const auto awaits = [&](const YamlNode& one) {
        if (one.scalar.empty() || is_there(one.scalar)) return;
        hits.add(workflow.file, one.line, one.column,
                 fmt::format("workflow_run waits for {}; no workflow here has that name, so it never starts; write "
                             "the name of a workflow",
                             one.scalar.substr(0, 40)));
    };
    awaits(*names);
    for (const auto& one : names->items) awaits(one);
}

void ci_needs(const Workflow& workflow, const Project&, Hits& hits) {
    const auto* root = root_of(workflow);
    const auto* jobs = root ? root->find("jobs") : nullptr;
    if (!jobs) return;
    const auto is_job = [&](std::string_view wanted) { // GitHub takes upper and lower case for the same
        return std::any_of(jobs->entries.begin(), jobs->entries.end(),
                           [&](const auto& entry) { return lower(entry.first.scalar) == lower(wanted); });
    };
    for (const auto& [name, job] : jobs->entries) {
        const auto* needs = job.find("needs");
        if (!needs) continue;
        const auto look = [&](const YamlNode& one) {
            if (one.scalar.empty() || is_job(one.scalar)) return;
            hits.add(workflow.file, one.line, one.column,
                     fmt::format("needs names {}, which is not a job here; GitHub refuses the workflow; name a job",
                                 one.scalar.substr(0, 40)));
        };
        look(*needs);
        for (const auto& one : needs->items) look(one);
    }
}

}

std::span<const Rule> ci_started_rules() {
    static const Rule rules[] = {
        {.id = "ci-needs",
         .title = "A job waits for a job that doesn't exist",
         .levels = always(Level::error),
         .check = ci_needs,
         .why = "GitHub refuses the whole workflow, and a check that doesn't run stops nobody.",
         .way_out = "needs: [test], with a job test: in the same file"},
        {.id = "ci-event-unknown",
         .title = "A workflow waits for an event that never comes",
         .levels = always(Level::error),
         .check = ci_event_unknown,
         .why = "GitHub starts nothing for an event that it doesn't know. A workflow for a release, for example, never "
                "makes the release.",
         .way_out = "on: {push: {tags: ['v*']}}",
         .peers = {"actionlint: events"}},
    };
    return rules;
}

}
