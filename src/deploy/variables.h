#pragma once
#include "base/result.h"
#include "base/secret.h"
#include "deploy/settings.h"
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

std::vector<std::string> secret_names(const Variables& variables);

// Of a variable of env.file that env.secrets does not name: API_KEY, or a URL with a password.
bool sounds_secret(std::string_view name, std::string_view value);

// `.env` files: NAME=value, `export NAME=value`, # comments, 'literal', "with \n \t \" \\ \$ \`"; quoted values may
// go over several lines; nothing is expanded. The last of two equal names wins. Error (usage) with file:line.
Result<std::vector<std::pair<std::string, std::string>>> parse_env(std::string_view text, const std::string& file);

// The same as parse_env reads it and as systemd's EnvironmentFile= does.
std::string render_env(const Variables& variables);
std::string quote_env(std::string_view value);

// env.file, over it the lines that env.from prints, over them the process's variables for the names in env.secrets.
// Error (usage): a secret that is nowhere, a file that is not there.
Result<Variables> gather_variables(const Settings& settings, const sys::Environment& process);

}
