#pragma once
#include "cli/run.h"
#include "cli/spec.h"
#include "cli/words.h"
#include <optional>
#include <string>
#include <vector>

namespace fairlead::cli {

// Those that the tool has not declared by itself. Targets point into `common`.
std::vector<Input> common_inputs(const Spec& spec, Common& common);
std::optional<Input> command_input(const Spec& spec);    // the command as an input; nothing for a tool without commands
std::vector<std::string> format_names(const Spec& spec); // what --format knows, the tool's own last
std::vector<std::string> format_names(const Spec& spec, const Command* command); // without those of other commands

// Flags that ask for something else than a run, in the order of their strength.
struct Question {
    std::string name;
    std::string help;
    std::string placeholder;
    char short_name = 0;
    bool hidden = false; // for our own scripts: not in --help, never proposed
};
const std::vector<Question>& questions(); // help, version, explain-config; hidden: render

std::vector<Flag> all_flags(const Spec& spec, const std::vector<Input>& common); // of the command line
std::string program_name(const Spec& spec);                                      // "fairlead-gate", "fairlead"
struct Group {
    std::string title; // empty: that of the inputs before the first that begins one
    std::vector<Input> inputs;
};
std::vector<Group> in_groups(const std::vector<Input>& inputs); // by Input::group
// The command that an example of the declaration is of; empty: of none ("fairlead scan staged" is another tool's).
std::string command_of_example(const Spec& spec, const std::string& example);
std::string placeholder_of(const Input& input); // "FILE"; by its type where none is declared
bool is_boolean(const Input& input);
std::string help_of(const Input& input); // "rollback, down: Why …" when it belongs to commands
// `help` with the input's values, its default and its key: "Why … One of a, b. Default a. In fairlead.yml: x.y."
std::string in_full(const Spec& spec, const Input& input, std::string help);
bool is_hidden(const Spec& spec, const Input& input); // it belongs to hidden commands only
bool has_flag(const Input& input);                    // no flag takes a secret: argv is readable by everyone

}
