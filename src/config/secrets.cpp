#include "config/secrets.h"
#include "base/env_file.h"
#include "base/secrets/credentials.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "base/url.h"
#include "config/document.h"
#include "sys/files/beneath.h"
#include <algorithm>

namespace fairlead::config {
namespace {

using Kind = sys::YamlNode::Kind;

std::vector<std::string> texts_of(const sys::YamlNode* node) {
    std::vector<std::string> texts;
    if (!node) return texts;
    if (node->kind == Kind::scalar) texts.push_back(node->scalar);
    for (const auto& item : node->items) texts.push_back(item.scalar);
    return texts;
}

// Of a file that is no YAML: `secrets: [A, B]`, or the lines `- A` below it.
std::vector<std::string> written_names(std::string_view text) {
    std::vector<std::string> names;
    bool listed = false;
    for (const auto& line : split(text, '\n')) {
        const auto at = line.find("secrets:");
        listed = at != line.npos || (listed && trim(line).starts_with('-'));
        if (!listed) continue;
        auto rest = line.substr(at == line.npos ? 0 : at + 8);
        std::replace_if(
            rest.begin(), rest.end(),
            [](char c) {
                return !is_variable_name({&c, 1}) && (c < '0' || c > '9');
            },
            ' ');
        for (const auto& word : split(rest, ' '))
            if (is_variable_name(word)) names.push_back(word);
    }
    return names;
}

void register_env_file(const sys::Root& tree, const sys::Path& path, const std::vector<std::string>& names) {
    const auto text = tree.read(path, 1u << 20);
    if (!text.ok()) return; // what leaves the tree is refused by who needs it
    const auto variables = parse_env(text.value(), path.string());
    if (!variables.ok()) {
        register_assignments(text.value());
        for (const auto& line : split(text.value(), '\n')) // a value whose name was forgotten
            if (!parse_env(line, "").ok()) const Secret bare{std::string(trim(line))};
        return;
    }
    for (const auto& [name, value] : variables.value()) {
        register_variable(name, value);
        if (std::find(names.begin(), names.end(), name) != names.end()) const Secret named{std::string(value)};
    }
}

// A file of SQLite is a place, of which a message has to speak; a parameter of its URL may be a key.
void register_value_of(std::string value) {
    if (is_sqlite_url(value) && !sqlite_url_has_user(value) && value.find('?') == value.npos) return;
    const Secret secret(std::move(value));
}

// Keys that name a variable: token_env: API_TOKEN.
void register_named(const sys::YamlNode& node, const sys::Environment& environment) {
    for (const auto& item : node.items) register_named(item, environment);
    for (const auto& [key, value] : node.entries) {
        register_named(value, environment);
        if (value.kind != Kind::scalar || !key.scalar.ends_with("_env")) continue;
        if (auto found = environment.get(value.scalar)) register_value_of(std::move(*found));
        // Where a variable was to be named the secret itself may stand.
        const auto& name = value.scalar;
        if (!is_variable_name(name) || (name != upper(name) && name != lower(name))) const Secret mistaken{name};
    }
}

}

void register_secrets(const std::string& path, const std::string& folder, const Change& change,
                      const sys::Environment& environment) {
    const auto source = find_source(path, folder, change);
    if (!source.ok() || source.value().file.empty()) return;
    const auto& name = source->file;
    const auto& text = source->text;
    const auto file = sys::Path(folder) / name;
    register_assignments(text);
    const auto root = sys::parse_yaml(text, name);
    std::vector<std::string> names = root.ok() ? std::vector<std::string>() : written_names(text);
    std::vector<std::string> env_files;
    if (root.ok()) {
        register_named(root.value(), environment);
        const auto* environments = root->find("environments");
        const auto all = environments ? environments->entries : std::vector<std::pair<sys::YamlNode, sys::YamlNode>>();
        for (const auto& [key, one] : all) {
            const auto* env = one.find("env");
            if (!env) continue;
            for (auto& text_of : texts_of(env->find("secrets"))) names.push_back(std::move(text_of));
            for (auto& text_of : texts_of(env->find("file"))) env_files.push_back(std::move(text_of));
        }
    }
    for (const auto& secret : names)
        if (auto value = environment.get(secret)) const Secret named(std::move(*value));
    const auto tree = sys::root_around(file.parent_path());
    if (!tree.ok()) return;
    for (const auto& env_file : env_files)
        if (const auto inner = tree->relative(file.parent_path() / env_file))
            register_env_file(tree.value(), *inner, names);
}

void register_values(const sys::YamlNode& node) {
    if (node.kind == Kind::scalar) register_urls_in(node.scalar);
    for (const auto& item : node.items) register_values(item);
    for (const auto& [key, value] : node.entries) {
        if (value.kind == Kind::scalar) register_header(key.scalar, value.scalar); // a header, or a key that sounds so
        register_values(value);
    }
}

}
