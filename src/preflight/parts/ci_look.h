#pragma once
#include "preflight/project.h"
#include "read/workflow_steps.h"
#include "sys/data/yaml.h"
#include <string>
#include <string_view>

// Helpers of the rules ci-* for a workflow. GitHub's format: docs.github.com, "Workflow syntax for GitHub Actions".
namespace fairlead::preflight::ci {

using sys::YamlNode;

// Returns the workflow as a map; null if it can't be read, which ci-syntax reports.
const YamlNode* root_of(const Workflow& workflow);
std::string shown_name(const Workflow& workflow); // as GitHub shows it: its name, else its file
// an event of `on`, with its filters; null: absent
const YamlNode* trigger(const YamlNode& root, std::string_view event);
bool is_of_production(const YamlNode& job); // its environment is production
// Returns whether the job's steps change servers or a cluster: ssh, rsync, kubectl apply.
bool works_on_servers(const YamlNode& job);
// as works_on_servers(), or its environment is production, or a cloud runs it
bool releases(const YamlNode& job);
bool deploys_to_production(const YamlNode& job); // as releases(), or it pushes an image
std::string scalar_of(const YamlNode* node);     // text of a scalar; empty for null
// Returns whether it has neither events nor jobs, so that it is not a workflow.
bool is_of_something_else(const Workflow& workflow);

// Returns whether an expression reads secrets.NAME (unlike steps.secrets.outcome, the outcome of a step).
bool reads_secrets(std::string_view expression);

template <typename Each>
void each_job(const YamlNode& root, Each each) {
    if (const auto* jobs = root.find("jobs"))
        for (const auto& [name, job] : jobs->entries) each(job);
}

template <typename Each>
void each_step(const YamlNode& root, Each each) {
    each_job(root, [&](const YamlNode& job) {
        for (const auto* const step : read::workflow_steps(job)) each(job, *step);
    });
}

}
