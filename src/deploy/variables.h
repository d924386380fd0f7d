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

using Variables = std::vector<std::pair<std::string, Secret>>; // every value is masked in our output

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
