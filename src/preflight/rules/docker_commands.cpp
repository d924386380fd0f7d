#include "preflight/rules/docker_commands.h"
#include "base/text.h"
#include <algorithm>

namespace fairlead::preflight::docker {

std::vector<Start> starts(const Dockerfile& subject) {
    const Instruction *entry = nullptr, *cmd = nullptr;
    for (const Placed& placed : shipped(subject)) {
        if (placed.trigger) continue;
        if (placed.instruction->verb == Verb::entrypoint) entry = placed.instruction;
        if (placed.instruction->verb == Verb::cmd) cmd = placed.instruction;
    }
    std::vector<Start> out;
    const auto add = [&](const Instruction* one, const std::vector<Command>& commands) {
        for (const Command& command : commands)
            if (!command.words.empty()) out.push_back({one, command});
    };
    if (entry != nullptr && !entry->arguments.empty()) {
        if (entry->exec && cmd != nullptr && cmd->exec && !entry->words.empty()) {
            std::vector<read::ShellWord> words;
            for (const read::Word& word : entry->words) words.push_back({word.text, word.at, true, false});
            for (const read::Word& word : cmd->words) words.push_back({word.text, word.at, true, false});
            add(entry, read::read_command(std::move(words)).commands);
        } else {
            add(entry, entry->shell.commands);
        }
        if (!entry->exec) return out; // it never sees CMD
    }
    if (cmd != nullptr) add(cmd, cmd->shell.commands);
    return out;
}

bool has_word(const Command& command, std::initializer_list<std::string_view> texts) {
    return std::any_of(command.words.begin() + static_cast<std::ptrdiff_t>(command.program), command.words.end(),
                       [&](const auto& word) { return is_one_of(word.text, texts); });
}

bool is_python(const Command& command) { return command.name().starts_with("python"); }

Command without_runner(Command command) {
    if (is_python(command) && word_at(command, 1) == "-m")
        command.program += 2;
    else if (is_one_of(command.name(), {"poetry", "uv", "pipenv", "pdm"}) && word_at(command, 1) == "run")
        command.program += 2;
    else if (is_one_of(command.name(), {"npx", "bunx", "pnpx"}))
        command.program += 1;
    else if (is_one_of(command.name(), {"bundle", "pnpm", "yarn"}) && word_at(command, 1) == "exec")
        command.program += 2;
    if (command.program < command.words.size() && command.name() == "cross-env") {
        ++command.program; // and the variables that it sets
        while (command.program < command.words.size() && word_at(command, 0).find('=') != std::string_view::npos)
            ++command.program;
    }
    if (command.program >= command.words.size()) command.program = 0;
    return command;
}

}
