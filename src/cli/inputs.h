#pragma once
#include "cli/spec.h"
#include "cli/words.h"
#include "config/config.h"
#include "sys/environment.h"
#include <map>
#include <string>
#include <vector>

// From where an input gets its value. Whatever the source, the value takes the same way from text to its target.
namespace fairlead::cli {

struct Given {
    std::vector<std::string> texts; // one per flag or list item
    std::string origin;             // "--x", "INPUT_X", "fairlead.yml:3:5"
    Place place;                    // of fairlead.yml
    bool ready = false;             // a list that needs no splitting at commas
};

std::string origin_of(const config::Value& value); // "fairlead.yml:3:5"

// Variables that may hold the input, the strongest first: INPUT_MIN-TESTS, INPUT_MIN_TESTS,
// FAIRLEAD_GATE_MIN_TESTS, FAIRLEAD_MIN_TESTS.
std::vector<std::string> variable_names(const std::string& tool, const std::string& input);

Result<void> assign(const Input& input, const Given& given);

struct Sources {
    Words words;
    const sys::Environment& variables;
    const config::Value& section; // absent: nothing is taken from fairlead.yml
    std::string command = {};     // words without a flag are for the inputs of this one; empty: there are no commands
};

// The first input of the peer (Input::of_peer) that an action gives; empty: none.
std::string peer_input_given(const std::string& tool, const std::vector<Input>& inputs,
                             const sys::Environment& variables);

// Fills every target and notes in `origins` where its value came from ("default" when nobody gave one).
Result<void> fill(const std::string& tool, const std::vector<Input>& inputs, const Sources& sources,
                  std::map<std::string, std::string>& origins);

}
