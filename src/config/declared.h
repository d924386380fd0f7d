#pragma once
#include "base/result.h"
#include "sys/data/yaml.h"
#include "sys/environment.h"
#include <optional>
#include <string>
#include <vector>

// Checks which environment variables fairlead.yml may use: by `${NAME}`, and for the commands that it names.
namespace fairlead::config {

struct Document;

class Declared {
  public:
    // Reads `env.variables` of the file, then of `environment` (empty: no environment). Error (usage), also for other
    // environments: a name is invalid, or belongs to the job's runner, which no file may use.
    static Result<Declared> of(const Document& document, const std::string& environment);
    const std::vector<std::string>& names() const { return names_; }

    // Checks that a value may contain this variable; `value` is its value (nothing: unset). Error (usage, without the
    // value): it is a secret or has a secret's name, or it isn't declared. A variable that only identifies the run
    // needs no declaration.
    Result<void> judge(const std::string& name, const std::optional<std::string>& value) const;

  private:
    std::vector<std::string> names_, secrets_; // secrets_: from env.secrets of all environments
};

// Checks that env.secrets and keys that name a variable (bearer_env) don't name variables of the job's runner: the
// values would be sent away, or given to the application.
Result<void> check_named(const Document& document);

}
