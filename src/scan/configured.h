#pragma once
#include "scan/gitleaks/configuration.h"
#include "scan/policy.h"

// The rules that count besides fairlead.yml: gitleaks' configuration, which `scan.rules` names.
namespace fairlead::scan {

std::optional<sys::Repository> repository_here(); // around the working folder

// Returns the file's path from the top of the repository: .gitleaks.toml by default.
std::string rules_file(const config::Value& section);

// Returns gitleaks' configuration as `word` has it, or the built-in rules if there is none. Error (usage), with its
// place: it can't be read, or leaves no rule.
Result<gitleaks::Configuration> configuration_of(const std::optional<sys::Repository>& repository, const Word& word,
                                                 const config::Value& section);

// Returns the ids of the rules in gitleaks' configuration, which waivers may name.
std::vector<std::string> added_rules(const config::Value& section);

}
