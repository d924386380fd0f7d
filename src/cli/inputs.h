#pragma once
#include "cli/spec.h"
#include "cli/words.h"
#include "config/config.h"
#include "sys/environment.h"
#include <map>
#include <string>
#include <vector>

// Finds the source of an input's value. The conversion from text to the target is the same for every source.
namespace fairlead::cli {

struct Given {
    std::vector<std::string> texts; // one per flag or list item
    std::string origin;             // "--x", "INPUT_X", "fairlead.yml:3:5"
    Place place;                    // its place in fairlead.yml
    bool ready = false;             // the texts need no splitting at commas
};

std::string origin_of(const config::Value& value); // "fairlead.yml:3:5"

// Returns the variables that may set the input, highest priority first: INPUT_MIN-TESTS, INPUT_MIN_TESTS,
// FAIRLEAD_GATE_MIN_TESTS, FAIRLEAD_MIN_TESTS.
std::vector<std::string> variable_names(const std::string& tool, const std::string& input);

Result<void> assign(const Input& input, const Given& given);

struct Sources {
    Words words;
    const sys::Environment& variables;
    const config::Value& section; // absent: fairlead.yml is not used
    // the chosen command, whose inputs take the words without a flag; empty: the tool has no commands
    std::string command = {};
};

// Returns the first given input that exists for compatibility with a replaced action (Input::of_peer); empty: none is
// given.
std::string peer_input_given(const std::string& tool, const std::vector<Input>& inputs,
                             const sys::Environment& variables);

// Fills every target, and notes the sources of values in `origins` ("default" if no value is given).
Result<void> fill(const std::string& tool, const std::vector<Input>& inputs, const Sources& sources,
                  std::map<std::string, std::string>& origins);

}
