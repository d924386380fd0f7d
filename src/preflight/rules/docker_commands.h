#pragma once
#include "preflight/parts/docker.h"
#include <cstddef>
#include <initializer_list>
#include <string_view>
#include <vector>

// Finds the commands that a container starts with.
namespace fairlead::preflight::docker {

struct Start {
    const Instruction* instruction = nullptr;
    Command command;
};
// Returns ENTRYPOINT and CMD as Docker combines them, with shell commands split up.
std::vector<Start> starts(const Dockerfile& subject);

bool has_word(const Command& command, std::initializer_list<std::string_view> texts);
bool is_python(const Command& command);
// Returns the real program: flask, for `python -m flask run` and `poetry run flask run`.
Command without_runner(Command command);

}
