#include "cli/inputs.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "cli/commands.h"
#include "config/check.h"
#include "sys/fault.h"
#include "sys/files/files.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::cli {
namespace {

std::vector<std::string> pieces(const Input& input, const Given& given) {
    if (given.ready || input.untrimmed) return given.texts;
    std::vector<std::string> result;
    for (const std::string& text : given.texts) {
        for (const std::string& piece :
             split(input.lines ? text : replace_all(text, "\n", ","), input.lines ? '\n' : ',')) {
            if (const auto word = trim(piece); !word.empty()) result.emplace_back(word);
        }
    }
    return result;
}

Error with_origin(Error error, const Given& given) {
    error.place = given.place;
    if (given.place.file.empty()) error.message += fmt::format(" (from {})", given.origin);
    return error;
}

Result<void> assign_list(const Input& input, const Given& given) {
    std::vector<std::string> words = pieces(input, given);
    for (const std::string& word : words) TRY_VOID(config::check_text(input.name, Type::text, input.allowed, word));
    input.target.set_list(std::move(words));
    return {};
}

Result<void> assign_scalar(const Input& input, const Given& given) {
    if (given.texts.size() > 1) {
        return usage(fmt::format("{} is given {} times; give it once", input.name, given.texts.size()));
    }
    const Type type = input.target.type;
    const std::string raw = given.texts.empty() ? "" : given.texts.front();
    const std::string text = input.untrimmed || type == Type::secret ? raw : std::string(trim(raw));
    TRY_VOID(config::check_text(input.name, type, input.allowed, text));
    if (type == Type::secret && trim(text).empty()) // nobody means to go on without it
        return usage(fmt::format("{} is empty; write the secret there, or leave it out", input.name));
    if (type == Type::secret && !maskable(text)) {
        sys::log_warning(fmt::format("{} (from {}) is too short to be masked; expected 4 characters or more",
                                     input.name, given.origin));
    }
    const auto set = input.target.set(text);
    if (!set.ok()) return usage(input.name + ": " + set.error().message);
    return {};
}

// A script's variable that is not set arrives as an empty text; what it was to say is not guessed.
Result<void> refuse_empty(const Input& input, const Given& given) {
    const bool may_be = input.untrimmed || input.target.takes_empty;
    if (may_be || input.target.type == Type::boolean) return {};
    const bool blank =
        std::any_of(given.texts.begin(), given.texts.end(), [](const std::string& text) { return trim(text).empty(); });
    if (!blank && !pieces(input, given).empty()) return {};
    const std::string wanted = input.placeholder.empty() ? "its value" : input.placeholder;
    if (!given.origin.starts_with("--"))
        return usage(
            fmt::format("a word on the command line is empty; it is the {} of --{}: write it, or leave the word "
                        "out",
                        wanted, input.name));
    return usage(fmt::format("--{} is given but empty; leave it out or write {}", input.name, wanted));
}

Result<std::optional<Given>> from_flags(const Input& input, const Sources& sources) {
    Given given{.texts = {}, .origin = "--" + input.name, .place = {}};
    if (const auto found = sources.words.flags.find(input.name); found != sources.words.flags.end()) {
        given.texts = found->second;
    }
    const bool taken = input.positional && (sources.command.empty() || belongs(input, sources.command));
    if (taken && !sources.words.words.empty()) {
        if (given.texts.empty()) given.origin = "the command line";
        given.ready = given.texts.empty(); // the shell has split them: a name may hold a comma
        given.texts.insert(given.texts.end(), sources.words.words.begin(), sources.words.words.end());
    }
    if (given.texts.empty()) return std::optional<Given>{};
    TRY_VOID(refuse_empty(input, given));
    return std::optional(std::move(given));
}

std::string without_final_newline(std::string text) {
    if (text.ends_with('\n')) text.pop_back();
    if (text.ends_with('\r')) text.pop_back();
    return text;
}

// A secret may also stand in a file that the variable NAME_FILE names.
Result<std::optional<Given>> from_variables(const std::string& tool, const Input& input, const Sources& sources) {
    if (input.typed) return std::optional<Given>{};
    const bool secret = input.target.type == Type::secret;
    for (const std::string& name : variable_names(tool, input.name)) {
        if (auto value = sources.variables.get(name); value && (input.untrimmed || secret || !trim(*value).empty())) {
            return std::optional(Given{{std::move(*value)}, name, {}});
        }
        const auto file = secret ? sources.variables.get(name + "_FILE") : std::nullopt;
        if (!file) continue;
        auto bytes = sys::read_file(*file, 1u << 20);
        if (!bytes.ok()) return usage(fmt::format("{} (from {}_FILE)", bytes.error().message, name));
        return std::optional(Given{{without_final_newline(std::move(bytes).value())}, name + "_FILE", {}});
    }
    return std::optional<Given>{};
}

// The variable of the job's runner that is this secret under another name; empty: none.
std::string copied_from_runner(const std::string& secret, const sys::Environment& variables) {
    for (const auto& [name, value] : variables.all()) {
        const bool ours =
            name.starts_with("INPUT_") && !name.ends_with("GITHUB-TOKEN") && !name.ends_with("GITHUB_TOKEN");
        if (value == secret && !ours && sys::belongs_to_runner(name) && is_secret(name, value)) return name;
    }
    return {};
}

Result<std::optional<Given>> from_file(const Input& input, const Sources& sources) {
    if (input.key.empty()) return std::optional<Given>{};
    const config::Value value = sources.section.at(input.key);
    if (!value.present()) return std::optional<Given>{};
    Given given{value.texts(), origin_of(value), value.place(), true};
    if (input.target.type == Type::secret) { // the file holds the name of the variable, never the value
        if (value.text().empty())
            return value.error(fmt::format("{} is empty; write the name of the variable that holds it", input.key));
        const auto secret = sources.variables.get(value.text());
        if (!secret || trim(*secret).empty())
            return value.error(fmt::format("{} names the variable {}, which is {}; set it", input.key, value.text(),
                                           secret ? "empty" : "not set"));
        if (const auto name = copied_from_runner(*secret, sources.variables); !name.empty())
            return value.error(fmt::format("{} names the variable {}, which holds the value of {}, a variable of the "
                                           "job's runner; name a variable with a separate token",
                                           input.key, value.text(), name));
        given.texts = {*secret};
    }
    return std::optional(std::move(given));
}

bool is_ignored(const std::string& tool, const std::string& input) {
    const std::string_view name = sys::ignored();
    return name.ends_with(input) &&
           (name == fmt::format("{} --{}", tool.empty() ? "fairlead" : tool, input) || name == "common --" + input);
}

}

