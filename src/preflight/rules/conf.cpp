#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/parts/conf_values.h"
#include "preflight/rules/env_lines.h"
#include "preflight/rules/groups.h"
#include "preflight/rules/nginx_look.h"
#include <algorithm>
#include <fmt/format.h>

// Switches: debugging, the environment, logs, mail, cookies.
namespace fairlead::preflight {

namespace {

// In the words that stand there: 1 and 0 where it is 1.
std::string word_for(bool on, const EnvValue& value) {
    return value.value == "1" || value.value == "0" ? (on ? "1" : "0") : (on ? "true" : "false");
}

void debug_on(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all) {
        const bool flag = is_one_of(one.name, {"DEBUG", "DEBUG_MODE", "APP_DEBUG", "FLASK_DEBUG", "DJANGO_DEBUG"});
        const bool of_net = is_one_of(one.name, {"ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT"});
        const bool mode = of_net || is_one_of(one.name, {"FLASK_ENV", "NODE_ENV", "RAILS_ENV", "APP_ENV"});
        if (flag && is_true_word(one.value)) {
            auto& hit =
                hit_at(hits, one,
                       fmt::format("{} is \"{}\" in the {} profile; error pages would show source; set {}={}", one.name,
                                   one.value, config::name_of(file.profile), one.name, word_for(false, one)));
            doubt_default(hit, file, one);
            replace(hit, one, word_for(false, one));
        } else if (mode && is_one_of(lower(one.value), {"development", "dev"})) {
            auto& hit = hit_at(hits, one,
                               fmt::format("{} is {} in the {} profile; error pages would show source; set {}={}",
                                           one.name, one.value, config::name_of(file.profile), one.name,
                                           of_net ? "Production" : "production"));
            doubt_default(hit, file, one);
            replace(hit, one, of_net ? "Production" : "production");
        } else if (one.name.ends_with("_DEBUG") && !flag && is_true_word(one.value)) {
            hit_at(hits, one,
                   fmt::format("{} is on; what it adds to logs and pages is for developers; set {}={}",
                               short_name(one.name), short_name(one.name), word_for(false, one)))
                .level = Level::warning;
        }
    }
}

void environment_name(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all) {
        const auto named = profile_in(lower(one.value));
        if (!named || *named == file.profile) continue;
        if (is_one_of(one.name, {"ENVIRONMENT", "ENV", "APP_ENV", "APP_ENVIRONMENT", "SPRING_PROFILES_ACTIVE"})) {
            const bool may_differ = is_default(file, one);
            auto& hit = hit_at(hits, one,
                               fmt::format("{} is {} in {}{}; {} code paths would run; set {}", one.name,
                                           short_name(one.value), one.file, may_differ ? " unless it is set" : "",
                                           config::name_of(*named), config::name_of(file.profile)));
            // ENV and ENVIRONMENT are the program's own words: it may only choose a database by them.
            const bool is_own_word = one.name == "ENV" || one.name == "ENVIRONMENT";
            if (may_differ || is_own_word) hit.level = Level::warning;
        }
        // What isn't development to these is production, in staging as well; of development conf-debug-on speaks.
        const bool mode = is_one_of(one.name, {"RAILS_ENV", "RACK_ENV", "NODE_ENV", "FLASK_ENV", "MIX_ENV"});
        if (mode && *named == Profile::development && !is_one_of(lower(one.value), {"development", "dev"}))
            doubt_default(hit_at(hits, one,
                                 fmt::format("{} is {} in {}; code paths of tests would run; set production", one.name,
                                             short_name(one.value), one.file)),
                          file, one);
    }
}

void log_level(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all)
        if (is_one_of(one.name, {"LOG_LEVEL", "LOGLEVEL", "APP_LOG_LEVEL", "DJANGO_LOG_LEVEL"}) &&
            is_one_of(lower(one.value), {"debug", "trace", "silly", "notset"})) {
            auto& hit = hit_at(
                hits, one,
                fmt::format("{} is {}; such logs hold personal data and fill the disk; set INFO", one.name, one.value));
            replace(hit, one, "INFO");
        }
}

void flag_not_boolean(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all) {
        const bool flag = one.name.ends_with("_ENABLED") || one.name.starts_with("ENABLE_") ||
                          (one.name.starts_with("USE_") && !one.name.ends_with("_URL"));
        if (flag && !one.value.empty() && !is_true_word(one.value) && !is_false_word(one.value) &&
            !is_reference(one.value))
            hit_at(hits, one,
                   fmt::format(
                       "{} is not a boolean word; code that compares with true reads it as off; write true or false",
                       short_name(one.name)));
    }
}

