#include "backup/engines/via.h"
#include <fmt/format.h>

namespace fairlead::backup {

Result<std::vector<std::string>> via_words(const std::string& via, const std::vector<std::string>& variables) {
    constexpr std::string_view compose = "compose:";
    const std::string service = via.substr(std::min(via.size(), compose.size()));
    if (!via.starts_with(compose) || service.empty() || service.starts_with('-'))
        return usage(fmt::format("via '{}' is unknown; expected compose:SERVICE", via));
    std::vector<std::string> words = {"docker", "compose", "exec", "-T"};
    for (const auto& name : variables) words.insert(words.end(), {"-e", name});
    words.push_back(service);
    return words;
}

std::vector<std::string> via_environment(const World& world) {
    return sys::child_environment(world.variables, sys::Child::network,
                                  {"DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "DOCKER_CERT_PATH",
                                   "DOCKER_TLS_VERIFY", "COMPOSE_FILE", "COMPOSE_PROJECT_NAME", "COMPOSE_PROFILES",
                                   "COMPOSE_PATH_SEPARATOR", "COMPOSE_ENV_FILES"});
}

}
