#include "base/text.h"
#include "base/url.h"
#include "preflight/rules/conf_values.h"
#include "preflight/rules/env_lines.h"
#include "preflight/rules/groups.h"
#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <set>

// Secrets: long enough, nobody's guess, not shared. No message says a value.
namespace fairlead::preflight {

namespace {

bool is_signing_key(std::string_view name) {
    return is_any(name, {"SECRET_KEY", "APP_SECRET", "SESSION_SECRET", "NEXTAUTH_SECRET", "APP_SECRET_KEY",
                         "DJANGO_SECRET_KEY", "FLASK_SECRET_KEY"});
}
bool is_jwt_key(std::string_view name) { return is_any(name, {"JWT_SECRET", "JWT_SECRET_KEY"}); }

bool is_judged(const ConfValue& one) {
    return !one.value.empty() && !is_reference(one.value) && (is_secret_name(one.name) || is_signing_key(one.name));
}

void secret_short(const EnvFile& file, const Project& project, Hits& hits) {
    for (const auto& one : values_of(file)) {
        if (!is_signing_key(one.name) || !is_judged(one)) continue;
        const auto count = static_cast<std::int64_t>(code_points(one.value));
        if (count < project.settings.secret_min)
            hit_at(hits, file, one,
                   fmt::format("{} has {} characters; at least {} are required; run fairlead init --secrets", one.name,
                               count, project.settings.secret_min));
    }
}

// Of the HMAC that the file names; RFC 7518 3.2: as long as its hash.
struct Hmac {
    std::string name;
    std::int64_t bytes;
};
Hmac hmac_of(const std::vector<ConfValue>& all, std::int64_t least) {
    for (const auto* name : {"JWT_ALGORITHM", "JWT_ALG", "ALGORITHM"})
        if (const auto* found = find_value(all, name)) {
            const auto algorithm = upper(found->value);
            if (algorithm == "HS384") return {algorithm, std::max<std::int64_t>(least, 48)};
            if (algorithm == "HS512") return {algorithm, std::max<std::int64_t>(least, 64)};
            if (!algorithm.starts_with("HS")) return {algorithm, 0};
        }
    return {"HS256", least};
}

void jwt_short(const EnvFile& file, const Project& project, Hits& hits) {
    const auto all = values_of(file);
    const auto [algorithm, bytes] = hmac_of(all, project.settings.jwt_min_bytes);
    for (const auto& one : all)
        if (is_jwt_key(one.name) && is_judged(one) && static_cast<std::int64_t>(one.value.size()) < bytes)
            hit_at(hits, file, one,
                   fmt::format("{} has {} bytes; {} needs {}; use {} random bytes or more", one.name, one.value.size(),
                               algorithm, bytes, bytes));
}

void jwt_algorithm(const EnvFile& file, const Project&, Hits& hits) {
    const auto all = values_of(file);
    for (const auto& one : all) {
        if (!is_any(one.name, {"JWT_ALGORITHM", "JWT_ALG"})) continue;
        if (lower(one.value) == "none")
            hit_at(hits, file, one, fmt::format("{} is none; anybody can write tokens; use HS256 or RS256", one.name));
        if (!upper(one.value).starts_with("HS")) continue;
        for (const auto& key : all)
            if (key.name.starts_with("JWT") && key.value.find("BEGIN PUBLIC KEY") != std::string::npos)
                hit_at(hits, file, one,
                       fmt::format("{} is {} with a public key; whoever has that key can sign; use RS256", one.name,
                                   one.value));
    }
}

void jwt_expiry(const EnvFile& file, const Project& project, Hits& hits) {
    for (const auto& one : values_of(file)) {
        const auto name = upper(one.name);
        const bool access = name.find("REFRESH") == name.npos &&
                            (name.starts_with("JWT_") || name.starts_with("ACCESS_TOKEN")) &&
                            name.find("EXPIR") != name.npos;
        const auto number = parse_integer(one.value);
        if (!access || !number) continue;
        const auto has = [&](std::string_view word) { return name.find(word) != name.npos; };
        const std::int64_t unit = has("MINUTE") ? 60 : has("HOUR") ? 3600 : has("DAY") ? 86400 : 1;
        const auto most = project.settings.jwt_expiry_max.count() / 1000;
        if (number.value() > most / unit)
            hit_at(hits, file, one,
                   fmt::format("{} is {}; a stolen token works that long; {} seconds are enough with a refresh token",
                               short_name(one.name), number.value(), most));
    }
}

void placeholder(const EnvFile& file, const Project&, Hits& hits) {
    for (const auto& one : values_of(file))
        if (is_judged(one) && is_placeholder(one.value))
            hit_at(hits, file, one,
                   fmt::format("{} still holds the template's text; anybody can read it there; put a generated value",
                               short_name(one.name)));
}

double entropy(std::string_view text) { // Shannon's, bits per byte
    std::array<double, 256> counts{};
    for (const char c : text) counts[static_cast<unsigned char>(c)] += 1;
    double bits = 0;
    for (const double count : counts)
        if (count > 0)
            bits -= count / static_cast<double>(text.size()) * std::log2(count / static_cast<double>(text.size()));
    return bits;
}

bool is_word_with_digits(std::string_view value) {
    const auto letters = std::find_if(value.begin(), value.end(), [](char c) { return c < 'a' || c > 'z'; });
    const auto rest = std::find_if(letters, value.end(), [](char c) { return c < '0' || c > '9'; });
    const auto count = letters - value.begin();
    return count >= 3 && count <= 12 && value.end() - rest <= 1 && value.end() - letters <= 5;
}

bool is_common(std::string_view value) {
    for (const std::string_view run :
         {"qwert", "asdf", "yxcv", "zxcv", "12345", "abcde", "98765", "letmein", "iloveyou", "welcome", "p@ss", "pass1",
          "monkey", "dragon", "hunter2", "trustno1", "root"})
        if (value.starts_with(run) && value.size() < run.size() + 8) return true;
    return false;
}

std::string weakness(std::string_view value) {
    const auto distinct = std::set<char>(value.begin(), value.end()).size();
    if (distinct < 5) return fmt::format("{} distinct character{}", distinct, distinct == 1 ? "" : "s");
    if (value.size() >= 16 && entropy(value) < 3.0) return fmt::format("{:.1f} bits per character", entropy(value));
    const auto text = lower(value);
    if (is_common(text)) return "a password that everybody tries";
    if (value.size() < 16 && is_word_with_digits(text)) return "a word and digits";
    return {};
}

void weak(const EnvFile& file, const Project&, Hits& hits) {
    for (const auto& one : values_of(file)) {
        if (!is_judged(one) || is_placeholder(one.value) || one.name.ends_with("_PORT")) continue;
        const auto why = weakness(one.value);
        if (!why.empty())
            hit_at(hits, file, one,
                   fmt::format("{} has {}; it can be guessed; run fairlead init --secrets", short_name(one.name), why));
    }
}

void reused(const EnvFile& file, const Project&, Hits& hits) {
    std::map<std::string, std::string> seen;
    for (const auto& one : values_of(file)) {
        if (!is_judged(one) || is_placeholder(one.value)) continue;
        const auto [at, is_new] = seen.try_emplace(one.value, one.name);
        const auto doubled = [&](std::string_view prefix) { // POSTGRES_PASSWORD and DB_PASSWORD are one account's
            return at->second.ends_with(prefix) && one.name.ends_with(prefix);
        };
        if (!is_new && !doubled("PASSWORD") && !doubled("PASS"))
            hit_at(hits, file, one,
                   fmt::format("{} has the value of {}; who learns one has both; generate one each",
                               short_name(one.name), short_name(at->second)));
    }
}

void shared(const Project& project, Hits& hits) {
    struct Seen {
        const EnvFile* file;
        std::string name;
    };
    std::map<std::string, Seen> seen; // values; they stay in here
    for (const EnvFile& file : project.env_files) {
        if (file.environment.empty()) continue;
        for (const auto& one : values_of(file)) {
            const bool database = one.name.ends_with("DATABASE_URL") && one.value.find("://") != std::string::npos;
            if ((!is_judged(one) && !database) || is_reference(one.value) || one.value.size() < 8) continue;
            if (!database && is_placeholder(one.value)) continue;
            const auto [at, is_new] = seen.try_emplace(one.value, Seen{&file, one.name});
            if (!is_new && at->second.file->environment != file.environment)
                hit_at(hits, file, one,
                       fmt::format("{} is equal in {} and {}; a leak of one opens both; use different values",
                                   short_name(one.name), at->second.file->file, file.file));
        }
    }
}

void frontend(const EnvFile& file, const Project& project, Hits& hits) {
    for (const auto& one : values_of(file)) {
        const auto& prefixes = project.settings.frontends;
        const bool bundled = std::any_of(prefixes.begin(), prefixes.end(),
                                         [&](const std::string& prefix) { return one.name.starts_with(prefix); });
        const bool open =
            one.name.find("PUBLISHABLE") != std::string::npos || one.name.find("ANON") != std::string::npos ||
            one.name.ends_with("DSN") || one.name.find("PUBLIC_KEY") != std::string::npos ||
            one.name.find("SITE_KEY") != std::string::npos || one.name.find("FIREBASE") != std::string::npos ||
            one.name.find("MAPS") != std::string::npos || one.name.find("MAPBOX") != std::string::npos ||
            one.value.starts_with("pk_");
        if (bundled && !open && is_secret_name(one.name) && !one.value.empty())
            hit_at(hits, file, one,
                   fmt::format("{} goes into the public bundle; every visitor can read it; keep it on the server",
                               short_name(one.name)));
    }
}

bool is_database_password(std::string_view name) {
    return is_any(name,
                  {"DB_PASSWORD", "DB_PASS", "DATABASE_PASSWORD", "POSTGRES_PASSWORD", "PGPASSWORD", "MYSQL_PASSWORD",
                   "MYSQL_ROOT_PASSWORD", "MARIADB_PASSWORD", "MARIADB_ROOT_PASSWORD", "MONGO_INITDB_ROOT_PASSWORD"});
}

std::optional<Url> database_url(const ConfValue& one) {
    if (one.name.find("DATABASE_UR") == std::string::npos && !is_any(one.name, {"DB_URL", "POSTGRES_URL", "MYSQL_URL"}))
        return std::nullopt;
    auto url = parse_url(one.value);
    if (!url) return std::nullopt;
    return std::move(url).value();
}

bool is_default_password(std::string_view password, std::string_view user) {
    return is_any(lower(password), {"postgres", "password", "root", "admin", "mysql", "mariadb", "toor", "secret"}) ||
           (!user.empty() && password == user);
}

void database_password(const EnvFile& file, const Project&, Hits& hits) {
    const auto all = values_of(file);
    for (const auto& one : all) {
        std::string user, password;
        if (is_database_password(one.name)) {
            password = one.value;
            for (const auto* name : {"DB_USER", "POSTGRES_USER", "MYSQL_USER", "PGUSER"})
                if (const auto* found = find_value(all, name)) user = found->value;
        } else if (const auto url = database_url(one)) {
            user = url->user;
            password = percent_decode(url->password);
        }
        if (!password.empty() && is_default_password(password, user))
            hit_at(hits, file, one,
                   fmt::format("{} has a default password; it is the first one that is tried; run fairlead init "
                               "--secrets",
                               short_name(one.name)));
    }
}

void database_superuser(const EnvFile& file, const Project&, Hits& hits) {
    for (const auto& one : values_of(file)) {
        std::string user = is_any(one.name, {"DB_USER", "DATABASE_USER", "PGUSER"}) ? one.value : std::string();
        if (const auto url = database_url(one)) user = url->user;
        if (is_any(lower(user), {"postgres", "root", "sa"}))
            hit_at(hits, file, one,
                   fmt::format("{} names user {}; a hole in the program owns every database; use a user of its own",
                               short_name(one.name), user));
    }
}

}

std::span<const Rule> conf_secret_rules() {
    static const Rule rules[] = {
        {"conf-secret-short",
         "A signing key is short",
         always(Level::error),
         secret_short,
         "Sessions and tokens are as safe as the key that signs them.",
         "fairlead init --secrets prints one of 64 characters",
         {"security.W009"},
         {"S1-03", "S2-77"}},
        {"conf-jwt-short",
         "A key of tokens is shorter than its hash",
         always(Level::error),
         jwt_short,
         "RFC 7518 3.2 asks for as many bytes as the hash has; shorter keys have been guessed.",
         "openssl rand -base64 48",
         {},
         {"S2-72", "S2-76", "RFC 7518 3.2"}},
        {"conf-jwt-alg",
         "Tokens are signed by none, or by what everybody has",
         always(Level::error),
         jwt_algorithm,
         "With `none`, or HS256 over a public key, anybody writes tokens.",
         "JWT_ALGORITHM=HS256 with a secret, or RS256",
         {},
         {"S1-140"}},
        {"conf-jwt-expiry",
         "A token is valid for long",
         always(Level::warning),
         jwt_expiry,
         "A token that was stolen can't be called back.",
         "JWT_EXPIRES_IN=900 and a refresh token",
         {},
         {"S2-72", "S2-103"}},
        {"conf-secret-placeholder",
         "A secret is the template's text",
         always(Level::error),
         placeholder,
         "Everybody who has seen the template knows it.",
         "fairlead init --secrets",
         {"security.W009"},
         {"S2-16", "S2-73"}},
        {"conf-secret-weak",
         "A secret can be guessed",
         always(Level::error),
         weak,
         "Few distinct characters, words with digits and keyboard runs are what is tried first.",
         "fairlead init --secrets",
         {"security.W009"},
         {"S1-04"}},
        {"conf-secret-reused",
         "Two secrets are equal",
         always(Level::warning),
         reused,
         "Who learns one has the other, and neither can be changed alone.",
         "One generated value each.",
         {},
         {"S1-05"}},
        {"conf-shared-between-envs",
         "Two environments share a secret",
         always(Level::error),
         shared,
         "Staging is seen by more people than production; its leak opens both.",
         "Different values in each file.",
         {},
         {"S0-11", "S1-05"}},
        {"conf-frontend-secret",
         "A secret is compiled into the public bundle",
         always(Level::error),
         frontend,
         "Variables with such a prefix are put into the JavaScript that every visitor loads.",
         "Keep it on the server, without the prefix.",
         {},
         {"S1-16", "S4-26"}},
        {"conf-db-default-password",
         "The database has a default password",
         deployed(Level::error),
         database_password,
         "It is the first one that is tried.",
         "fairlead init --secrets",
         {},
         {"S2-16"}},
        {"conf-db-superuser",
         "The program is the database's superuser",
         deployed(Level::warning),
         database_superuser,
         "A hole in the program owns every database of the server.",
         "DB_USER=app, with rights on its own database",
         {},
         {"S2-87"}},
    };
    return rules;
}

}
