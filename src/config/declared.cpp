#include "config/declared.h"
#include "base/env_file.h"
#include "base/secrets/credentials.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "config/document.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::config {
namespace {

using Kind = sys::YamlNode::Kind;
using Nodes = std::vector<const sys::YamlNode*>;

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

const sys::YamlNode* find(const sys::YamlNode* map, std::string_view key) {
    return map && map->kind == Kind::map ? map->find(key) : nullptr;
}

// A list, or one word. What is neither is refused by validate().
Nodes words_of(const sys::YamlNode* node) {
    Nodes words;
    if (node && node->kind == Kind::scalar) words.push_back(node);
    if (node && node->kind == Kind::list)
        for (const auto& item : node->items)
            if (item.kind == Kind::scalar) words.push_back(&item);
    return words;
}

std::string of_runner(const std::string& name) {
    return fmt::format("{} belongs to the job's runner, and fairlead.yml can't use it; give the value another name in "
                       "the workflow, e.g. env: {{SHOP_{}: ...}}",
                       name, name.substr(name.rfind('_') + 1));
}

Result<void> declare(const sys::YamlNode* list, const Document& document, std::vector<std::string>& names) {
    for (const auto* word : words_of(list)) {
        if (!is_variable_name(word->scalar))
            return usage(fmt::format("'{}' is not the name of a variable; write it like APP_PORT", word->scalar),
                         document.place(*word));
        if (sys::belongs_to_runner(word->scalar)) return usage(of_runner(word->scalar), document.place(*word));
        names.push_back(word->scalar);
    }
    return {};
}

// Of a name alone: a short word is hidden only where the name tells by itself.
bool tells(const std::string& name) { return is_secret(name, "word"); }

Result<void> check_named(const sys::YamlNode& node, const Document& document) {
    for (const auto& item : node.items) TRY_VOID(check_named(item, document));
    for (const auto& [key, value] : node.entries) {
        TRY_VOID(check_named(value, document));
        if (value.kind == Kind::scalar && key.scalar.ends_with("_env") && sys::belongs_to_runner(value.scalar))
            return usage(of_runner(value.scalar), document.place(value));
    }
    return {};
}

}

Result<Declared> Declared::of(const Document& document, const std::string& environment) {
    Declared declared;
    TRY_VOID(declare(find(find(&document.root, "env"), "variables"), document, declared.names_));
    const auto* environments = find(&document.root, "environments");
    if (!environments) return declared;
    for (const auto& [name, one] : environments->entries) {
        const auto* env = find(&one, "env");
        std::vector<std::string> others;
        TRY_VOID(declare(find(env, "variables"), document, name.scalar == environment ? declared.names_ : others));
        for (const auto* word : words_of(find(env, "secrets"))) declared.secrets_.push_back(word->scalar);
    }
    return declared;
}

Result<void> Declared::judge(const std::string& name, const std::optional<std::string>& value) const {
    if (contains(secrets_, name))
        return usage(fmt::format("{} is a secret (env.secrets), which no value may contain; write its name in a key "
                                 "for names of variables, e.g. smoke.bearer_env: {}",
                                 name, name));
    if (sys::tells_of_run(name)) return {};
    if (sys::belongs_to_runner(name)) return usage(of_runner(name));
    const bool secret = value && (is_secret(name, *value) || holds_credentials(*value) || mask(*value) == "***");
    if (secret || tells(name))
        return usage(fmt::format("{} {} a secret, which no value may contain; write its name in a key for names of "
                                 "variables, e.g. smoke.bearer_env: {}",
                                 name, tells(name) ? "sounds like" : "holds", name));
    if (contains(names_, name)) return {};
    return usage(fmt::format("variable {} is not declared, so this file may not use it; write env: {{variables: [{}]}} "
                             "at the top of the file",
                             name, name));
}

Result<void> check_named(const Document& document) {
    if (const auto* environments = find(&document.root, "environments"))
        for (const auto& [name, one] : environments->entries)
            for (const auto* word : words_of(find(find(&one, "env"), "secrets")))
                if (sys::belongs_to_runner(word->scalar)) return usage(of_runner(word->scalar), document.place(*word));
    return check_named(document.root, document);
}

}
