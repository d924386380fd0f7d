#pragma once
#include "base/env_file.h"
#include "base/result.h"
#include "base/secret.h"
#include "deploy/direct/surroundings.h"
#include "deploy/settings.h"
#include "sys/files/files.h"
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The variables of a release. They are written to slots/<slot>/env (0600) and nowhere else.
namespace fairlead::deploy {

// A secret, masked in all that we print, or a setting: `staging` or `8080` as *** would make our output unreadable.
struct Variable {
    std::string name;
    Secret secret;
    std::string setting; // when it is no secret
    const std::string& value() const { return secret.empty() ? setting : secret.reveal(); }
};
using Variables = std::vector<Variable>;

std::vector<std::pair<std::string, std::string>> assignments(const Variables& variables);
std::vector<std::string> secret_names(const Variables& variables);

// The same as parse_env reads it and as systemd's EnvironmentFile= does.
std::string render_env(const Variables& variables);
std::string quote_env(std::string_view value);

// env.file, over it the lines that env.from prints, over them the process's variables for the names in env.secrets.
// Error (usage): a secret that is nowhere, a file that is not there.
Result<Variables> gather_variables(const Settings& settings, const sys::Environment& process);

// The same for a plan, which runs nothing: what env.from alone could tell is as in what serves, which was given those.
Result<Variables> known_variables(const Settings& settings, const sys::Environment& process, const Assignments& given);

// The same errors without running env.from, which may print any of the secrets: before anything is touched.
Result<void> check_variables(const Settings& settings, const sys::Environment& process);

}
