#pragma once
#include "base/result.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A workflow file of GitHub Actions, as far as a dry run has to know it (docs.github.com, "Workflow syntax").
namespace fairlead::act {

struct DispatchInput {
    std::string name;
    bool required = false; // and without a default
};
struct Trigger {
    std::string event;                       // pull_request, push, ...
    std::vector<std::string> branches, tags; // push: its filters, as written; empty: none stands there
    std::vector<DispatchInput> inputs = {};  // workflow_dispatch's
};

struct UsedAction { // uses: owner/name/path@ref
    std::string repository, reference;
    friend bool operator==(const UsedAction&, const UsedAction&) = default;
};

struct Workflow {
    std::vector<Trigger> triggers;    // in the file's order
    std::vector<std::string> labels;  // of `runs-on`, each once; expressions left out
    std::vector<UsedAction> actions;  // of steps and of called workflows, each once
    std::vector<std::string> secrets; // names of `secrets.X`, each once, GITHUB_TOKEN among them
    bool deploys = false;             // a job names an environment
    const Trigger* find(std::string_view event) const;
};

// Error (usage) with the place: not YAML, no `on`, no `jobs`.
Result<Workflow> read_workflow(std::string_view text, const std::string& file);

}
