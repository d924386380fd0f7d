#pragma once
#include "cli/run.h"
#include "cli/spec.h"
#include "cli/words.h"
#include <optional>
#include <string>
#include <vector>

namespace fairlead::cli {

// Returns common inputs that the tool has not declared itself. Targets point into `common`.
std::vector<Input> common_inputs(const Spec& spec, Common& common);
std::optional<Input> command_input(const Spec& spec);    // the command as an input; nothing for a tool without commands
std::vector<std::string> format_names(const Spec& spec); // values of --format, the tool's own last
std::vector<std::string> format_names(const Spec& spec, const Command* command); // without those of other commands

// Flags that ask for something other than a run. If several are given, the first in the list wins.
struct Question {
    std::string name;
    std::string help;
    std::string placeholder;
    char short_name = 0;
    bool hidden = false; // for our own scripts: not in --help, and never proposed
};
const std::vector<Question>& questions(); // help, version, explain-config; hidden: render

std::vector<Flag> all_flags(const Spec& spec, const std::vector<Input>& common); // of the whole command line
std::string program_name(const Spec& spec);                                      // "fairlead-gate", "fairlead"
struct Group {
    std::string title; // empty: the inputs before the first group
    std::vector<Input> inputs;
};
std::vector<Group> in_groups(const std::vector<Input>& inputs); // by Input::group
// Returns the command that an example calls; empty: it calls another tool ("fairlead scan staged").
std::string command_of_example(const Spec& spec, const std::string& example);
std::string placeholder_of(const Input& input); // "FILE"; chosen by type if no placeholder is declared
bool is_boolean(const Input& input);
bool is_own(const Spec& spec, std::string_view name); // the tool has an input of that name, in place of the shared one
std::string help_of(const Input& input);              // "rollback, down: Why …" if it belongs to some commands only
// Returns `help` with the input's values, default and key: "Why … One of a, b. Default a. In fairlead.yml: x.y."
std::string in_full(const Spec& spec, const Input& input, std::string help);
bool is_hidden(const Spec& spec, const Input& input); // it only belongs to hidden commands
bool has_flag(const Input& input);                    // false for secrets: everybody can read a command line

}
