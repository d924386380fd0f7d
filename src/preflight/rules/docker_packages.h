#pragma once
#include "preflight/rules/docker.h"
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

// What the rules of package managers share, the distribution's and those of languages.
namespace fairlead::preflight::docker {

constexpr std::string_view pin_why = "The same commit installs another version tomorrow, which nobody has tested.";
constexpr std::string_view cache_why = "What a layer holds stays in the image, also when a later one removes it.";

// The packages that a command names: operands behind its subcommand.
std::vector<const read::ShellWord*> packages(const Command& command,
                                             std::initializer_list<std::string_view> with_value = {});

// A hit; with a fix that puts `option` behind the subcommand, where a shell takes the command apart.
void missing_option(const Dockerfile& subject, Hits& hits, const Instruction& run, const Command& command,
                    std::string_view sub, std::string_view option, std::string message);

// Whether it takes away again what lies below that path.
bool removes(const Instruction& run, std::string_view path);

template <typename Do>
void each_run(const std::vector<Placed>& all, Do act) {
    for (const Placed& placed : all)
        if (placed.instruction->verb == Verb::run)
            for (const Command& command : placed.instruction->shell.commands) act(*placed.instruction, command);
}

}
