#pragma once
#include "base/result.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Reads the parts of a GitHub Actions workflow file that a dry run needs (docs.github.com, "Workflow syntax").
namespace fairlead::act {

struct DispatchInput {
    std::string name;
    bool required = false; // it is required and has no default
};
struct Trigger {
    std::string event;                       // pull_request, push, ...
    std::vector<std::string> branches, tags; // push: its filters, as written; empty: no filter
    std::vector<DispatchInput> inputs = {};  // for workflow_dispatch
};

struct UsedAction { // uses: owner/name/path@ref
    std::string repository, reference;
    friend bool operator==(const UsedAction&, const UsedAction&) = default;
};

struct Workflow {
    std::vector<Trigger> triggers;    // in the file's order
    std::vector<std::string> labels;  // in `runs-on`, each once, without expressions
    std::vector<UsedAction> actions;  // in steps and as called workflows, each once
    std::vector<std::string> secrets; // names in `secrets.X`, each once, including GITHUB_TOKEN
    bool deploys = false;             // a job names an environment
    const Trigger* find(std::string_view event) const;
};

// Error (usage) with the place: not YAML, or `on` or `jobs` is missing.
Result<Workflow> read_workflow(std::string_view text, const std::string& file);

}
