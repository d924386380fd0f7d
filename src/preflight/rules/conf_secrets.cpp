#include "base/secrets/credentials.h"
#include "base/text.h"
#include "base/url.h"
#include "preflight/parts/conf_values.h"
#include "preflight/rules/env_lines.h"
#include "preflight/rules/groups.h"
#include "preflight/uses/given.h"
#include "preflight/uses/kustomize.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

// Secrets: long enough, nobody's guess, not shared. No message says a value.
namespace fairlead::preflight {

namespace {

// All that is wrong with one secret is one mistake; of what nothing reads, it proves none.
Hit& hit_of_secret(Hits& hits, const EnvValues& file, const EnvValue& one, const Project& project,
                   std::string message) {
    Hit& hit = hit_at(hits, one, std::move(message));
    set_cause_of_secret(hit, one.value);
    // compose-secret-literal judges a default: it is one mistake. What the project hands out is what runs.
    const bool is_taken = is_default(file, one) && hands_out(project, one.file, one.name, one.value);
    if (is_idle(file, one, project) || (is_default(file, one) && !is_taken)) hit.level = Level::warning;
    return hit;
}

// SHOP_AUTH_SECRET: of the program's own, whatever its first word.
bool is_own_signing_key(std::string_view name) {
    constexpr std::string_view ends[] = {"_AUTH_SECRET", "_SESSION_SECRET", "_COOKIE_SECRET", "_TOKEN_SECRET",
                                         "_JWT_SECRET",  "_SIGNING_SECRET", "_SIGNING_KEY",   "_ENCRYPTION_KEY"};
    return std::any_of(std::begin(ends), std::end(ends), [&](std::string_view end) { return name.ends_with(end); });
}

void secret_short(const EnvValues& file, const Project& project, Hits& hits) {
    for (const auto& one : file.all) {
        constexpr std::size_t fewest = 16; // no limit of a framework's, but fewer can be tried
        if (is_own_signing_key(one.name) && !is_signing_key(one.name) && is_set_here(one) &&
            one.value.size() < fewest && !is_placeholder(one.value))
            hit_of_secret(hits, file, one, project,
                          fmt::format("{} has {} characters; it can be guessed; run openssl rand -base64 48",
                                      short_name(one.name), one.value.size()));
        if (!is_signing_key(one.name) || !is_set_here(one)) continue;
        const auto count = static_cast<std::int64_t>(code_points(one.value));
        if (count >= project.settings.secret_min || is_placeholder(one.value)) continue;
        Hit& hit = hit_at(hits, one,
                          fmt::format("{} has {} characters; at least {} are required; run openssl rand -base64 48",
                                      one.name, count, project.settings.secret_min));
        // Neither what Django asks for nor 128 bits drawn at random can be guessed; a limit of the project's own is
        // one.
        const bool is_hex = one.value.find_first_not_of("0123456789abcdef") == std::string::npos;
        const bool is_drawn = count >= 32 &&
                              (is_hex || (looks_generated(one.value) && one.value.find('-') == std::string::npos)) &&
                              weakness(one.value).empty();
        if ((count >= 50 || is_drawn) && project.settings.secret_min == Settings{}.secret_min)
            hit.level = Level::warning;
    }
}

bool is_database_password(std::string_view name) {
    return is_one_of(name, {"DB_PASSWORD", "DB_PASS", "DATABASE_PASSWORD", "POSTGRES_PASSWORD", "PGPASSWORD",
                            "MYSQL_PASSWORD", "MYSQL_ROOT_PASSWORD", "MARIADB_PASSWORD", "MARIADB_ROOT_PASSWORD",
                            "MONGO_INITDB_ROOT_PASSWORD"});
}

std::optional<Url> database_url(const EnvValue& one) {
    if (one.name.find("DATABASE_UR") == std::string::npos &&
        !is_one_of(one.name, {"DB_URL", "POSTGRES_URL", "MYSQL_URL"}))
        return std::nullopt;
    auto url = parse_url(one.value);
    if (!url) return std::nullopt;
    return std::move(url).value();
}

bool is_default_password(std::string_view password, std::string_view user) {
    return is_one_of(lower(password),
                     {"postgres", "password", "root", "admin", "mysql", "mariadb", "toor", "secret"}) ||
           (!user.empty() && password == user);
}

bool is_of_random_root(const EnvValues& file, const EnvValue& one) {
    return is_drawn_at_start(one.name, [&](const std::string& name) {
        const auto* const other = file.find(name);
        return other != nullptr && !other->value.empty();
    });
}

// A database's own, or that of its URL: the first one that is tried.
bool has_default_password(const EnvValues& file, const EnvValue& one) {
    std::string user, password;
    if (is_of_random_root(file, one)) return false;
    if (is_database_password(one.name)) {
        password = one.value;
        for (const auto* name : {"DB_USER", "POSTGRES_USER", "MYSQL_USER", "PGUSER"})
            if (const auto* found = file.find(name)) user = found->value;
    } else if (const auto url = database_url(one)) {
        user = url->user;
        password = percent_decode(url->password);
    }
    return !password.empty() && is_default_password(password, user);
}

std::string secret_of(const EnvValues& file, const EnvValue& one) {
    if (one.value.find_first_not_of("\"'") == std::string::npos) return {}; // - 'PASSWORD=""'
    const auto is_set = [&](const std::string& name) { return file.find(name) != nullptr; };
    return is_public_half(one.name, is_set) || is_of_random_root(file, one) ? std::string() : secret_of(one);
}

// One secret, one line: what is a default password is that, not a placeholder and weak besides.
void placeholder(const EnvValues& file, const Project& project, Hits& hits) {
    for (const auto& one : file.all)
        if (is_placeholder(secret_of(file, one)) && !has_default_password(file, one)) {
            std::string unknown; // a resource of kustomize's that isn't here
            const auto share = share_replaced(project, one, unknown);
            if (share == Share::all && unknown.empty()) continue;
            const bool is_of_service = is_dummy_of_service(one.name, one.value);
            const auto name = short_name(one.name);
            Hit& hit = hit_of_secret(
                hits, file, one, project,
                share == Share::all
                    ? fmt::format("{} is a template's word; {} may replace it, but isn't here; write a generated value",
                                  name, short_name(unknown))
                : is_of_service
                    ? fmt::format(
                          "{} holds a placeholder; the service refuses it; write the value that you got from it", name)
                    : fmt::format("{} holds a placeholder; attackers try these first; write a generated value", name));
            // Whoever applies the manifest fills it in, or no page says so.
            const bool is_manifest = file.from == EnvValues::From::config && asks_to_be_replaced(one.value);
            if (share == Share::all || is_manifest) hit.level = Level::warning;
            const bool is_form = one.value.starts_with('<') && one.value.ends_with('>'); // no program runs with it yet
            if (is_form || is_of_service) hit.level = Level::warning;
        }
}

void database_password(const EnvValues& file, const Project& project, Hits& hits) {
    for (const auto& one : file.all)
        if (has_default_password(file, one))
            hit_of_secret(hits, file, one, project,
                          fmt::format("{} has a default password; attackers try it first; run fairlead init --secrets",
                                      short_name(one.name)));
}

void weak(const EnvValues& file, const Project& project, Hits& hits) {
    for (const auto& one : file.all) {
        const auto secret = secret_of(file, one);
        const auto why = weakness(secret);
        // What a template holds is conf-secret-placeholder's, unless it is still less.
        if (!why.empty() && !is_dummy_of_service(one.name, one.value) &&
            (!is_placeholder(secret) || distinct(secret) < 5) && !has_default_password(file, one))
            hit_of_secret(
                hits, file, one, project,
                fmt::format("{} {}; it can be guessed; run openssl rand -base64 48", short_name(one.name), why));
    }
}

// Of one account in one place: after a rotation that forgot half.
void password_differs(const EnvValues& file, const Project&, Hits& hits) {
    const auto* const password = file.find("POSTGRES_PASSWORD");
    if (password == nullptr || password->value.empty() || is_reference(password->value) || password->borrowed) return;
    const auto* const user = file.find("POSTGRES_USER");
    for (const auto& one : file.all) {
        const auto url = one.borrowed || is_reference(one.value) ? std::nullopt : database_url(one);
        if (!url || !url->scheme.starts_with("postgres") || url->password.empty() || !is_private_host(url->host) ||
            url->user != (user == nullptr ? "postgres" : user->value) ||
            percent_decode(url->password) == password->value)
            continue;
        hit_at(hits, one,
               fmt::format("{} has another password than POSTGRES_PASSWORD for the same user; the program gets no "
                           "connection; use one value",
                           short_name(one.name)));
    }
}

void reused(const EnvValues& file, const Project&, Hits& hits) {
    std::map<std::string, std::string> seen;
    for (const auto& one : file.all) {
        if (!is_set_here(one) || is_placeholder(one.value)) continue;
        const auto [at, is_new] = seen.try_emplace(one.value, one.name);
        const std::string& other = at->second;
        const auto doubled = [&](std::string_view prefix) { // POSTGRES_PASSWORD and DB_PASSWORD are one account's
            return other.ends_with(prefix) && one.name.ends_with(prefix);
        };
        if (!is_new && !doubled("PASSWORD") && !doubled("PASS"))
            hit_at(hits, one,
                   fmt::format("{} has the same value as {}; anyone who learns it has both; generate a value for each",
                               short_name(one.name), short_name(other)));
    }
}

// The URL of a database that only one environment should write to: compose has a `db` of its own in each.
bool is_shared_database(const EnvValue& one) {
    if (!one.name.ends_with("DATABASE_URL") || is_reference(one.value) || !is_absolute_url(one.value)) return false;
    const auto url = parse_url(one.value);
    return url.ok() && !url.value().host.empty() && !is_private_host(url.value().host);
}

// What developers share among themselves is nobody's loss; prod and production are one.
bool differ(const EnvValues& one, const EnvValues& other) {
    return one.environment != other.environment && !one.environment.empty() && !other.environment.empty() &&
           (one.profile != other.profile || one.profile == Profile::staging);
}

void shared(const Project& project, Hits& hits) {
    struct Seen {
        const EnvValues* values;
        std::string file, secret;
    };
    std::vector<const EnvValues*> all; // of lower profiles first: the hit stands in the graver one
    for (const EnvValues& values : project.values)
        if (!values.environment.empty()) all.push_back(&values);
    std::stable_sort(all.begin(), all.end(),
                     [](const EnvValues* one, const EnvValues* other) { return one->profile < other->profile; });
    std::map<std::string, std::vector<Seen>> seen; // by name; the values stay in here
    for (const EnvValues* values : all)
        for (const auto& one : values->all) {
            // ${DB_PASSWORD:-shop}: the files share a default, each environment may set its own.
            if (is_default(*values, one)) continue;
            auto secret = secret_of(one);
            const bool database = secret.empty() && is_shared_database(one);
            if (database) secret = one.value;
            if (secret.size() < 4 || (!database && is_placeholder(secret))) continue;
            auto& before = seen[one.name];
            const auto same = std::find_if(before.begin(), before.end(), [&](const Seen& other) {
                return other.secret == secret && other.file != one.file && differ(*other.values, *values);
            });
            // What everybody tries first is told where it stands, as the worse of the two.
            if (same != before.end() && !has_default_password(*values, one) && !is_placeholder(secret_of(one)))
                hit_at(hits, one,
                       fmt::format("{} is equal in {} and {}; a leak of one file opens both; use different values",
                                   short_name(one.name), same->file, one.file));
            constexpr std::size_t most = 100; // environments
            if (before.size() < most) before.push_back({values, one.file, std::move(secret)});
        }
}

// Keys that their vendors mean for pages: they name the project and open nothing by themselves.
bool is_for_pages(std::string_view name, std::string_view value) {
    if (value.starts_with("pk_") || value.starts_with("pk.")) return true;
    for (const std::string_view end : {"_SECRET", "PASSWORD", "PRIVATE_KEY", "SECRET_KEY"})
        if (name.ends_with(end)) return false;
    const auto parts = split(name, '_');
    return std::any_of(parts.begin(), parts.end(), [](const std::string& part) {
        return is_one_of(part, {"PUBLISHABLE", "PUBLIC",  "ANON",      "DSN",      "FIREBASE",  "MAPS",   "MAPBOX",
                                "GOOGLE",      "ALGOLIA", "POSTHOG",   "SEGMENT",  "AMPLITUDE", "CLIENT", "SITE",
                                "MIXPANEL",    "PUSHER",  "TURNSTILE", "INTERCOM", "RECAPTCHA", "CSRF",   "XSRF"});
    });
}

void frontend(const EnvValues& file, const Project& project, Hits& hits) {
    const auto& prefixes = project.settings.frontends;
    for (const auto& one : file.all) {
        const auto prefix = std::find_if(prefixes.begin(), prefixes.end(),
                                         [&](const std::string& start) { return one.name.starts_with(start); });
        if (prefix == prefixes.end() || one.value.empty() || is_nothing(one.value)) continue;
        const auto rest = std::string_view(one.name).substr(prefix->size());
        const bool by_name = is_secret_name(rest) && !is_true_word(one.value) && !is_false_word(one.value);
        const bool by_value = is_token(one.value) || one.value.find("PRIVATE KEY-----") != std::string::npos ||
                              (is_absolute_url(one.value) && !rest.ends_with("DSN") && !secret_of(one).empty());
        if ((by_name || by_value) && !is_for_pages(rest, one.value))
            hit_at(hits, one,
                   fmt::format("{} goes into the public bundle; every visitor can read it; keep it on the server",
                               short_name(one.name)));
    }
}

void database_superuser(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all) {
        std::string user = is_one_of(one.name, {"DB_USER", "DATABASE_USER", "PGUSER"}) ? one.value : std::string();
        if (const auto url = database_url(one)) user = url->user;
        if (is_one_of(lower(user), {"postgres", "root", "sa"}))
            hit_at(hits, one,
                   fmt::format("{} names user {}; a hole in the program opens every database; use a separate user",
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
         "Sessions and tokens are only as safe as the key that signs them.",
         "openssl rand -base64 48 # 64 characters",
         {"security.W009"},
         {"S1-03", "S2-77"}},
        {"conf-db-password-differs", "Two variables have different passwords for one user", always(Level::warning),
         password_differs,
         "Somebody changed the password in one variable only. A new database takes the password in POSTGRES_PASSWORD, "
         "and the program with the other password can't connect.",
         "DATABASE_URL=postgresql://shop:${POSTGRES_PASSWORD}@db/shop"},
        {"conf-secret-placeholder",
         "A secret is a placeholder",
         always(Level::error),
         placeholder,
         "Attackers know the texts of templates, such as `change-me`, and try them first.",
         "openssl rand -base64 48",
         {"security.W009"},
         {"S2-16", "S2-73"}},
        {"conf-secret-weak",
         "A secret can be guessed",
         always(Level::error),
         weak,
         "Attackers first try values with few distinct characters, words with digits and keyboard sequences.",
         "openssl rand -base64 48",
         {"security.W009"},
         {"S1-04"}},
        {"conf-secret-reused",
         "Two secrets are equal",
         always(Level::warning),
         reused,
         "Anyone who learns one of the two has both, and you can't change one of them alone.",
         "Generate a value for each.",
         {},
         {"S1-05"}},
        {"conf-shared-between-envs",
         "Two environments share a secret",
         always(Level::error),
         shared,
         "More people can see staging than production. If the secret leaks from staging, production is open, too.",
         "Different values in each file.",
         {},
         {"S0-11", "S1-05"}},
        {"conf-frontend-secret",
         "A secret is compiled into the public bundle",
         always(Level::error),
         frontend,
         "If a variable's name begins with a prefix such as `VITE_`, its value is in the JavaScript that every visitor "
         "loads.",
         "Keep it on the server, without the prefix.",
         {},
         {"S1-16", "S4-26"}},
        {"conf-db-default-password",
         "The database has a default password",
         deployed(Level::error),
         database_password,
         "Attackers try default passwords first.",
         "openssl rand -base64 48",
         {},
         {"S2-16"}},
        {"conf-db-superuser",
         "The program is the database's superuser",
         deployed(Level::warning),
         database_superuser,
         "A security hole in the program then opens every database of the server.",
         "DB_USER=app, with rights on its own database",
         {},
         {"S2-87"}},
    };
    return rules;
}

}
