#pragma once
#include "base/words.h"
#include "preflight/parts/conf_guess.h"
#include "preflight/project.h"
#include "preflight/values.h"
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

// Interprets values of variables, for the rules of values.
namespace fairlead::preflight {

bool is_true_word(std::string_view value);  // 1 true t yes y on
bool is_false_word(std::string_view value); // 0 false f no n off
bool is_nothing(std::string_view value);    // null none nil undefined: words for no value
bool is_secret_name(std::string_view name); // preflight.md 5.2: its last word is PASSWORD, TOKEN, SECRET_KEY ...
// Returns whether a bundler puts a variable of this name into the page: NEXT_PUBLIC_X, VITE_X.
bool is_public_by_prefix(std::string_view name);
// Returns whether the value is a cookie's name and not a key: SESSION_COOKIE_KEY: user_session.
bool is_name_of_cookie(std::string_view name, std::string_view value);
// Returns whether the variable is the public half of a pair, like a user name: MINIO_ACCESS_KEY next to
// MINIO_SECRET_KEY. `is_set` says whether another variable is set.
bool is_public_half(std::string_view name, const std::function<bool(const std::string& other)>& is_set);
// Returns whether the image of MySQL or MariaDB ignores this password of root and generates one: MYSQL_ROOT_PASSWORD
// next to MYSQL_RANDOM_ROOT_PASSWORD. `is_set` says whether another variable has a value.
bool is_drawn_at_start(std::string_view name, const std::function<bool(const std::string& other)>& is_set);
// Returns whether the secret belongs to the program itself: JWT_SECRET, SESSION_KEY. INTERCOM_SECRET belongs to an
// account elsewhere, which may be unused.
bool is_own_secret(std::string_view name);
bool is_signing_key(std::string_view name); // SECRET_KEY, SESSION_SECRET: a framework signs with it
// Returns whether it is a secret whose value is written in its file.
bool is_set_here(const EnvValue& one);
// Returns the secret part: the whole value of a secret, or a URL's password. Empty: there is no secret part, or it is
// defined elsewhere.
std::string secret_of(const EnvValue& value);
// Returns whether it is a dummy such as LLM_API_KEY=dummy-key, which lets the program start without an external service
// and gives no access.
bool is_dummy_of_service(std::string_view name, std::string_view value);
bool is_to_be_written(std::string_view value); // __DB_PASSWORD__, ****: sed, a pipeline or a person replaces it
bool is_reference(std::string_view value);     // ${VAULT_KEY}, /run/secrets/key: the value is somewhere else
// Returns whether it has a URL that lets in whoever has it. Sentry's DSN doesn't: its key only takes reports.
bool holds_login(std::string_view value);
// a secret's value that is neither a placeholder nor a reference
bool gives_secret_away(std::string_view name, std::string_view value);
bool is_private_host(std::string_view host); // one label, .local, 10.0.0.0/8 ...
bool is_this_host(std::string_view host);    // localhost, 127.0.0.1, shop.local
// "a.example" for https://a.example:8443 or a.example:8443
std::string host_of(std::string_view origin);
// separated by commas or blanks, or a list in JSON or Python
std::vector<std::string> list_items(std::string_view value);

// Returns whether it is the default of a reference in a compose file, so that another value may be set at the start.
bool is_default(const EnvValues& file, const EnvValue& value);
// Makes the hit a warning if the value is such a default: the files can't tell whether the start sets another one.
void doubt_default(Hit& hit, const EnvValues& file, const EnvValue& value);
// Returns whether nothing reads the value: only an env file has its name, and no foreign image gets that file.
bool is_idle(const EnvValues& file, const EnvValue& value, const Project& project);
// Makes all hits about one secret in one file count as one mistake. For a URL, its password is compared.
void set_cause_of_secret(Hit& hit, std::string_view secret);
std::string cause_in_code(std::string_view name); // cause for one secret, anywhere in the source
// Returns whether all addresses in the value are this machine's, and its compose file publishes one of their ports.
// Then both may be meant for this machine.
bool is_stack_of_this_host(const EnvValue& list, const Project& project);
Hit& hit_at(Hits& hits, const EnvValue& value, std::string message);
void replace(Hit& hit, const EnvValue& value, std::string text); // for --fix, if the file has the value unchanged

}
