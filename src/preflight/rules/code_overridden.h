#pragma once
#include "preflight/project.h"
#include <string>
#include <string_view>

// What the rest of the project says about a setting or a line: whether a deployment sets it, and what a method is for.
namespace fairlead::preflight {

// Returns the variable that replaces the setting in that line of appsettings.json: "ConnectionStrings__Default". Empty:
// the line sets none.
std::string variable_of_setting(std::string_view json, int line);

// Returns the name of the setting in that line of Spring's application.yml or application.properties:
// "spring.datasource.password". Empty: the line sets none.
std::string spring_setting(std::string_view path, std::string_view text, int line);

// Returns whether every deployment that the project describes sets another value: each compose service that builds the
// program, the manifests, a workflow that deploys; for Spring also the start command (java -Dname=$VALUE). `value`: the
// literal in the file.
bool is_set_by_deployment(const Project& project, const std::string& path, int line, std::string_view value);

// Returns whether the line of C# is in a method for expired tokens (by its name), and another file or line checks the
// lifetime of tokens. Then only a refresh uses the method, which lets no request in.
bool is_for_refresh(const Project& project, const std::string& path, int line);

// Returns whether the production settings next to application.properties replace the setting by a variable:
// jwt.secret=${JWT_SECRET}.
bool is_replaced_in_production(const Project& project, const std::string& path, int number);

// Returns whether only TypeORM's command line uses that data source: package.json names it, and no source imports it.
// The command line turns `synchronize` off.
bool is_for_typeorm_alone(const Project& project, const std::string& path);

// Returns whether the script connects to this machine's database, and nothing starts or imports it, so that a person
// runs it by hand.
bool is_run_by_hand(const Project& project, const std::string& path);

}
