#include "deploy/direct/surroundings.h"
#include "base/text.h"
#include "deploy/release/release.h"
#include "sys/account.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

std::vector<std::string> application_environment(const sys::Environment& base, const sys::User* user,
                                                 const Assignments& own) {
    auto variables = sys::base_environment(base);
    if (user) sys::set_user_variables(*user, variables);
    const auto set = [&](const std::string& name, const std::string& value) {
        std::erase_if(variables, [&](const auto& one) { return one.starts_with(name + "="); });
        variables.push_back(name + "=" + value);
    };
    set("PATH", service_path);
    for (const auto& [name, value] : own) set(name, value);
    return variables;
}

Assignments told_of_release(const Settings& settings, const ReleaseInfo& release) {
    return {{"FAIRLEAD_APP", settings.app},
            {"FAIRLEAD_ENVIRONMENT", settings.environment},
            {"FAIRLEAD_RELEASE", release.id},
            {"FAIRLEAD_VERSION", release.version},
            {"FAIRLEAD_COMMIT", release.commit}};
}

std::string path_in(const std::vector<std::string>& environment) {
    constexpr std::string_view name = "PATH=";
    const auto found = std::find_if(environment.begin(), environment.end(),
                                    [&](const auto& variable) { return variable.starts_with(name); });
    return found == environment.end() ? service_path : found->substr(name.size());
}

std::optional<std::string> program_in(const std::string& name, const std::string& path, const sys::Path& folder) {
    if (name.find('/') != name.npos) return sys::find_program((folder / name).string());
    for (const auto& one : split(path, ':'))
        if (auto found = sys::find_program((folder / one / name).string())) return found;
    return std::nullopt;
}

Result<std::string> require_program(std::string_view key, const std::string& name, const std::string& path,
                                    const sys::Path& folder) {
    if (auto found = program_in(name, path, folder)) return std::move(*found);
    if (name.find('/') != name.npos)
        return could_not(fmt::format("program '{}' of {} is not there or can't be run", name, key));
    return could_not(fmt::format("program '{}' of {} is not in the application's PATH, {}; install it there, name its "
                                 "path, or set PATH in the environment's env.file",
                                 name, key, path));
}

}