void conf_cookie(const EnvValues& file, const Project&, Hits& hits) {
    const auto& all = file.all;
    for (const auto& one : all) {
        const bool secure = one.name.ends_with("COOKIE_SECURE"), hidden = one.name.ends_with("COOKIE_HTTPONLY");
        if ((secure || hidden) && is_false_word(one.value)) {
            auto& hit =
                hit_at(hits, one,
                       fmt::format("{} is off; {}; set true", one.name,
                                   secure ? "the cookie would be sent unencrypted" : "scripts could read the cookie"));
            doubt_default(hit, file, one);
            replace(hit, one, word_for(true, one));
        }
        if (!one.name.ends_with("COOKIE_SAMESITE") || lower(one.value) != "none") continue;
        const auto* other = file.find(replace_all(one.name, "SAMESITE", "SECURE"));
        if (other == nullptr || !is_true_word(other->value))
            doubt_default(
                hit_at(hits, one,
                       fmt::format("{} is None without Secure; browsers drop such a cookie; set Lax, or Secure too",
                                   one.name)),
                file, one);
    }
}

void ssl_redirect(const EnvValues& file, const Project& project, Hits& hits) {
    for (const auto& one : file.all) {
        if (one.name != "SECURE_SSL_REDIRECT" || !is_false_word(one.value)) continue;
        auto& hit = hit_at(hits, one,
                           "SECURE_SSL_REDIRECT is off; visitors of http:// stay there; set true, or redirect in the "
                           "proxy");
        if (nginx::has_deployed_nginx(project) || project.settings.tls == "outside")
            hit.level = Level::info; // K18: its layer
    }
}

void conf_hsts(const EnvValues& file, const Project& project, Hits& hits) {
    const auto wanted = project.settings.hsts_min.count() / 1000;
    for (const auto& one : file.all) {
        if (!is_one_of(one.name, {"SECURE_HSTS_SECONDS", "HSTS_SECONDS", "HSTS_MAX_AGE"})) continue;
        const auto seconds = parse_integer(one.value);
        if (seconds && seconds.value() < wanted)
            hit_at(hits, one,
                   fmt::format("{} is {}; browsers forget https too soon; set {}", one.name, seconds.value(), wanted));
    }
}

void conf_rate_limit(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all)
        if (one.name.starts_with("RATE_LIMIT") &&
            (one.value == "0" || (one.name.ends_with("ENABLED") && is_false_word(one.value))))
            hit_at(hits, one,
                   fmt::format("{} is {}; passwords can be tried without limit; set a limit", one.name, one.value));
}

// Of the whole process: Node's, Python's, git's.
void conf_tls_unverified(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all) {
        const bool off =
            (is_one_of(one.name, {"NODE_TLS_REJECT_UNAUTHORIZED", "PYTHONHTTPSVERIFY"}) && is_false_word(one.value)) ||
            (is_one_of(one.name, {"GIT_SSL_NO_VERIFY", "CURL_INSECURE"}) && is_true_word(one.value));
        if (off)
            doubt_default(
                hit_at(hits, one,
                       fmt::format("{} is {}; the program trusts any server that answers; remove it, and name the CA "
                                   "in NODE_EXTRA_CA_CERTS or SSL_CERT_FILE",
                                   one.name, one.value)),
                file, one);
    }
}

// The test mode of a payment service: nobody is charged.
void list_not_json(const EnvValues& file, const Project& project, Hits& hits) {
    for (const auto& one : file.all) {
        if (!one.value.starts_with('[') || !one.value.ends_with(']') || one.value.find('\'') == one.value.npos ||
            one.value.find('"') != one.value.npos)
            continue;
        const auto field = lower(one.name);
        const bool is_list = std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& path) {
            const auto text = path.ends_with(".py") ? project.read(path) : std::nullopt;
            if (!text || text->find("BaseSettings") == text->npos) return false;
            const auto words = replace_all(lower(*text), " ", "");
            return has_any(words, {"\n" + field + ":list[", "\n" + field + ":tuple[", "\n" + field + ":set["});
        });
        if (is_list)
            hit_at(hits, one,
                   fmt::format("{} is a list with single quotes; pydantic reads JSON and doesn't start; write [\"…\"]",
                               short_name(one.name)));
    }
}

// Spring reads these for jpa.hibernate.ddl-auto and the like.
void conf_schema_sync(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all) {
        const auto value = lower(one.value);
        const bool by_hibernate =
            one.name.ends_with("DDL_AUTO") && is_one_of(value, {"create", "create-drop", "update"});
        const bool by_switch = (one.name.ends_with("_SYNCHRONIZE") && is_true_word(value)) ||
                               (one.name.ends_with("FLYWAY_CLEAN_DISABLED") && is_false_word(value));
        if (by_hibernate || by_switch)
            hit_at(hits, one,
                   fmt::format("{} is {}; a start changes the tables, and can drop columns with their data; set {}",
                               short_name(one.name), value,
                               by_hibernate                           ? "validate"
                               : one.name.ends_with("CLEAN_DISABLED") ? "true"
                                                                      : "false"))
                .level = value == "update" || one.name.ends_with("CLEAN_DISABLED") || is_default(file, one)
                             ? std::optional(Level::warning)
                             : std::nullopt;
    }
}

