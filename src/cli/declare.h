#pragma once
#include "base/text.h"
#include "cli/spec.h"
#include <string>
#include <utility>
#include <vector>

// Inputs in a line each, for tools that have many: `begins("tests", keyed("tests.min", choice("min-tests", …)))`.
namespace fairlead::cli {

inline Input choice(const char* name, Target target, const char* help, const char* placeholder = "") {
    return {.name = name, .target = std::move(target), .help = help, .placeholder = placeholder};
}
inline Input keyed(const char* key, Input input) {
    input.key = key;
    return input;
}
// Its key is its name.
inline Input setting(const char* name, Target target, const char* help, const char* placeholder = "") {
    return keyed(replace_all(name, "-", "_").c_str(), choice(name, std::move(target), help, placeholder));
}
// A flag only, not an input of the action.
inline Input by_hand(const char* name, Target target, const char* help, const char* placeholder = "") {
    Input input = choice(name, std::move(target), help, placeholder);
    input.action = false;
    return input;
}
// A list whose values may hold commas.
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
