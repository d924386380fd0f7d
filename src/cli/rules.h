#pragma once
#include "cli/spec.h"
#include "cli/words.h"

// `fairlead-x rules` lists the rules of the tool's findings, from the declared table. For a tool with commands, it is a
// command. For a tool whose words are files or URLs, `rules` must be the only word; write ./rules for a file with this
// name.
namespace fairlead::cli {

const Command& rules_command();
Spec with_rules(Spec spec);            // adds the command if the tool has commands and rules
bool has_rules_word(const Spec& spec); // the tool has rules, but no commands
Spec rules_alone(Spec spec);           // the tool's Spec for the word `rules`, without inputs

// Returns whether the command or the word `rules` was given, and removes the word. Error (usage): there are other
// words.
Result<bool> asks_rules(const Spec& spec, Words& words);

}
