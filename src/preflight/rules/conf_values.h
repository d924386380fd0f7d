#pragma once
#include "preflight/project.h"
#include "preflight/rules/conf_guess.h"
#include "read/env.h"
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

// What env files say, for the rules of values.
namespace fairlead::preflight {

struct ConfValue {
    const read::EnvEntry* entry = nullptr;
    std::string name;
    std::string value; // without the quotes that docker would keep
};

// What is set, of equal names the last; nothing of a template.
std::vector<ConfValue> values_of(const EnvFile& file);
const ConfValue* find_value(const std::vector<ConfValue>& all, std::string_view name);

bool is_any(std::string_view word, std::initializer_list<std::string_view> words);
bool is_true_word(std::string_view value);  // 1 true t yes y on
bool is_false_word(std::string_view value); // 0 false f no n off
bool is_secret_name(std::string_view name); // preflight.md 5.2: its last word is PASSWORD, TOKEN, SECRET_KEY ...
// What is secret in it: all of a secret's value, of a URL its password; empty: nothing, or only a reference.
std::string secret_of(const ConfValue& value);
bool is_reference(std::string_view value);   // ${VAULT_KEY}, /run/secrets/key: the value is somewhere else
bool is_private_host(std::string_view host); // one label, .local, 10.0.0.0/8 ...
std::vector<std::string> list_items(std::string_view value); // of commas, blanks, JSON's or Python's list

Hit& hit_at(Hits& hits, const EnvFile& file, const ConfValue& value, std::string message);
Edit set_value(const EnvFile& file, const ConfValue& value, std::string text);
std::string folder_in(std::string_view path); // "" or "a/b"

}
