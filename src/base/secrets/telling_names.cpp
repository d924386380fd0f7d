#include "base/secrets/telling_names.h"
#include "base/secrets/credentials.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include <string>
#include <vector>

namespace fairlead {

namespace {

bool ends_like(Words endings, std::string_view word) {
    return std::any_of(endings.begin(), endings.end(), [&](auto ending) { return word.ends_with(ending); });
}

constexpr std::string_view telling_ends[] = {
    "token",       "secret",    "password",      "passwd", "passwort", "passphrase", "apikey", "credential",
    "credentials", "signature", "authorization", "cookie", "pwd",      "jwt",        "bearer", "sessionid"};
constexpr std::string_view telling_words[] = {
    "pass",         "dsn",       "otp",       "dbpass",  "creds",     "sas",      "hmac",     "assertion",
    "samlresponse", "pem",       "pat",       "unseal",  "pgpass",    "userpass", "rootpass", "adminpass",
    "smtppass",     "mysqlpass", "redispass", "keypass", "storepass", "sshpass"};
constexpr std::string_view last_words[] = {"private", "webhook", "pw",
                                           "salt"}; // PRIVATE_SUBNET and WEBHOOK_PORT aren't
constexpr std::string_view weak_words[] = {"key", "code", "auth", "session", "sig", "sid", "csrf", "xsrf"};
// Before `key` these say that it opens nothing.
constexpr std::string_view open_keys[] = {
    "public", "pub", "sort", "primary", "foreign", "cache",  "partition", "surrogate", "idempotency", "group",
    "host",   "map", "row",  "object",  "index",   "socket", "shortcut",  "hot",       "publishable"};
constexpr std::string_view no_keys[] = {"monkey", "turkey", "hockey", "donkey", "whiskey", "jockey", "hotkey"};
// At the end these say that the value speaks of a secret and is none.
constexpr std::string_view about_words[] = {
    "url",     "uri",      "file",     "path",    "dir",      "ttl",     "timeout",   "length", "size",
    "count",   "max",      "min",      "name",    "type",     "expires", "host",      "expiry", "lifetime",
    "age",     "enabled",  "required", "header",  "endpoint", "env",     "algorithm", "alg",    "mode",
    "days",    "hours",    "minutes",  "seconds", "page",     "limit",   "prefix",    "suffix", "driver",
    "backend", "provider", "engine",   "domain",  "samesite"};
constexpr std::string_view switches[] = {"true", "false",   "null",     "none",     "yes",
                                         "auto", "enabled", "disabled", "undefined"};

// The words of DB_PASSWORD, X-Api-Key, apiToken, in lower case.
std::vector<std::string> words_of(std::string_view name) {
    std::vector<std::string> words(1);
    const auto small = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    const auto big = [](char c) { return c >= 'A' && c <= 'Z'; };
    char before = '\0';
    for (const char c : name) {
        if ((!small(c) && !big(c)) || (big(c) && small(before))) {
            if (!words.back().empty()) words.emplace_back();
        }
        if (small(c) || big(c)) words.back() += lower(std::string_view(&c, 1));
        before = c;
    }
    if (words.back().empty()) words.pop_back();
    return words;
}

bool is_webhook(const std::vector<std::string>& words) {
    return words.size() > 1 && words.back() == "url" && words[words.size() - 2] == "webhook";
}

// http://127.0.0.1:3003: what a webhook's address keeps secret stands in its path.
bool is_bare_address(std::string_view value) {
    const auto host = value.find("://");
    const auto path = host == value.npos ? host : value.find_first_of("/?", host + 3);
    return host != value.npos && (path == value.npos || value.size() - path <= said_by_chance);
}

enum class Sound { plain, weak, telling };

Sound sound_of(std::string_view name) {
    const auto words = words_of(name);
    if (is_webhook(words)) return Sound::telling; // of a chat: who knows it may write there
    if (words.empty() || is_one_of(about_words, words.back())) return Sound::plain;
    // nginx's directives: uwsgi_pass, proxy_pass
    constexpr std::string_view passing[] = {"uwsgi", "proxy", "fastcgi", "grpc", "scgi"};
    if (words.size() > 1 && words.back() == "pass" && is_one_of(passing, words[words.size() - 2])) return Sound::plain;
    Sound sound = Sound::plain;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto& word = words[i];
        if (ends_like(telling_ends, word) || is_one_of(telling_words, word)) return Sound::telling;
        const bool last = i + 1 == words.size();
        if (last ? is_one_of(last_words, word) : word == "kubeconfig") return Sound::telling; // alone that is a path
        const bool key = word.ends_with("key") && !is_one_of(no_keys, word);
        const bool open = is_one_of(open_keys, word.substr(0, word.size() - (key ? 3 : 0)));
        if (key && (open || (i > 0 && is_one_of(open_keys, words[i - 1])))) continue;
        if (key && (i > 0 || word != "key")) return Sound::telling; // X-Auth-Key, AWS_ACCESS_KEY_ID, STRIPEKEY
        if (is_one_of(weak_words, word)) sound = Sound::weak;
    }
    return sound;
}

// Bytes of a text beside its `${NAME}`s.
std::size_t written_out(std::string_view text) {
    std::size_t bytes = text.size();
    for (auto at = text.find("${"); at != text.npos; at = text.find("${", at + 1)) {
        const auto end = text.find('}', at);
        if (end == text.npos) break;
        bytes -= end + 1 - at;
        at = end;
    }
    return bytes;
}

}

bool is_plain(std::string_view value) {
    if (value.find("${") != value.npos && written_out(value) < said_by_chance) return true; // Bearer ${TOKEN}
    const bool number = value.find_first_not_of("0123456789") == value.npos;
    return !maskable(value) || (number && value.size() <= 5) || is_one_of(switches, lower(value)) ||
           value.starts_with("***");
}

bool sounds_secret(std::string_view name) { return sound_of(name) != Sound::plain; }

bool is_secret(std::string_view name, std::string_view value) {
    const auto sound = sound_of(name);
    if (sound == Sound::plain || is_plain(value) || (is_webhook(words_of(name)) && is_bare_address(value)))
        return false;
    return sound == Sound::telling || value.size() >= said_by_chance;
}

}
