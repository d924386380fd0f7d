// slow: an execution takes ten times as long as one of the others
// hostile: Dockerfiles
// Any text is a Dockerfile: no crash, and every place that it names lies within the text.
#include "read/dockerfile/dockerfile.h"
#include "read/dockerfile/dockerfile_scope.h"
#include <algorithm>
#include <cstdint>
#include <cstdlib>

using namespace fairlead::read;

namespace {

int lines = 0;
std::size_t bytes = 0;

void must(bool holds) {
    if (!holds) std::abort();
}

void check(Span span) { must(span.begin <= span.end && span.end <= bytes); }

void check(const Instruction& instruction) {
    must(instruction.line >= 1 && instruction.line <= instruction.end_line && instruction.end_line <= lines);
    check(instruction.at);
    check(instruction.word_at);
    check(instruction.arguments_at);
    for (const Flag& flag : instruction.flags) check(flag.at);
    for (const Word& word : instruction.words) check(word.at);
    for (const Pair& pair : instruction.pairs) check(pair.at);
    for (const Heredoc& heredoc : instruction.heredocs) check(heredoc.at);
    for (const Command& command : instruction.shell.commands) {
        must(command.words.empty() || command.program < command.words.size());
        for (const ShellWord& word : command.words) check(word.at);
        for (const Assignment& one : command.assignments) check(one.value.at);
        for (const Redirect& one : command.redirects) check(one.target.at);
    }
    for (const Instruction& trigger : instruction.trigger) check(trigger);
}

}

extern "C" int fuzz_read_dockerfile(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const Dockerfile file = read_dockerfile(text);
    bytes = size;
    lines = static_cast<int>(std::count(text.begin(), text.end(), '\n')) + 1;
    for (const Problem& problem : file.problems) must(problem.line >= 1 && problem.line <= lines);
    for (const Instruction& instruction : file.instructions) check(instruction);
    for (std::size_t i = 0; i < file.stages.size() && i < 8; ++i) {
        Scope scope(file, i);
        for (std::size_t j = file.stages[i].first; j < file.stages[i].end; ++j) {
            scope.take(file.instructions[j]);
            for (const Word& word : file.instructions[j].words) scope.expand(word.text);
        }
    }
    for (const std::size_t stage : file.chain("")) must(stage < file.stages.size());
    return 0;
}
