// refuse_mistyped() of commands.h.
#include "attest/policy.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/common.h"
#include "cli/inputs.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::cli {
namespace {

// INPUT_DRY-RUN is INPUT_DRY_RUN.
std::string spelled(std::string_view name) { return replace_all(upper(name), "-", "_"); }

std::vector<std::string> known_variables(const Spec& spec, const std::vector<Input>& shared) {
    std::vector<std::string> known;
    const auto add = [&](const Input& input) {
        for (const auto& name : variable_names(spec.tool, input.name)) {
            known.push_back(spelled(name));
            if (input.target.type == Type::secret) known.push_back(spelled(name) + "_FILE");
        }
    };
    for (const auto* inputs : {&spec.inputs, &shared}) std::for_each(inputs->begin(), inputs->end(), add);
    if (const auto command = command_input(spec)) add(*command);
    const auto key = attest::EvidenceSettings{}.key_env; // of every tool that judges (cli/evidence.h)
    known.insert(known.end(), {key, key + "_FILE"});
    return known;
}

// Nothing is said of what a neighbour of ours may mean: `include` is tag's, beside the `exclude` of scan.
std::string nearly(std::string_view word, std::string_view prefix, const std::vector<std::string>& known) {
    std::vector<std::string> words;
    for (const auto& name : known)
        if (name.starts_with(prefix)) words.push_back(name.substr(prefix.size()));
    const auto near = nearest(word, words);
    if (word.size() >= 4 && !near.empty() && near.front() == word.front()) return near;
    // An action's input in the singular, or without its first word: INPUT_TAG for tags, INPUT_COVERAGE for
    // min-coverage. A neighbour's FAIRLEAD_URL is another matter.
    if (prefix != "INPUT_" || word.size() < 3) return "";
    const auto is_meant = [&](const std::string& name) {
        return name == std::string(word) + "S" || word == name + "S" || name.ends_with("_" + std::string(word));
    };
    std::erase_if(words, [&](const std::string& name) { return !is_meant(name); });
    const auto shortest = std::min_element(
        words.begin(), words.end(), [](const auto& one, const auto& other) { return one.size() < other.size(); });
    return shortest == words.end() ? "" : *shortest; // of min-coverage and min-diff-coverage the first
}

}

Result<void> refuse_mistyped(const Spec& spec, const std::vector<Input>& shared, const sys::Environment& variables) {
    const auto known = known_variables(spec, shared);
    const std::string own = "FAIRLEAD_" + spelled(spec.tool) + "_";
    for (const auto& [variable, value] : variables.all()) {
        const auto name = spelled(variable);
        if (trim(value).empty() || std::find(known.begin(), known.end(), name) != known.end()) continue;
        for (const std::string_view prefix :
             {std::string_view(own), std::string_view("INPUT_"), std::string_view("FAIRLEAD_")}) {
            if (!name.starts_with(prefix) || (prefix == own && spec.tool.empty())) continue;
            const auto near = nearly(std::string_view(name).substr(prefix.size()), prefix, known);
            if (!near.empty())
                return usage(fmt::format("variable {} is unknown; did you mean {}{}?", variable, prefix, near));
            if (prefix == own)
                return usage(
                    fmt::format("variable {} is not an input of {}; --help lists them", variable, program_name(spec)));
        }
    }
    return {};
}

}
