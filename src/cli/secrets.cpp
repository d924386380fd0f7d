#include "cli/secrets.h"
#include "base/secrets/credentials.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "cli/common.h"
#include "cli/inputs.h"
#include "config/secrets.h"
#include "sys/files/files.h"
#include <filesystem>

namespace fairlead::cli {
namespace {

// What a CI hands to every job, and what curl reads by itself.
constexpr std::string_view tokens[] = {"GITHUB_TOKEN",          "GH_TOKEN",     "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
                                       "ACTIONS_RUNTIME_TOKEN", "CI_JOB_TOKEN", "CI_REGISTRY_PASSWORD"};
constexpr std::string_view proxies[] = {"http_proxy", "https_proxy", "all_proxy",
                                        "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"};

// URLs anywhere, and `user:password@host` where a URL belongs.
void register_first_word(std::string_view text) {
    register_urls_in(text);
    text = trim(text);
    register_url(text.substr(0, text.find_first_of(" \t")));
}

std::vector<std::string> given_texts(const Spec& spec, const Input& input, const Words& words,
                                     const sys::Environment& variables) {
    std::vector<std::string> texts;
    if (const auto found = words.flags.find(input.name); found != words.flags.end()) texts = found->second;
    for (const auto& name : variable_names(spec.tool, input.name))
        if (auto value = variables.get(name)) texts.push_back(std::move(*value));
    return texts;
}

bool looks_like_path(std::string_view text) {
    return text.starts_with('/') || text.starts_with('.') || text.starts_with('~');
}

void register_input(const Spec& spec, const Input& input, const Words& words, const sys::Environment& variables) {
    if (input.target.type == Type::secret) {
        for (const auto& name : variable_names(spec.tool, input.name)) {
            if (auto value = variables.get(name)) const Secret secret(std::move(*value));
            const auto file = variables.get(name + "_FILE");
            auto text = file ? sys::read_file(*file, 1u << 20) : Result<std::string>("");
            if (text.ok()) const Secret secret{std::string(trim(text.value()))};
            // Where a file was to be named the secret itself may stand.
            if (!text.ok() && !looks_like_path(*file)) const Secret mistaken{std::string(trim(*file))};
        }
        return;
    }
    for (const auto& text : given_texts(spec, input, words, variables)) {
        register_said(text);
        for (const auto& line : split(text, '\n')) {
            register_first_word(line);
            if (input.name.find("header") == std::string::npos) continue;
            register_header(line);
            if (line.find(':') == std::string::npos)
                const Secret malformed{std::string(trim(line))}; // it may be all of it
        }
    }
}

}

void register_secrets(const Spec& spec, const std::vector<std::string>& arguments, const Words& words,
                      const config::Change& change, const sys::Environment& variables) {
    for (const auto token : tokens)
        if (auto value = variables.get(token)) const Secret secret(std::move(*value));
    for (const auto proxy : proxies)
        if (const auto value = variables.get(proxy)) register_url(*value);
    for (const auto& argument : arguments) {
        register_first_word(argument);
        register_said(argument);
    }
    for (const Input& input : spec.inputs) register_input(spec, input, words, variables);
    if (is_own(spec, "config")) return; // it names another file than fairlead.yml
    std::string path;
    const Input config{.name = "config", .target = &path, .help = ""};
    const auto paths = given_texts(spec, config, words, variables);
    std::error_code ignored;
    config::register_secrets(paths.empty() ? "" : paths.front(), std::filesystem::current_path(ignored).string(),
                             change, variables);
}

}
