#pragma once
#include "preflight/rules/docker.h"
#include <cstddef>
#include <initializer_list>
#include <string_view>
#include <vector>

// The commands that a container starts with.
namespace fairlead::preflight::docker {

struct Start {
    const Instruction* instruction = nullptr;
    Command command;
};
// ENTRYPOINT and CMD as Docker puts them together, shells taken apart.
std::vector<Start> starts(const Dockerfile& subject);

bool has_word(const Command& command, std::initializer_list<std::string_view> texts);
std::string_view word_at(const Command& command, std::size_t index); // behind its program; empty: there is none
bool is_python(const Command& command);
// The program that is meant: of `python -m flask run` and `poetry run flask run` flask.
Command without_runner(Command command);

}
