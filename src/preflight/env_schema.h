#pragma once
#include "preflight/project.h"
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What an env file has to hold: .env.schema or env.schema of its folder, else of the root. Either JSON of
// dotenv-linter's kind, or an env file whose comments say more of the names below them (varlock.dev/env-spec):
//     # @required @type=port
//     PORT=
namespace fairlead::preflight {

struct EnvWanted {
    std::string type;                                        // in lower case; empty: any text
    std::vector<std::pair<std::string, std::string>> limits; // of the type: {"min", "1"}
    std::string regex;
    std::vector<std::string> words; // of an enum
    bool required = false;          // and the schema has no value for it
    int line = 1;
};

struct EnvSchema {
    std::string file;
    bool others = true; // names that it doesn't have are fine
    std::map<std::string, EnvWanted> names;
    std::vector<std::pair<int, std::string>> problems; // by line, of a message: what it says that nothing is made of
};

// By folder, of those of the project's env files; a folder without one of its own has the root's.
using EnvSchemas = std::map<std::string, EnvSchema>;
EnvSchemas env_schemas(const Project& project);
const EnvSchema* schema_for(const EnvSchemas& schemas, const std::string& env_file); // null: none

EnvSchema read_env_schema(const std::string& file, std::string_view text);

// What the value would have to be: "a whole number from 1 to 65535"; empty: it is that.
std::string expected(const EnvWanted& wanted, const std::string& value);

}
