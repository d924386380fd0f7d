#pragma once
#include "preflight/project.h"
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The requirements for an env file, from .env.schema or env.schema in its folder, else in the root. The schema is JSON
// as for dotenv-linter, or an env file with comments above the names (varlock.dev/env-spec):
//     # @required @type=port
//     PORT=
namespace fairlead::preflight {

struct EnvWanted {
    std::string type;                                        // in lower case; empty: any text
    std::vector<std::pair<std::string, std::string>> limits; // limits of the type: {"min", "1"}
    std::string regex;
    std::vector<std::string> words; // values of an enum
    bool required = false;          // the variable is required, and the schema has no value for it
    int line = 1;
};

struct EnvSchema {
    std::string file;
    bool others = true; // names that are not in the schema are allowed
    std::map<std::string, EnvWanted> names;
    std::vector<std::pair<int, std::string>> problems; // line and message: parts of the schema that can't be used
};

// Schemas by folder, for the folders of the project's env files; a folder without a schema uses the root's.
using EnvSchemas = std::map<std::string, EnvSchema>;
EnvSchemas env_schemas(const Project& project);
const EnvSchema* schema_for(const EnvSchemas& schemas, const std::string& env_file); // null: there is no schema

EnvSchema read_env_schema(const std::string& file, std::string_view text);

// Returns the description of a valid value, "a whole number from 1 to 65535"; empty: `value` is valid.
std::string expected(const EnvWanted& wanted, const std::string& value);

}
