#pragma once
#include "cli/spec.h"
#include "cli/words.h"
#include "sys/environment.h"
#include <map>

// Finds the command of a command line, and its inputs. The first word must be a command, if the tool has commands.
namespace fairlead::cli {

// Chooses the first word, else INPUT_COMMAND and FAIRLEAD_<TOOL>_COMMAND, else the first declared command; the word is
// removed from `words`. Error (usage): the word is not a command; the message names the nearest command. Does nothing
// for a tool without commands.
Result<void> choose_command(const Spec& spec, Words& words, const sys::Environment& variables,
                            std::map<std::string, std::string>& origins);

const Command* chosen_command(const Spec& spec);    // nullptr: the tool has no commands
bool belongs(const Input& input, const Spec& spec); // whether the input belongs to the chosen command
bool belongs(const Input& input, const std::string& command);

// Returns the command that --help is about: X for `help X` and `X --help`; nullptr: the whole tool. Error (usage): X
// isn't a command.
Result<const Command*> asked_command(const Spec& spec, const Words& words);
bool asks_help(const Spec& spec, const Words& words); // by --help, or by `help` if the tool has commands

// Error (usage): a FAIRLEAD_<TOOL>_ variable doesn't belong to an input, or an INPUT_ or FAIRLEAD_ variable looks like
// a misspelled input. A mistyped FAIRLEAD_DRYRUN must not deploy. Other variables may belong to another tool.
Result<void> refuse_mistyped(const Spec& spec, const std::vector<Input>& shared, const sys::Environment& variables);

// Error (usage): for an input that must not be empty (Input::blank), variables are set, and all of them are empty. An
// action gets an empty value for an input that isn't given, and for an expression about a step that never ran.
Result<void> refuse_blank(const Spec& spec, const Words& words, const sys::Environment& variables);

// Error (usage): the chosen command has no use for a flag, an INPUT_ variable or a word. FAIRLEAD_ variables are
// ignored, because they may be set for a whole job.
Result<void> refuse_foreign(const Spec& spec, const std::vector<Input>& shared, const Words& words,
                            const sys::Environment& variables);

}
