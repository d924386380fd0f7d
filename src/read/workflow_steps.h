#pragma once
#include <vector>

namespace fairlead::sys {
struct YamlNode;
}

namespace fairlead::read {

// Returns the steps of a workflow's job in the order of the file; a step `parallel:` is replaced by its own steps
// (docs.github.com, "Workflow syntax for GitHub Actions").
std::vector<const sys::YamlNode*> workflow_steps(const sys::YamlNode& job);

}
