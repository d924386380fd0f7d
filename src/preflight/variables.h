#pragma once
#include "preflight/project.h"
#include "report/report.h"
#include <string>
#include <vector>

// Lists a project's variables for readers of its documentation: those in templates, and the places that need them.
namespace fairlead::preflight {

struct Variable {
    std::string name;
    std::vector<std::string> needed_by; // "compose: backend", ".env.example"
    std::string fallback;               // default in the template, else in ${NAME:-default}; empty for a secret
    std::string comment;                // comment of the template, above the variable or after it
    bool required = false;              // it has neither a value nor a default
};
// Returns the variables in the order of the templates, then by name.
std::vector<Variable> variables_of(const Project& project);

// Returns the variables as a Markdown table.
std::string table_of(const std::vector<Variable>& variables);

// Makes the report of `env`. `page`: a file whose table between <!-- fairlead env --> and <!-- /fairlead env --> must
// be up to date, else the command fails; empty: the table is only printed. Error (usage): the page has no such place.
Result<report::Report> show_variables(const Project& project, const std::string& page);

}
