#pragma once
#include "base/text.h"
#include "cli/spec.h"
#include <string>
#include <utility>
#include <vector>

// Helpers that declare an input in one line: `begins("tests", keyed("tests.min", choice("min-tests", …)))`.
namespace fairlead::cli {

inline Input choice(const char* name, Target target, const char* help, const char* placeholder = "") {
    return {.name = name, .target = std::move(target), .help = help, .placeholder = placeholder};
}
inline Input keyed(const char* key, Input input) {
    input.key = key;
    return input;
}
// Declares an input whose key is its name, with `_` for `-`.
inline Input setting(const char* name, Target target, const char* help, const char* placeholder = "") {
    return keyed(replace_all(name, "-", "_").c_str(), choice(name, std::move(target), help, placeholder));
}
// Declares an input that is only a flag, and not an input of the action.
inline Input by_hand(const char* name, Target target, const char* help, const char* placeholder = "") {
    Input input = choice(name, std::move(target), help, placeholder);
    input.action = false;
    return input;
}
// Allows an input only on the command line: not as an input of the action, and not as a variable.
inline Input typed(Input input) {
    input.typed = true;
    input.action = false;
    return input;
}
inline Input word(Input input) {
    input.positional = true;
    return input;
}
inline Input allowed(std::vector<std::string> values, Input input) {
    input.allowed = std::move(values);
    input.placeholder.clear();
    return input;
}
// Marks a file that these commands write, so that `fairlead run` knows what a step writes.
inline Input written(std::vector<std::string> by, std::string as, Input input) {
    input.written_by = std::move(by);
    input.written_as = std::move(as);
    return input;
}
// Marks a list whose values may contain commas.
inline Input lines(Input input) {
    input.lines = true;
    return input;
}
inline Input begins(const char* group, Input input) {
    input.group = group;
    return input;
}
inline Input only(std::vector<std::string> commands, Input input) {
    input.of = std::move(commands);
    return input;
}

}
