#pragma once
#include "preflight/project.h"
#include "report/report.h"
#include <string>
#include <vector>

// The variables of a project, for its readers: what the templates name, and who asks for it.
namespace fairlead::preflight {

struct Variable {
    std::string name;
    std::vector<std::string> needed_by; // "compose: backend", ".env.example"
    std::string fallback;               // of the template, else of ${NAME:-default}; a secret's is left out
    std::string comment;                // the template's, above it or behind it
    bool required = false;              // without a value and a default
};
// In the order of the templates, then by name.
std::vector<Variable> variables_of(const Project& project);

// A Markdown table of them.
std::string table_of(const std::vector<Variable>& variables);

// The report of `env`. `page`: a file whose table between <!-- fairlead env --> and <!-- /fairlead env --> has to be
// that one, else the answer is no; empty: it is only printed. Error (usage): the page has no such place.
Result<report::Report> show_variables(const Project& project, const std::string& page);

}
