#include "deploy/surroundings.h"
#include "base/text.h"
#include "sys/process.h"
#include "sys/user.h"
#include <algorithm>

namespace fairlead::deploy {

std::vector<std::string> application_environment(const sys::Environment& base, const sys::User* user,
                                                 const std::vector<std::pair<std::string, std::string>>& own) {
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

std::optional<std::string> program_in(const std::string& name, const std::string& path) {
    if (name.find('/') != name.npos) return sys::find_program(name);
    for (const auto& folder : split(path, ':'))
        if (auto found = sys::find_program((folder.empty() ? "." : folder) + "/" + name)) return found;
    return std::nullopt;
}

}
