#include "config/env_file.h"
#include "base/env_file.h"
#include "sys/files/files.h"

namespace fairlead::config {

std::map<std::string, std::string> env_file(const Config& config, const std::string& environment) {
    constexpr std::uint64_t longest = 1u << 20;
    const auto name = config.environment(environment)["env"]["file"].text();
    const auto text =
        name.empty() ? Result<std::string>(std::string()) : sys::read_file(sys::Path(config.folder()) / name, longest);
    const auto pairs = parse_env(text.ok() ? text.value() : "", name);
    std::map<std::string, std::string> variables;
    if (pairs.ok())
        for (const auto& [variable, value] : pairs.value()) variables[variable] = value;
    return variables;
}

}
