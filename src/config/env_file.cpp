#include "config/env_file.h"
#include "base/env_file.h"
#include "config/believed.h"

namespace fairlead::config {

std::map<std::string, std::string> env_file(const Config& config, const std::string& environment) {
    const auto name = config.environment(environment)["env"]["file"].text();
    const auto text = name.empty() ? Result<std::string>(std::string()) : believed_file(config, name);
    const auto pairs = parse_env(text.ok() ? text.value() : "", name);
    std::map<std::string, std::string> variables;
    if (pairs.ok())
        for (const auto& [variable, value] : pairs.value()) variables[variable] = value;
    return variables;
}

}
