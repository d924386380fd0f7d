#pragma once
#include "cli/spec.h"
#include <string>

// Generates files from a declaration; `fairlead-x --render action|readme|schema|inputs|commands|rules` prints them.
namespace fairlead::cli {

std::string render_action(const Spec& spec); // actions/<tool>/action.yml; for the front command: action.yml
std::string render_readme(const Spec& spec); // actions/<tool>/README.md
std::string render_inputs(const Spec& spec); // every declared input as JSON, for tests that check all inputs
// Returns a line of JSON for each command, including hidden commands and `rules`: executable, command (empty without
// commands), what it may do (Command), its needs and its inputs. Tests check every command in it, also new commands.
std::string render_commands(const Spec& spec);
std::string render_schema(const Spec& spec); // the tool's part of schema/fairlead.schema.json

// Returns --help for the whole tool, or for one of its commands.
std::string render_help(const Spec& spec, const Command* command = nullptr);

}
