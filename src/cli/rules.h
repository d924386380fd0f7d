#pragma once
#include "cli/spec.h"
#include "cli/words.h"

// `fairlead-x rules` lists what the tool's findings may be of, from the table that the declaration names. Where a tool
// has commands it is one of them; where its words are files or URLs it is a word that stands alone: a report of that
// name is ./rules, and no URL is written so.
namespace fairlead::cli {

const Command& rules_command();
Spec with_rules(Spec spec);            // with the command, if it has commands and rules
bool has_rules_word(const Spec& spec); // it has rules and no commands
Spec rules_alone(Spec spec);           // what such a tool takes with the word: nothing of its own

// Whether the command was chosen or the word was said, which is taken off. Error (usage): more was said beside the
// word.
Result<bool> asks_rules(const Spec& spec, Words& words);

}
