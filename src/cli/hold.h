#pragma once
#include "cli/run.h"
#include "cli/spec.h"
#include "cli/words.h"
#include "sys/environment.h"

// A tool is held by the kernel to what its declaration says that it needs (sys/process/confine.h).
namespace fairlead::cli {

// What the tool needs this time, by its declaration and what was given on the command line and in variables: nothing
// that is read from files has a say.
struct Held {
    bool network = false;
    enum class Programs { none, at_first, always } programs = Programs::none;
};
Held held(const Spec& spec, const Words& words, const sys::Environment& variables);

// By a flag or a variable, not by a file.
bool is_input_given(const Spec& spec, const std::string& input, const Words& words, const sys::Environment& variables);

// The same for a reader, as markdown.
std::string describe_needs(const Spec& spec);

// Before anything foreign is read. Returns what doesn't hold here; empty: all of it holds.
std::string hold(const Held& held);
// When every input is known: files are changed where this run has to, and nowhere else.
std::string hold_writes(const Spec& spec, const Context& context);

}
