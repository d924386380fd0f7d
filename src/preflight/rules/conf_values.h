#pragma once
#include "preflight/project.h"
#include "preflight/rules/conf_guess.h"
#include "preflight/values.h"
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

// What variables say, for the rules of values.
namespace fairlead::preflight {

bool is_any(std::string_view word, std::initializer_list<std::string_view> words);
bool is_true_word(std::string_view value);  // 1 true t yes y on
bool is_false_word(std::string_view value); // 0 false f no n off
bool is_nothing(std::string_view value);    // null none nil undefined: no value, written out
bool is_secret_name(std::string_view name); // preflight.md 5.2: its last word is PASSWORD, TOKEN, SECRET_KEY ...
// MINIO_ACCESS_KEY beside MINIO_SECRET_KEY is who asks, as a user's name is; `other` says whether a name is set, too.
bool is_public_half(std::string_view name, const std::function<bool(const std::string& other)>& is_set);
// What is secret in it: all of a secret's value, of a URL its password; empty: nothing, or it stands somewhere else.
std::string secret_of(const EnvValue& value);
// LLM_API_KEY=dummy-key: the program starts without somebody else's service; nobody gets in by it.
bool is_dummy_of_service(std::string_view name, std::string_view value);
bool is_to_be_written(std::string_view value); // __DB_PASSWORD__, #{DB_PASSWORD}#: sed or a pipeline puts it there
bool is_reference(std::string_view value);     // ${VAULT_KEY}, /run/secrets/key: the value is somewhere else
bool is_private_host(std::string_view host);   // one label, .local, 10.0.0.0/8 ...
std::vector<std::string> list_items(std::string_view value); // of commas, blanks, JSON's or Python's list

// What is told of one secret in one file is one mistake. Of a URL its password counts.
void set_cause_of_secret(Hit& hit, std::string_view secret);
std::string cause_in_code(std::string_view name); // of one secret, wherever the source has it
Hit& hit_at(Hits& hits, const EnvValue& value, std::string message);
void replace(Hit& hit, const EnvValue& value, std::string text); // by --fix, where it stands as it is

}