void conf_endpoints_open(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all)
        if (one.name == "MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE" && one.value == "*")
            hit_at(hits, one,
                   fmt::format("{} is *; anyone who reaches the port reads memory and settings; set health,info",
                               one.name));
}

void demo(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all)
        if (is_one_of(one.name, {"DEMO_MODE", "DEMO", "SEED_DEMO_DATA", "LOAD_FIXTURES"}) && is_true_word(one.value))
            doubt_default(
                hit_at(hits, one, fmt::format("{} is on; users with known passwords would exist; set false", one.name)),
                file, one);
}

void log_format(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all)
        if (one.name == "LOG_FORMAT" && !one.value.empty() && lower(one.value).find("json") == std::string::npos)
            hit_at(hits, one, "LOG_FORMAT is not json; logs can't be searched by field; set json");
}

}

std::span<const Rule> conf_rules() {
    static const Rule rules[] = {
        {"conf-debug-on",
         "Debugging is on",
         deployed(Level::error),
         debug_on,
         "In debug mode, error pages show source, settings and sometimes a console.",
         "DEBUG=false",
         {"security.W018"},
         {"S1-06", "S2-74", "S4-27"},
         Fix::safe},
        {"conf-environment-name",
         "The variable for the environment names another environment",
         deployed(Level::error),
         environment_name,
         "For example, the production file says `ENVIRONMENT=staging`. Code that reads this variable then does in "
         "production what it does in staging.",
         "ENVIRONMENT=production",
         {},
         {"S2-34"}},
        {"conf-log-level",
         "Debug logging is on",
         deployed(Level::warning),
         log_level,
         "Debug logs contain personal data and secrets, and fill the disk.",
         "LOG_LEVEL=INFO",
         {},
         {"S4-50", "S2-74"},
         Fix::safe},
        {"conf-flag-not-boolean",
         "A switch has a value that is not a boolean word",
         always(Level::warning),
         flag_not_boolean,
         "Code that compares the value with `true` reads any other word as \"off\", and other code reads the same word "
         "as \"on\".",
         "NAME_ENABLED=true",
         {},
         {"S1-15"}},
        {"conf-cookie",
         "A session cookie is not protected",
         deployed(Level::error),
         conf_cookie,
         "Without Secure, browsers also send the cookie unencrypted. Without HttpOnly, scripts can read it.",
         "SESSION_COOKIE_SECURE=true",
         {"security.W010", "security.W016"},
         {"S1-141"},
         Fix::safe},
        {"conf-ssl-redirect",
         "http is not redirected to https",
         deployed(Level::warning),
         ssl_redirect,
         "Visitors who type the address stay on http.",
         "SECURE_SSL_REDIRECT=true",
         {"security.W008"},
         {"S2-70"}},
        {"conf-hsts",
         "HSTS is off, or its time is too short",
         deployed(Level::warning),
         conf_hsts,
         "Until a browser knows that the site has HSTS, an attacker can hijack the first request of a visit.",
         "SECURE_HSTS_SECONDS=31536000",
         {"security.W004"},
         {"S2-108"}},
        {"conf-rate-limit",
         "The rate limit is off",
         deployed(Level::warning),
         conf_rate_limit,
         "Attackers can try passwords without limit.",
         "RATE_LIMIT_PER_MINUTE=60",
         {},
         {"S1-143", "S2-110"}},
        {"conf-list-not-json", "A list is not JSON", always(Level::error), list_not_json,
         "pydantic-settings reads a list as JSON, and strings in JSON have double quotes (see pydantic's page "
         "\"Parsing environment variable values\").",
         "CORS_ORIGINS=[\"https://app.example.org\"]"},
        {"conf-tls-unverified", "The program doesn't verify the servers it talks to", deployed(Level::error),
         conf_tls_unverified,
         "Anyone on the network path can pretend to be the database, the payment service or the login server.",
         "NODE_EXTRA_CA_CERTS=/etc/ssl/certs/internal-ca.pem"},
        {"conf-schema-sync", "The program changes the database's tables when it starts", deployed(Level::error),
         conf_schema_sync,
         "The program changes the tables to match the source, and doesn't ask. If you rename a field, TypeORM drops "
         "the old column with its data. With `create`, each start empties the tables.",
         "SPRING_JPA_HIBERNATE_DDL_AUTO=validate, and a migration for each change"},
        {"conf-endpoints-open", "Endpoints for operators are open to everyone", deployed(Level::warning),
         conf_endpoints_open, "Such endpoints show heap dumps and settings, and these contain passwords.",
         "MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE=health,info"},
        {"conf-demo-in-production",
         "Demo data is loaded",
         deployed(Level::error),
         demo,
         "Demo users have known passwords.",
         "DEMO_MODE=false",
         {},
         {"S0-09"}},
        {"conf-log-format",
         "Logs are not JSON",
         deployed(Level::info),
         log_format,
         "Logs with one field for each value can be searched and counted.",
         "LOG_FORMAT=json",
         {},
         {"S1-53", "S4-52"}},
    };
    return rules;
}

}
