#pragma once
#include "preflight/project.h"
#include "sys/data/yaml.h"
#include <string>
#include <string_view>

// What the rules ci-* ask of a workflow. GitHub's form: docs.github.com, "Workflow syntax for GitHub Actions".
namespace fairlead::preflight::ci {

using sys::YamlNode;

// The workflow as a map; null where it can't be read, which ci-syntax tells.
const YamlNode* root_of(const Workflow& workflow);
const YamlNode* trigger(const YamlNode& root, std::string_view event); // of `on`, with its filters; null: not one
std::string scalar_of(const YamlNode* node);                           // of a scalar; null: empty

template <typename Each>
void each_job(const YamlNode& root, Each each) {
    if (const auto* jobs = root.find("jobs"))
        for (const auto& [name, job] : jobs->entries) each(job);
}

template <typename Each>
void each_step(const YamlNode& root, Each each) {
    each_job(root, [&](const YamlNode& job) {
        if (const auto* steps = job.find("steps"))
            for (const auto& step : steps->items) each(job, step);
    });
}

}
