#pragma once
#include "base/result.h"
#include "sys/data/yaml.h"
#include "sys/environment.h"
#include <optional>
#include <string>
#include <vector>

// What fairlead.yml may take from outside: by `${NAME}`, and for the commands that it names.
namespace fairlead::config {

struct Document;

class Declared {
  public:
    // `env.variables` of the file, then that of `environment` (empty: none). Error (usage), in other environments, too:
    // a name is none, or belongs to the job's runner, and no file takes that whoever declares it.
    static Result<Declared> of(const Document& document, const std::string& environment);
    const std::vector<std::string>& names() const { return names_; }

    // Whether a value may hold this one, as `value` is (nothing: it is not set). Error (usage), without the value: it
    // is neither declared nor one of the few that say nothing but which run this is; it is or sounds like a secret.
    Result<void> judge(const std::string& name, const std::optional<std::string>& value) const;

  private:
    std::vector<std::string> names_, secrets_; // those of env.secrets of every environment
};

// env.secrets and the keys that name a variable (bearer_env) name none of the runner's: what they name is sent, or
// handed to the application.
Result<void> check_named(const Document& document);

}
