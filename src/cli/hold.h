#pragma once
#include "cli/run.h"
#include "cli/spec.h"
#include "cli/words.h"
#include "sys/environment.h"

// Makes the kernel confine a tool to its declared needs (sys/process/confine.h).
namespace fairlead::cli {

// The needs of this run, determined by the declaration, the command line and the variables, never by the content of
// files.
struct Held {
    bool network = false;
    enum class Programs { none, at_first, always } programs = Programs::none;
};
Held held(const Spec& spec, const Words& words, const sys::Environment& variables);

// Returns whether a flag or a variable gives the input; files don't count.
bool is_input_given(const Spec& spec, const std::string& input, const Words& words, const sys::Environment& variables);

// Describes the needs for readers, as markdown.
std::string describe_needs(const Spec& spec);

// Confines the process. Call it before reading anything foreign. Returns what can't be enforced here; empty: everything
// is enforced.
std::string hold(const Held& held);
// Call it after all inputs are known: allows changes only of the files that this run has to change.
std::string hold_writes(const Spec& spec, const Context& context, const std::string& evidence);

}
