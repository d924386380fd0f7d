#include "base/text.h"
#include "base/url.h"
#include "scan/rules/check.h"
#include "scan/rules/letters.h"
#include <algorithm>

// Passwords that people choose, and where they stand: URLs, headers, settings.
namespace fairlead::scan {
namespace {

bool has_letter(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
}

// What an installation comes with, or a page tells everyone to take: whoever gets in with that needs no repository.
bool is_everybodys(const std::string& plain) {
    constexpr std::string_view known[] = {
        "postgres",  "postgresql", "mysql",     "mariadb",   "root",    "admin",    "administrator", "guest",
        "user",      "redis",      "rabbitmq",  "mongo",     "mongodb", "minio",    "keycloak",      "minioadmin",
        "homestead", "laravel",    "symfony",   "wordpress", "forge",   "spring",   "django",        "elastic",
        "grafana",   "changeit",   "oracle",    "docker",    "string",  "true",     "false",         "null",
        "none",      "nil",        "undefined", "empty",     "hidden",  "required", "text",          "value",
        "pass",      "token",      "basic",     "rootroot",  "letmein", "hunter2"};
    return std::find(std::begin(known), std::end(known), plain) != std::end(known) || has_any(plain, {"1q2w3e"});
}

// A word for the place where a password has to be put.
bool is_stand_in(const std::string& plain) {
    return has_any(plain, {"change", "replace", "your", "enter", "insert", "here", "generate", "random", "test", "fake",
                           "mock", "demo", "default", "unset", "not-set", "not_set", "encrypted", "passphrase"});
}

// harbour-admin-password: of a project, after a rule that whoever knows the project can guess. root_password_2024: of
// a service.
bool names_its_project(const std::string& plain) {
    std::string text = plain;
    std::replace(text.begin(), text.end(), '_', '-');
    auto words = split(text, '-');
    const bool has_year = words.size() > 2 && words.back().find_first_not_of("0123456789") == std::string::npos;
    if (has_year) words.pop_back();
    if (words.size() < 2 || words.back() != "password" || words[0].size() < 4) return false;
    constexpr std::string_view general[] = {"some", "database", "user",   "admin",   "strong", "secure", "super",
                                            "very", "this",     "secret", "initial", "local",  "sample", "password"};
    constexpr std::string_view services[] = {"root", "postgres", "mysql", "redis", "mongo"};
    const auto is_one_of = [&](const auto& list) {
        return std::find(std::begin(list), std::end(list), words[0]) != std::end(list);
    };
    if (is_one_of(general)) return has_any(text, {"-prod-", "-staging-"});
    return !is_one_of(services) || has_year || (words.size() == 2 && words[0] == "root");
}

std::size_t count_of(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) ++count;
    return count;
}

// Something that a person thought of, and no template, path or stand-in.
bool is_chosen(std::string_view secret) {
    const std::string plain = lower(secret);
    if (has_any(plain, {"${", "{{", "$(", "<%", "%(", "enc(", "::", "://", "vault:", "sops:", "ref+", "!ref"}))
        return false;
    if (count_of(secret, "\\u") >= 2) return false; // words in another script
    if (std::string_view("$</%.").find(secret.front()) != std::string_view::npos) return false;
    if (secret.find("TODO") != secret.npos || plain == "todo") return false;
    if (is_everybodys(plain) || is_stand_in(plain) || (has_letter(plain) && is_placeholder(plain))) return false;
    return !stands_for_one(secret) || names_its_project(plain);
}

bool is_strong(std::string_view secret) {
    return secret.size() >= 8 && has_digit(secret) && has_letter(secret) && !stands_for_one(secret);
}

// DB_PASSWORD_2: a variable, not its value.
bool is_variable(std::string_view secret) {
    return secret.find('_') != secret.npos &&
           secret.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == secret.npos;
}

}

Proof check_connection(std::string_view secret, std::string_view match) {
    const auto before = static_cast<std::size_t>(secret.data() - match.data());
    const std::string_view user = match.substr(match.rfind('/', before) + 1);
    if (user.starts_with(secret) || stands_for_one(secret)) return Proof::refuted;
    const std::string host = lower(match.substr(match.rfind('@') + 1));
    // A host of the world has a dot in its name; localhost, db, mysql and the like are those of development.
    const bool is_own = host.find('.') == host.npos || host == "127.0.0.1" || host == "0.0.0.0" ||
                        has_any(host, {"localhost", "host.docker.internal"});
    const bool is_web = lower(match.substr(0, 4)) == "http";
    // The address that a page sends its errors to; up to 2017 with two keys, which both are in the page.
    if (is_web && (host.starts_with("sentry.") || host.ends_with(".sentry.io")) && is_hex(secret))
        return Proof::refuted;
    const bool is_sample = is_own ||
                           has_any(host, {"example.", "foo.", ".test", ".invalid", "domain.", "my.", "server."}) ||
                           (is_web && host.find("proxy") != host.npos);
    const std::string plain = percent_decode(secret);
    if (is_sample && (is_web || plain.size() < 10 || !is_random(plain) || is_words(plain))) return Proof::refuted;
    return is_web && !has_digit(secret) ? Proof::refuted : Proof::unknown; // docs are full of them
}

