#pragma once
#include "base/field.h"
#include "base/secret.h"
#include "base/time.h"
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

// A tool declares its inputs and outputs once. From this value come the flags, INPUT_* and FAIRLEAD_* variables,
// --help, actions/<tool>/action.yml and README.md, docs and the schema.
namespace fairlead::cli {

// The variable that an input fills. Its type is the input's type and its value at declaration the default.
using Target = std::variant<bool*, std::int64_t*, double*, std::string*, std::vector<std::string>*, Milliseconds*,
                            Secret*, std::optional<std::string>*>;

struct Input {
    std::string name; // kebab-case: flag --name, INPUT_NAME, FAIRLEAD_<TOOL>_NAME, FAIRLEAD_NAME
    Target target;
    std::string help;                      // one sentence
    std::vector<std::string> allowed = {}; // empty: anything
    std::string key = {};                  // dotted key in the tool's section of fairlead.yml; empty: none
    std::string placeholder = {};          // "FILE" in --help
    char short_name = 0;
    bool positional = false;         // also takes the words without a flag
    bool action = true;              // false: a flag only, not an input of the action
    std::string action_default = {}; // of the action's input, where only a workflow knows it: ${{ github.token }}
    bool untrimmed = false;          // handed over as given: neither trimmed nor, for a list, split
    bool lines = false;              // a list is split at newlines only (its values may hold commas)
};

struct Output {
    std::string name;
    std::string help;
};

struct Command {
    std::string name;
    std::string help;
    bool reads_config = true; // false: it runs without fairlead.yml, and beside a wrong one
};

struct Spec {
    std::string tool;                   // "gate"; "" for the front command
    std::string summary;                // one sentence, what it answers
    std::string details;                // markdown for docs: a paragraph or two
    std::vector<Command> commands = {}; // the first is the default; empty: no commands
    std::string* command = nullptr;
    std::vector<Input> inputs;
    std::vector<Output> outputs = {};
    std::span<const Field> section = {};    // the tool's part of fairlead.yml
    std::vector<std::string> formats = {};  // formats of its own beside report/formats.h
    std::vector<std::string> examples = {}; // command lines for --help and the README
    bool needs_environment = false;         // without --env the only one of fairlead.yml is taken
    bool findings_on_stderr = false;        // text format: only the closing line goes to stdout
};

}
