#include "read/workflow_steps.h"
#include "sys/data/yaml.h"

namespace fairlead::read {

std::vector<const sys::YamlNode*> workflow_steps(const sys::YamlNode& job) {
    std::vector<const sys::YamlNode*> all;
    const auto* const steps = job.find("steps");
    if (steps == nullptr) return all;
    for (const auto& step : steps->items) {
        const auto* const parallel = step.find("parallel");
        if (parallel == nullptr)
            all.push_back(&step);
        else
            for (const auto& inner : parallel->items) all.push_back(&inner);
    }
    return all;
}

}
