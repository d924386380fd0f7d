#pragma once
#include "preflight/parts/docker.h"
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

// Helpers of the rules for package managers, of distributions and of languages.
namespace fairlead::preflight::docker {

constexpr std::string_view pin_why = "Tomorrow the same commit installs another version, which nobody has tested.";
constexpr std::string_view cache_why = "Files of a layer stay in the image, even if a later layer removes them.";

// Returns the packages that a command names: the operands after its subcommand.
std::vector<const read::ShellWord*> packages(const Command& command,
                                             std::initializer_list<std::string_view> with_value = {});

// Adds a hit, with a fix that inserts `option` after the subcommand if a shell runs the command.
void missing_option(const Dockerfile& subject, Hits& hits, const Instruction& run, const Command& command,
                    std::string_view sub, std::string_view option, std::string message);

// Returns whether the instruction removes everything below that path.
bool removes(const Instruction& run, std::string_view path);

template <typename Do>
void each_run(const std::vector<Placed>& all, Do act) {
    for (const Placed& placed : all)
        if (placed.instruction->verb == Verb::run)
            for (const Command& command : placed.instruction->shell.commands) act(*placed.instruction, command);
}

}
