#include "deploy/direct/variables.h"
#include "base/env_file.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "sys/files/beneath.h"
#include "sys/files/log.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

void set(Variables& variables, Variable variable) {
    const auto found = std::find_if(variables.begin(), variables.end(),
                                    [&](const auto& other) { return other.name == variable.name; });
    if (found == variables.end())
        variables.push_back(std::move(variable));
    else
        *found = std::move(variable);
}

bool contains(const std::vector<std::string>& list, const std::string& word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

// In CI: the checkout has no file that git ignores, and the workflow names the secrets.
bool gives_secrets(const sys::Environment& process, const std::vector<std::string>& names) {
    return !names.empty() &&
           std::all_of(names.begin(), names.end(), [&](const auto& name) { return process.get(name).has_value(); });
}

struct EnvText {
    sys::FileInfo info; // absent: there is none
    std::string text;
};

Result<EnvText> env_text_of(const Settings& settings) {
    const sys::Path path = settings.env_file;
    const auto tree =
        TRY(sys::root_around(settings.env_folder.empty() ? path.parent_path() : sys::Path(settings.env_folder)));
    const auto file = TRY(sys::named_by_tree(tree, "/", path, "keep it there"));
    const auto info = tree.look(file.path);
    if (!info.ok()) return usage("env file " + info.error().message);
    if (info->type == sys::FileType::absent) return EnvText{};
    auto text = TRY(tree.read(file.path, 1u << 20));
    return EnvText{info.value(), std::move(text)};
}

Result<void> add_file(const Settings& settings, const sys::Environment& process, Variables& variables) {
    if (settings.env_file.empty()) return {};
    const auto [info, text] = TRY(env_text_of(settings));
    if (info.type == sys::FileType::absent) {
        if (!gives_secrets(process, settings.secrets))
            return usage(fmt::format("env file '{}' is not there; make it from its example, set every name of "
                                     "env.secrets in the environment, or remove env.file",
                                     settings.env_file));
        sys::log_warning(fmt::format("env file '{}' is not there; the application gets env.secrets from the "
                                     "environment, but no settings from that file",
                                     settings.env_file));
        return {};
    }
    if ((info.mode & 077u) != 0 && info.type == sys::FileType::file) {
        sys::log_warning(
            fmt::format("env file '{}' can be read by other users; make it private with chmod 600", settings.env_file));
    }
    for (auto& [name, value] : TRY(parse_env(text, settings.env_file))) {
        if (contains(settings.secrets, name) || is_secret(name, value) || holds_credentials(value))
            set(variables, {name, Secret(std::move(value)), {}});
        else
            set(variables, {name, {}, std::move(value)});
    }
    return {};
}

Result<void> add_command(const Settings& settings, const sys::Environment& process, Variables& variables) {
    if (settings.env_from.empty()) return {};
    const auto seen = sys::child_environment(process, sys::Child::network, settings.declared);
    const auto output = TRY(sys::run({.argv = settings.env_from,
                                      .environment = seen,
                                      .timeout = Milliseconds{60000},
                                      .patience = Milliseconds{500},
                                      .any_path = true}));
    if (output.status != 0) // a trace or a message of its own may quote what it was to hand over
        return could_not(fmt::format("env.from '{}' ended with status {}; its output may hold secrets, so it is not "
                                     "shown: run the command by hand to see it",
                                     settings.env_from[0], output.status));
    for (auto& [name, value] : TRY(parse_env(output.out, "env.from")))
        set(variables, {name, Secret(std::move(value)), {}});
    return {};
}

}

Result<std::vector<std::pair<std::string, std::string>>> variables_told(const Settings& settings) {
    std::vector<std::pair<std::string, std::string>> told;
    if (settings.env_file.empty()) return told;
    const auto file = TRY(env_text_of(settings));
    for (auto& [name, value] : TRY(parse_env(file.text, settings.env_file))) {
        const bool secret = contains(settings.secrets, name) || is_secret(name, value);
        if (holds_credentials(value))
            value = hide_credentials(value); // its host and its other parameters are none
        else if (secret)
            value.clear();
        else
            value = " " + value; // an empty one is no secret
        told.emplace_back(name, std::move(value));
    }
    return told;
}

std::string quote_env(std::string_view value) {
    std::string text = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\' || c == '$' || c == '`') text += '\\';
        text += c;
    }
    return text + "\"";
}

std::string render_env(const Variables& variables) {
    std::string text;
    for (const auto& variable : variables) text += variable.name + "=" + quote_env(variable.value()) + "\n";
    return text;
}

std::vector<std::pair<std::string, std::string>> assignments(const Variables& variables) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const auto& variable : variables) pairs.emplace_back(variable.name, variable.value());
    return pairs;
}

std::vector<std::string> secret_names(const Variables& variables) {
    std::vector<std::string> names;
    for (const auto& variable : variables) {
        if (!variable.secret.empty()) names.push_back(variable.name);
    }
    return names;
}

namespace {

Result<void> add_secrets(const Settings& settings, const sys::Environment& process, Variables& variables) {
    for (const auto& name : settings.secrets) {
        if (const auto value = process.get(name)) set(variables, {name, Secret(*value), {}});
        if (std::none_of(variables.begin(), variables.end(), [&](const auto& one) { return one.name == name; })) {
            return usage(fmt::format(
                "secret '{}' is not set anywhere; set it in the environment or in env.file, or print it with env.from",
                name));
        }
    }
    return {};
}

}

namespace {

// All at once: whoever sets them wants to know every name.
Result<void> check_required(const Settings& settings, const Variables& variables) {
    std::vector<std::string> missing;
    for (const auto& name : settings.required)
        if (std::none_of(variables.begin(), variables.end(),
                         [&](const Variable& one) { return one.name == name && !one.value().empty(); }))
            missing.push_back(name);
    if (missing.empty()) return {};
    return usage(fmt::format("{} of env.required {} no value; set {} in env.file, or print {} with env.from",
                             join(missing, ", "), missing.size() == 1 ? "has" : "have",
                             missing.size() == 1 ? "it" : "them", missing.size() == 1 ? "it" : "them"));
}

}

Result<Variables> gather_variables(const Settings& settings, const sys::Environment& process) {
    Variables variables;
    TRY_VOID(add_file(settings, process, variables));
    TRY_VOID(add_command(settings, process, variables));
    TRY_VOID(add_secrets(settings, process, variables));
    TRY_VOID(check_required(settings, variables));
    return variables;
}

Result<Variables> known_variables(const Settings& settings, const sys::Environment& process, const Assignments& given) {
    if (settings.env_from.empty()) return gather_variables(settings, process);
    Variables known, variables;
    TRY_VOID(add_file(settings, process, known));
    for (const auto& name : settings.secrets)
        if (const auto value = process.get(name)) set(known, {name, Secret(*value), {}});
    for (const auto& [name, value] : given)
        if (!name.starts_with("FAIRLEAD_")) set(variables, {name, Secret(std::string(value)), {}});
    for (auto& variable : known) set(variables, std::move(variable));
    return variables;
}

Result<void> check_variables(const Settings& settings, const sys::Environment& process) {
    Variables variables;
    TRY_VOID(add_file(settings, process, variables));
    if (!settings.env_from.empty()) return {}; // it may print any of them
    TRY_VOID(add_secrets(settings, process, variables));
    return check_required(settings, variables);
}

}