Proof check_basic(std::string_view secret, std::string_view) {
    const std::string pair = decode_base64(secret);
    const std::size_t colon = pair.find(':');
    const bool is_text = std::all_of(pair.begin(), pair.end(), [](char c) { return c > ' ' && c < 0x7f; });
    // JSON is the head of a token; what a hash stands in is no password
    if (colon == pair.npos || colon == 0 || !is_text || pair.front() == '{') return Proof::refuted;
    const std::string_view password = std::string_view(pair).substr(colon + 1);
    const bool is_sample = password.size() < 8 || !has_digit(password) || is_placeholder(pair);
    return is_hash(password) || is_sample || stands_for_one(password) ? Proof::refuted : Proof::unknown;
}

Proof check_saved(std::string_view secret, std::string_view) {
    const bool is_template = secret.find("${") != secret.npos || secret.find("{{") != secret.npos ||
                             secret.front() == '<' || secret.front() == '%';
    return is_template || stands_for_one(secret) ? Proof::refuted : Proof::unknown;
}

Proof check_password(std::string_view secret, std::string_view) {
    return has_digit(secret) && !stands_for_one(secret) ? Proof::unknown : Proof::refuted;
}

Proof check_chosen(std::string_view secret, std::string_view match) {
    constexpr std::size_t shortest_key = 16;
    if (!is_chosen(secret) || !is_strong(secret) || is_variable(secret)) return Proof::refuted;
    const std::string name = lower(match.substr(0, static_cast<std::size_t>(secret.data() - match.data())));
    const bool is_password = has_any(name, {"passw", "passphrase", "pwd"});
    // `secret` may be the name of one
    return is_password || (secret.size() >= shortest_key && !is_uuid(secret)) ? Proof::unknown : Proof::refuted;
}

Proof check_weak(std::string_view secret, std::string_view match) {
    return is_strong(secret) ? Proof::refuted : check_default(secret, match);
}

Proof check_default(std::string_view secret, std::string_view) {
    constexpr std::size_t shortest_word = 5; // a PIN has four
    const bool is_long = secret.size() >= shortest_word || !has_letter(secret);
    return is_long && is_chosen(secret) && !is_variable(secret) ? Proof::proven : Proof::refuted;
}

Proof check_local(std::string_view secret, std::string_view match) {
    const auto before = static_cast<std::size_t>(secret.data() - match.data());
    const std::string_view rest = match.substr(0, before - 1), user = rest.substr(rest.rfind('/') + 1);
    const bool is_of_page = user == "foo" || (!user.empty() && secret.starts_with(user));
    const std::string_view host = match.substr(match.rfind('@') + 1);
    const bool is_here = host.starts_with("localhost") || host.starts_with("127.") || host.starts_with("host.");
    const bool is_meant = (is_here && has_digit(percent_decode(secret))) || names_its_project(lower(secret));
    return is_meant && !is_of_page ? check_default(secret, match) : Proof::refuted;
}

Proof check_in_code(std::string_view secret, std::string_view) {
    constexpr std::size_t shortest = 10;
    const bool is_mixed = lower(secret) != secret && upper(secret) != secret;
    return secret.size() >= shortest && is_mixed && is_strong(secret) && is_chosen(secret) && !is_words(secret)
               ? Proof::unknown
               : Proof::refuted;
}

Proof check_typed(std::string_view secret, std::string_view) {
    const bool is_sample = stands_for_one(secret) || is_words(secret) || !is_random(secret);
    return is_sample ? Proof::refuted : Proof::unknown;
}

Proof check_kube(std::string_view secret, std::string_view match) {
    const std::string value = decode_base64(secret);
    const std::string name = lower(trim(match.substr(0, match.find(':'))));
    if (ends_with_any(name,
                      {"user", "username", "host", "hostname", "email", "database", "dbname", "bucket", "region"}))
        return Proof::refuted;
    // Bytes look random in base64 too; the name of a thing that is not encoded at all doesn't.
    const bool is_text =
        std::all_of(value.begin(), value.end(), [](unsigned char c) { return c >= 0x20 || c == '\n'; });
    if (!is_text && !is_random(secret)) return Proof::refuted;
    if (value.find("://") != value.npos && value.find('@') == value.npos) return Proof::refuted; // without a password
    if (value.starts_with("-----BEGIN ") && value.find("PRIVATE KEY-----") == value.npos) return Proof::refuted;
    const std::string plain = lower(trim(value));
    const bool is_empty = plain.size() < 7 || plain == "password" || plain == "secret" || plain == "username";
    return is_empty || is_everybodys(plain) || is_placeholder(value) ? Proof::refuted : Proof::unknown;
}

}
