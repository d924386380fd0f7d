#pragma once
#include "cli/spec.h"
#include <string>

// What is generated from a declaration; `fairlead-x --render action|readme|schema|inputs|commands|rules`
// prints it.
namespace fairlead::cli {

std::string render_action(const Spec& spec); // actions/<tool>/action.yml; for the front command: action.yml
std::string render_readme(const Spec& spec); // actions/<tool>/README.md
std::string render_inputs(const Spec& spec); // every declared input as JSON, for the tests that walk them
// A line of JSON for each command, hidden ones and `rules` included: executable, command (empty where the tool has
// none), what it may do (Command), its needs and its inputs. Tests walk it, so a new command is asked by each of them.
std::string render_commands(const Spec& spec);
std::string render_schema(const Spec& spec); // the tool's part of schema/fairlead.schema.json

// --help: of the whole tool, or of what one of its commands takes.
std::string render_help(const Spec& spec, const Command* command = nullptr);

}
