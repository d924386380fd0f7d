#include "base/text.h"
#include "read/dockerfile/dockerfile_parts.h"
#include "read/dockerfile/dockerfile_scope.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace fairlead::read {

namespace {

constexpr std::size_t most_stages = 500; // what is asked of a stage walks along its ancestors

}

void find_stages(Dockerfile& file) {
    Scope globals(file.escape);
    std::map<std::string, int> named;
    for (std::size_t i = 0; i < file.instructions.size(); ++i) {
        Instruction& instruction = file.instructions[i];
        if (instruction.verb == Verb::from && file.stages.size() == most_stages) {
            file.problems.push_back(
                {instruction.line, instruction.column,
                 fmt::format("the file has more than {} stages; the rest isn't judged; split it", most_stages)});
            return;
        }
        if (instruction.verb == Verb::from) {
            Stage stage;
            stage.first = i;
            if (!instruction.words.empty()) stage.image = instruction.words.front().text;
            if (instruction.words.size() > 2) stage.name = lower(instruction.words[2].text);
            if (const Flag* platform = instruction.flag("platform")) stage.platform = platform->value;
            const Expansion base = globals.expand(stage.image);
            stage.base = base.text;
            stage.base_known = base.unknown.empty();
            if (const auto parent = named.find(lower(stage.base)); parent != named.end()) stage.parent = parent->second;
            if (!stage.name.empty()) named[stage.name] = static_cast<int>(file.stages.size());
            file.stages.push_back(std::move(stage));
        } else if (file.stages.empty() && instruction.verb == Verb::arg) {
            globals.take(instruction);
        } else if (file.stages.empty()) {
            if (!instruction.wrong)
                file.problems.push_back(
                    {instruction.line, instruction.column,
                     fmt::format("{} is before the first FROM, where only ARG is allowed; move it after FROM",
                                 name_of(instruction.verb))});
            instruction.wrong = true;
        }
        if (!file.stages.empty()) file.stages.back().end = i + 1;
    }
}

std::optional<std::size_t> Dockerfile::stage(std::string_view name, std::size_t before) const {
    const std::string wanted = lower(name);
    before = std::min(before, stages.size());
    for (std::size_t i = before; i-- > 0;)
        if (!wanted.empty() && stages[i].name == wanted) return i;
    const auto number = parse_integer(wanted);
    if (!number.ok() || number.value() < 0 || static_cast<std::size_t>(number.value()) >= before) return std::nullopt;
    return static_cast<std::size_t>(number.value());
}

std::vector<std::size_t> Dockerfile::chain(std::string_view target) const {
    std::vector<std::size_t> out;
    if (stages.empty()) return out;
    const auto last = target.empty() ? std::optional(stages.size() - 1) : stage(target, stages.size());
    if (!last) return out;
    for (int at = static_cast<int>(*last); at >= 0; at = stages[static_cast<std::size_t>(at)].parent)
        out.push_back(static_cast<std::size_t>(at));
    std::reverse(out.begin(), out.end());
    return out;
}

}
