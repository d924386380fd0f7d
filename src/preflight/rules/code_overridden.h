#pragma once
#include "preflight/project.h"
#include <string>
#include <string_view>

// What the rest of the project says of a setting or a line: whether a deployment sets it, and what a method is for.
namespace fairlead::preflight {

// Returns the variable that replaces the setting in that line of appsettings.json: "ConnectionStrings__Default". Empty:
// the line sets none.
std::string variable_of_setting(std::string_view json, int line);

// Returns the name of the setting in that line of Spring's application.yml or application.properties:
// "spring.datasource.password". Empty: the line sets none.
std::string spring_setting(std::string_view path, std::string_view text, int line);

// Returns whether every deployment that the project describes gives that program another value: each compose service
// that builds it, and the manifests, or a workflow that deploys; of Spring's also what starts it, java -Dname=$VALUE.
// `value`: the literal in the file.
bool is_set_by_deployment(const Project& project, const std::string& path, int line, std::string_view value);

// Returns whether the line of C# stands in a method for tokens that have expired, by its name, and another file or line
// checks how long tokens live: a refresh reads them, and no request is let in by it.
bool is_for_refresh(const Project& project, const std::string& path, int line);

// Returns whether the settings of production beside application.properties take a variable there:
// jwt.secret=${JWT_SECRET}.
bool is_replaced_in_production(const Project& project, const std::string& path, int number);

// Returns whether only TypeORM's command line takes that data source: package.json names it, and no source imports it.
// The command line turns `synchronize` off.
bool is_for_typeorm_alone(const Project& project, const std::string& path);

// Returns whether the script connects to this machine's database, and nothing starts or imports it: a person runs it by
// hand.
bool is_run_by_hand(const Project& project, const std::string& path);

}
