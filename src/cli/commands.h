#pragma once
#include "cli/spec.h"
#include "cli/words.h"
#include "sys/environment.h"
#include <map>

// Which command was said, and what it takes. A word that is no command is never anything else.
namespace fairlead::cli {

// The first word, else INPUT_COMMAND and FAIRLEAD_<TOOL>_COMMAND, else the first command declared; the word is taken
// off. Error (usage): it is none, with the nearest one. Does nothing for a tool without commands.
Result<void> choose_command(const Spec& spec, Words& words, const sys::Environment& variables,
                            std::map<std::string, std::string>& origins);

const Command* chosen_command(const Spec& spec);    // nullptr: the tool has none
bool belongs(const Input& input, const Spec& spec); // to the command that was chosen
bool belongs(const Input& input, const std::string& command);

// What --help is asked about: `help X` and `X --help` the command X, else the tool (nullptr). Error (usage): X is none.
Result<const Command*> asked_command(const Spec& spec, const Words& words);
bool asks_help(const Spec& spec, const Words& words); // by --help, or by `help` where the tool has commands

// Error (usage): a FAIRLEAD_<TOOL>_ variable that is no input's, or an INPUT_ or FAIRLEAD_ one that is nearly one's: a
// mistyped FAIRLEAD_DRYRUN must not deploy. Others may be of another tool or of nobody.
Result<void> refuse_mistyped(const Spec& spec, const std::vector<Input>& shared, const sys::Environment& variables);

// Error (usage): an input that must not be left empty (Input::blank) has a variable, and all of them are empty. To an
// action an expression of a step that never ran comes like that, and an input that was not given as well.
Result<void> refuse_blank(const Spec& spec, const Words& words, const sys::Environment& variables);

// Error (usage): a flag, an INPUT_ variable or a word that the chosen command has no use for. A FAIRLEAD_ variable may
// be set for a whole job, and is passed over.
Result<void> refuse_foreign(const Spec& spec, const std::vector<Input>& shared, const Words& words,
                            const sys::Environment& variables);

}
