#pragma once
#include "base/env_file.h"
#include "base/result.h"
#include "base/secrets/secret.h"
#include "deploy/direct/surroundings.h"
#include "deploy/settings.h"
#include "sys/files/files.h"
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The variables of a release. They are only written to slots/<slot>/env (0600).
namespace fairlead::deploy {

// A variable is either a secret, which is masked in our output, or a setting. Masking a setting such as `staging` or
// `8080` would make our output unreadable.
struct Variable {
    std::string name;
    Secret secret;
    std::string setting; // if it is not a secret
    const std::string& value() const { return secret.empty() ? setting : secret.reveal(); }
};
using Variables = std::vector<Variable>;

std::vector<std::pair<std::string, std::string>> assignments(const Variables& variables);
std::vector<std::string> secret_names(const Variables& variables);

// Returns the public part of each variable of env.file, to recognise changes: a blank and the value; for a URL with
// credentials the rest of the URL; for a secret an empty text. A repeated name is returned each time.
Result<std::vector<std::pair<std::string, std::string>>> variables_told(const Settings& settings);

// Writes a file that parse_env() and systemd's EnvironmentFile= read in the same way.
std::string render_env(const Variables& variables);
std::string quote_env(std::string_view value);

// Collects the variables: env.file, then the lines that env.from prints, then the process's variables named in
// env.secrets. Later values have priority. Error (usage): a secret is missing, or a file doesn't exist.
Result<Variables> gather_variables(const Settings& settings, const sys::Environment& process);

// Like gather_variables(), for a plan, which runs nothing: variables that only env.from could give have the values of
// the serving release (`given`).
Result<Variables> known_variables(const Settings& settings, const sys::Environment& process, const Assignments& given);

// Returns the same errors without running env.from, which may print any of the secrets. Called before anything is
// changed.
Result<void> check_variables(const Settings& settings, const sys::Environment& process);

}
