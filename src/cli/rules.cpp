#include "cli/rules.h"
#include "cli/common.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::cli {

const Command& rules_command() {
    static const Command command{.name = "rules",
                                 .help = "Lists the rules: id, title and the section of docs/ that explains it.",
                                 .reads_config = false,
                                 .only_tells = true};
    return command;
}

Spec with_rules(Spec spec) {
    if (!spec.rules.is_there() || spec.commands.empty() || spec.tool.empty()) return spec;
    std::vector<std::string> others;
    for (const Command& command : spec.commands) others.push_back(command.name);
    for (Input& input : spec.inputs) {
        if (!input.of.empty()) continue;
        input.of = others;
        input.of_most = true;
    }
    spec.commands.push_back(rules_command());
    return spec;
}

bool has_rules_word(const Spec& spec) { return spec.rules.is_there() && spec.commands.empty() && !spec.tool.empty(); }

Spec rules_alone(Spec spec) {
    spec.inputs.clear();
    spec.examples.clear();
    spec.rules = {};
    return spec;
}

Result<bool> asks_rules(const Spec& spec, Words& words) {
    const std::string& word = rules_command().name;
    if (spec.command) return *spec.command == word;
    if (!has_rules_word(spec) || words.words.empty() || words.words.front() != word) return false;
    if (words.words.size() > 1)
        return usage(fmt::format(
            "'{}' lists the rules and takes no arguments, but '{}' follows; for a file of that name write ./{}", word,
            words.words[1], word));
    const auto given = std::find_if(spec.inputs.begin(), spec.inputs.end(),
                                    [&](const Input& input) { return words.flags.contains(input.name); });
    if (given != spec.inputs.end())
        return usage(
            fmt::format("--{} has no meaning for '{}', which lists the rules; for a file of that name write ./{}",
                        given->name, word, word));
    words.words.clear();
    return true;
}

}