std::string origin_of(const config::Value& value) {
    const Place place = value.place();
    return fmt::format("{}:{}:{}", place.file, place.line, place.column);
}

std::vector<std::string> variable_names(const std::string& tool, const std::string& input) {
    const std::string hyphens = upper(input);
    const std::string name = replace_all(hyphens, "-", "_");
    std::vector<std::string> names;
    if (hyphens != name) names.push_back("INPUT_" + hyphens);
    names.push_back("INPUT_" + name);
    if (!tool.empty()) names.push_back("FAIRLEAD_" + replace_all(upper(tool), "-", "_") + "_" + name);
    names.push_back("FAIRLEAD_" + name);
    return names;
}

Result<void> assign(const Input& input, const Given& given) {
    auto assigned = input.target.set_list ? assign_list(input, given) : assign_scalar(input, given);
    if (!assigned.ok()) return with_origin(std::move(assigned).error(), given);
    return {};
}

std::string peer_input_given(const std::string& tool, const std::vector<Input>& inputs,
                             const sys::Environment& variables) {
    for (const Input& input : inputs) {
        if (!input.of_peer) continue;
        for (const std::string& name : variable_names(tool, input.name))
            if (name.starts_with("INPUT_") && !trim(variables.get_or(name, "")).empty()) return input.name;
    }
    return {};
}

Result<void> fill(const std::string& tool, const std::vector<Input>& inputs, const Sources& sources,
                  std::map<std::string, std::string>& origins) {
    const std::string peer = peer_input_given(tool, inputs, sources.variables);
    for (const Input& input : inputs) {
        auto given = TRY(from_flags(input, sources));
        if (!given) given = TRY(from_variables(tool, input, sources));
        if (is_ignored(tool, input.name)) given.reset();
        const bool left_out = !given && input.of_peer && !peer.empty();
        if (left_out && !input.key.empty() && sources.section.at(input.key).present())
            sys::log_info(fmt::format("{} of {} is ignored, because the action gives {}, and then all inputs of its "
                                      "kind come from the action",
                                      input.key, origin_of(sources.section.at(input.key)), peer));
        if (!given && !left_out) given = TRY(from_file(input, sources));
        origins[input.name] = given ? given->origin : "default";
        if (given) TRY_VOID(assign(input, *given));
    }
    return {};
}

}
