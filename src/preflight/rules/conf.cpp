#include "base/path.h"
#include "base/text.h"
#include "preflight/kinds.h"
#include "preflight/rules/conf_values.h"
#include "preflight/rules/env_lines.h"
#include "preflight/rules/groups.h"
#include "read/compose.h"
#include "read/dockerfile.h"
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>

// Switches and which variables there are.
namespace fairlead::preflight {

namespace {

// In the words that stand there: 1 and 0 where it is 1.
std::string word_for(bool on, const EnvValue& value) {
    return value.value == "1" || value.value == "0" ? (on ? "1" : "0") : (on ? "true" : "false");
}

void debug_on(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all) {
        const bool flag = is_any(one.name, {"DEBUG", "DEBUG_MODE", "APP_DEBUG", "FLASK_DEBUG", "DJANGO_DEBUG"});
        const bool mode = is_any(one.name, {"FLASK_ENV", "NODE_ENV", "RAILS_ENV", "APP_ENV"});
        if (flag && is_true_word(one.value)) {
            auto& hit =
                hit_at(hits, one,
                       fmt::format("{} is \"{}\" in the {} profile; error pages would show source; set {}={}", one.name,
                                   one.value, config::name_of(file.profile), one.name, word_for(false, one)));
            replace(hit, one, word_for(false, one));
        } else if (mode && is_any(lower(one.value), {"development", "dev"})) {
            auto& hit =
                hit_at(hits, one,
                       fmt::format("{} is {} in the {} profile; error pages would show source; set {}=production",
                                   one.name, one.value, config::name_of(file.profile), one.name));
            replace(hit, one, "production");
        }
    }
}

void environment_name(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all) {
        const auto named = profile_in(lower(one.value));
        if (!named || *named == file.profile) continue;
        if (is_any(one.name, {"ENVIRONMENT", "ENV", "APP_ENV", "APP_ENVIRONMENT"}))
            hit_at(hits, one,
                   fmt::format("{} is {} in {}; {} code paths would run; set {}", one.name, short_name(one.value),
                               one.file, config::name_of(*named), config::name_of(file.profile)));
        // What isn't development to these is production, in staging as well; of development conf-debug-on speaks.
        const bool mode = is_any(one.name, {"RAILS_ENV", "RACK_ENV", "NODE_ENV", "FLASK_ENV", "MIX_ENV"});
        if (mode && *named == Profile::development && !is_any(lower(one.value), {"development", "dev"}))
            hit_at(hits, one,
                   fmt::format("{} is {} in {}; code paths of tests would run; set production", one.name,
                               short_name(one.value), one.file));
    }
}

void log_level(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all)
        if (is_any(one.name, {"LOG_LEVEL", "LOGLEVEL", "APP_LOG_LEVEL", "DJANGO_LOG_LEVEL"}) &&
            is_any(lower(one.value), {"debug", "trace", "silly", "notset"})) {
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
                   fmt::format("{} is no boolean word; code that compares with true takes it for off; write true or "
                               "false",
                               short_name(one.name)));
    }
}

void tracking_unset(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all)
        if (one.name.ends_with("SENTRY_DSN") && (one.value.empty() || is_placeholder(one.value)))
            hit_at(hits, one,
                   fmt::format("{} is {}; nobody would hear of errors; put the project's DSN", one.name,
                               one.value.empty() ? "empty" : "the template's text"));
}

void tracking_pii(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all)
        if (one.name == "SENTRY_SEND_DEFAULT_PII" && is_true_word(one.value))
            hit_at(hits, one,
                   "SENTRY_SEND_DEFAULT_PII is on; names and addresses of users go to a third party; set false");
}

void sample_rate(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all) {
        if (!one.name.ends_with("TRACES_SAMPLE_RATE") || one.value.empty() || is_reference(one.value)) continue;
        const auto rate = parse_number(one.value);
        if (!rate || rate.value() < 0 || rate.value() > 1)
            hit_at(hits, one,
                   fmt::format("{} is not from 0 to 1; the client refuses or ignores it; write 0.1", one.name))
                .level = Level::error;
        else if (rate.value() == 1 && file.profile == Profile::production)
            hit_at(hits, one,
                   fmt::format("{} is 1; each request is traced and paid for; 0.1 is the usual value", one.name));
    }
}

void email(const EnvValues& file, const Project&, Hits& hits) {
    for (const std::string prefix : {"EMAIL_", "SMTP_", "MAIL_"}) {
        const auto* port = file.find(prefix + "PORT");
        const auto* tls = file.find(prefix + "USE_TLS");
        const auto* ssl = file.find(prefix + "USE_SSL");
        const bool with_tls = tls != nullptr && is_true_word(tls->value);
        const bool with_ssl = ssl != nullptr && is_true_word(ssl->value);
        if (with_tls && with_ssl)
            hit_at(hits, *ssl,
                   fmt::format("{0}USE_TLS and {0}USE_SSL are both on; they exclude each other; keep TLS with 587 or "
                               "SSL with 465",
                               prefix));
        if (port == nullptr) continue;
        const bool open = port->value == "25" || (port->value == "587" && tls != nullptr && !with_tls) ||
                          (port->value == "465" && ssl != nullptr && !with_ssl);
        if (open)
            hit_at(hits, *port,
                   fmt::format("{} is {} without TLS; the password would travel in clear; use 587 with TLS", port->name,
                               port->value));
    }
}

void cookie(const EnvValues& file, const Project&, Hits& hits) {
    const auto& all = file.all;
    for (const auto& one : all) {
        const bool secure = one.name.ends_with("COOKIE_SECURE"), hidden = one.name.ends_with("COOKIE_HTTPONLY");
        if ((secure || hidden) && is_false_word(one.value)) {
            auto& hit =
                hit_at(hits, one,
                       fmt::format("{} is off; {}; set true", one.name,
                                   secure ? "the cookie would travel in clear" : "scripts could read the cookie"));
            replace(hit, one, word_for(true, one));
        }
        if (!one.name.ends_with("COOKIE_SAMESITE") || lower(one.value) != "none") continue;
        const auto* other = file.find(replace_all(one.name, "SAMESITE", "SECURE"));
        if (other == nullptr || !is_true_word(other->value))
            hit_at(hits, one,
                   fmt::format("{} is None without Secure; browsers drop such a cookie; set Lax, or Secure too",
                               one.name));
    }
}

void ssl_redirect(const EnvValues& file, const Project& project, Hits& hits) {
    for (const auto& one : file.all) {
        if (one.name != "SECURE_SSL_REDIRECT" || !is_false_word(one.value)) continue;
        auto& hit = hit_at(hits, one,
                           "SECURE_SSL_REDIRECT is off; visitors of http:// stay there; set true, or redirect in the "
                           "proxy");
        if (!project.nginxes.empty() || project.settings.tls == "outside") hit.level = Level::info; // K18: its layer
    }
}

void hsts(const EnvValues& file, const Project& project, Hits& hits) {
    const auto wanted = project.settings.hsts_min.count() / 1000;
    for (const auto& one : file.all) {
        if (!is_any(one.name, {"SECURE_HSTS_SECONDS", "HSTS_SECONDS", "HSTS_MAX_AGE"})) continue;
        const auto seconds = parse_integer(one.value);
        if (seconds && seconds.value() < wanted)
            hit_at(hits, one,
                   fmt::format("{} is {}; browsers forget https too soon; set {}", one.name, seconds.value(), wanted));
    }
}

void rate_limit(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all)
        if (one.name.starts_with("RATE_LIMIT") &&
            (one.value == "0" || (one.name.ends_with("ENABLED") && is_false_word(one.value))))
            hit_at(hits, one,
                   fmt::format("{} is {}; passwords can be tried without end; set a limit", one.name, one.value));
}

void demo(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all)
        if (is_any(one.name, {"DEMO_MODE", "DEMO", "SEED_DEMO_DATA", "LOAD_FIXTURES"}) && is_true_word(one.value))
            hit_at(hits, one, fmt::format("{} is on; known users and passwords would be there; set false", one.name));
}

void log_format(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all)
        if (one.name == "LOG_FORMAT" && !one.value.empty() && lower(one.value).find("json") == std::string::npos)
            hit_at(hits, one, "LOG_FORMAT is not json; logs can't be searched by field; set json");
}

// ---- which variables there are

// Where a variable is demanded: "is in .env.example:3".
using Demands = std::map<std::string, std::string>;

std::string place(const std::string& file, int line) { return fmt::format("{}:{}", file, line); }

// "env" of .env.production and .env.example, "db.env" of db.env.example: what one template is for.
std::string kind_of_env(std::string_view path) {
    std::vector<std::string> kept;
    for (const auto& part : split(path.substr(path.rfind('/') + 1), '.'))
        if (!part.empty() && !profile_in(lower(part)) && !is_env_template(part)) kept.push_back(part);
    return join(kept, ".");
}

// A comment behind it or in the line above that says so.
bool says_optional(const std::vector<std::string>& lines, const read::EnvEntry& entry) {
    for (const int line : {entry.line, entry.line - 1}) {
        if (line < 1 || static_cast<std::size_t>(line) > lines.size()) continue;
        const auto text = lower(lines[static_cast<std::size_t>(line - 1)]);
        const bool comment = line == entry.line || trim(std::string_view(text)).starts_with('#');
        const auto hash = text.find('#');
        if (comment && hash != text.npos && text.find("optional", hash) != text.npos) return true;
    }
    return false;
}

void add_template(const Project& project, const EnvFile& file, bool with_value, Demands& demands) {
    for (const EnvFile& other : project.env_files) {
        if (!other.is_template || folder_of(other.file) != folder_of(file.file)) continue;
        if (!other.environment.empty() && other.environment != file.environment) continue;
        if (kind_of_env(other.file) != kind_of_env(file.file)) continue;
        const auto lines = split(other.text, '\n');
        for (const auto& entry : other.read->entries)
            if (entry.has_equals && !says_optional(lines, entry) &&
                (!with_value || !entry.raw.empty() || entry.name.find("SECRET") != std::string::npos))
                demands.try_emplace(entry.name, fmt::format("stands in {}", place(other.file, entry.line)));
    }
}

// os.environ["NAME"], which fails without it.
void add_source(const Project& project, Demands& demands) {
    constexpr std::string_view call = "os.environ[";
    for (const auto& path : project.paths) {
        if (!path.ends_with(".py") || profile_of(path) == Profile::development || path.find("test") != path.npos)
            continue;
        const auto text = project.read(path);
        if (!text || text->find(call) == text->npos) continue;
        int number = 0;
        for (const auto& line : split(*text, '\n')) {
            ++number;
            const auto at = line.find(call);
            if (at == line.npos || at + call.size() >= line.size() || line.find('#') < at) continue;
            const char quote = line[at + call.size()];
            const auto end = line.find(quote, at + call.size() + 1);
            if ((quote != '"' && quote != '\'') || end == line.npos) continue;
            const auto after = line.find_first_not_of("] ", end + 1);
            if (after != line.npos && line[after] == '=' && line.compare(after, 2, "==") != 0) continue; // is set
            const auto name = line.substr(at + call.size() + 1, end - at - call.size() - 1);
            if (is_plain_name(name)) demands.try_emplace(name, "is read in " + place(path, number));
        }
    }
}

bool is_deployed(const EnvFile& file) { return !file.is_template && file.profile != Profile::development; }

bool sets(const EnvFile& file, std::string_view name) {
    return std::any_of(file.read->entries.begin(), file.read->entries.end(),
                       [&](const read::EnvEntry& entry) { return entry.name == name; });
}

// By compose or an image, for whoever reads the file.
bool is_set_elsewhere(const Project& project, std::string_view name) {
    for (const Compose& compose : project.composes)
        for (const auto& service : compose.read->services)
            for (const auto& variable : service.environment)
                if (variable.name == name && variable.value) return true;
    for (const Dockerfile& docker : project.dockerfiles)
        for (const auto& instruction : docker.read->instructions)
            for (const auto& pair : instruction.pairs)
                if (instruction.verb == read::Verb::env && pair.key == name) return true;
    return false;
}

// In the file or the .env beside it.
bool is_set(const Project& project, const EnvFile& file, std::string_view name) {
    return sets(file, name) ||
           std::any_of(project.env_files.begin(), project.env_files.end(),
                       [&](const EnvFile& other) {
                           return !other.is_template && other.environment.empty() &&
                                  folder_of(other.file) == folder_of(file.file) && sets(other, name);
                       }) ||
           is_set_elsewhere(project, name);
}

void var_missing(const Project& project, Hits& hits) {
    Demands of_source;
    if (std::any_of(project.env_files.begin(), project.env_files.end(), is_deployed)) add_source(project, of_source);
    for (const EnvFile& file : project.env_files) {
        if (!is_deployed(file) || file.read->entries.empty()) continue;
        // a plain .env that sets nothing of what the source reads is for something else
        const bool is_the_programs =
            !file.environment.empty() ||
            std::any_of(of_source.begin(), of_source.end(), [&](const auto& one) { return sets(file, one.first); });
        Demands demands = folder_of(file.file).empty() && is_the_programs ? of_source : Demands();
        add_template(project, file, false, demands);
        for (const auto& [name, where] : demands)
            if (!is_set(project, file, name) && !is_any(name, {"HOME", "PATH", "USER", "PWD", "HOSTNAME"}))
                hits.add(file.file, 1, 1,
                         fmt::format("{} {}; {} does not set it; add {}=", short_name(name), where, file.file,
                                     short_name(name)));
    }
}

void var_empty(const Project& project, Hits& hits) {
    for (const EnvFile& file : project.env_files) {
        if (!is_deployed(file)) continue;
        Demands demands;
        add_template(project, file, true, demands);
        for (const auto& name : project.settings.required_vars) demands[name] = "stands in preflight.required_vars";
        for (const auto& one : values_of(file)) {
            const auto found = demands.find(one.name);
            if (one.value.empty() && (found != demands.end() || one.name.find("SECRET") != std::string::npos))
                hit_at(hits, one,
                       fmt::format("{} is empty; it {}; give it a value", short_name(one.name),
                                   found == demands.end() ? "is a secret by its name"
                                                          : replace_all(found->second, "stands in", "is required by")));
        }
    }
}

void same_as_example(const Project& project, Hits& hits) {
    for (const EnvFile& file : project.env_files)
        for (const auto& one : file.is_template ? std::vector<EnvValue>() : values_of(file)) {
            if (one.value.empty() || !is_secret_name(one.name) || is_reference(one.value)) continue;
            for (const EnvFile& other : project.env_files) {
                if (!other.is_template || folder_of(other.file) != folder_of(file.file)) continue;
                const bool same =
                    std::any_of(other.read->entries.begin(), other.read->entries.end(),
                                [&](const auto& entry) { return entry.name == one.name && entry.value == one.value; });
                if (same)
                    hit_at(hits, one,
                           fmt::format("{} is the value of {}; anybody can read it there; put a generated value",
                                       one.name, other.file));
            }
        }
}

// The file's own name: both lie in one folder.
std::string name_in(const std::string& path) {
    return short_name(std::string_view(path).substr(path.rfind('/') + 1)).substr(0, 36);
}

void env_parity(const Project& project, Hits& hits) {
    for (const EnvFile& file : project.env_files)
        for (const EnvFile& other : project.env_files) {
            const bool pair = is_deployed(file) && is_deployed(other) && !file.environment.empty() &&
                              !other.environment.empty() && file.environment != other.environment &&
                              folder_of(file.file) == folder_of(other.file) && file.file < other.file;
            if (!pair) continue;
            for (const auto* one : {&file, &other}) {
                const EnvFile& without = one == &file ? other : file;
                std::vector<std::string> missing;
                for (const auto& value : values_of(*one))
                    if (!sets(without, value.name)) missing.push_back(short_name(value.name));
                if (missing.empty()) continue;
                constexpr std::size_t room = 160 - 48 - 3; // of a message of names and two short paths
                const auto count = missing.size();
                while (missing.size() > 3 || (missing.size() > 1 && join(missing, ", ").size() > room / 2))
                    missing.pop_back();
                hits.add(without.file, 1, 1,
                         fmt::format("{} lacks {}{}; {} sets {}; set both alike", name_in(without.file),
                                     join(missing, ", "), count > missing.size() ? " ..." : "", name_in(one->file),
                                     count > 1 ? "them" : "it"));
            }
        }
}

}

std::span<const Rule> conf_rules() {
    static const Rule rules[] = {
        {"conf-debug-on",
         "Debugging is on",
         deployed(Level::error),
         debug_on,
         "Error pages of a debug mode show source, settings and sometimes a console.",
         "DEBUG=false",
         {"security.W018"},
         {"S1-06", "S2-74", "S4-27"},
         Fix::safe},
        {"conf-environment-name",
         "The environment's name is another one's",
         deployed(Level::error),
         environment_name,
         "Code that asks for the environment takes another path than the one that was tested.",
         "ENVIRONMENT=production",
         {},
         {"S2-34"}},
        {"conf-log-level",
         "Logs of debugging",
         deployed(Level::warning),
         log_level,
         "They hold personal data and secrets, and fill the disk.",
         "LOG_LEVEL=INFO",
         {},
         {"S4-50", "S2-74"},
         Fix::safe},
        {"conf-var-missing",
         "A variable that is needed is not set",
         always(Level::error),
         var_missing,
         "The program fails where it reads it: at the start, or weeks later.",
         "NAME=value in the environment's file",
         {},
         {"S1-10", "S2-33"}},
        {"conf-var-empty",
         "A variable that is needed is empty",
         always(Level::error),
         var_empty,
         "Many libraries take an empty secret and sign with it.",
         "Give it a value.",
         {},
         {"S4-28"}},
        {"conf-same-as-example",
         "A secret is that of the template",
         deployed(Level::error),
         same_as_example,
         "The template is in git: everybody with a clone has the secret.",
         "fairlead init --secrets",
         {},
         {"S2-80"}},
        {"conf-env-parity",
         "Two environments have other variables",
         always(Level::warning),
         env_parity,
         "What staging doesn't have, it doesn't test.",
         "Set the same names in both.",
         {},
         {"S3-32"}},
        {"conf-flag-not-boolean",
         "A switch is no boolean word",
         always(Level::warning),
         flag_not_boolean,
         "Code that compares with true takes any other word for off, other code for on.",
         "NAME_ENABLED=true",
         {},
         {"S1-15"}},
        {"conf-error-tracking-unset",
         "Error tracking has no address",
         deployed(Level::warning),
         tracking_unset,
         "Errors are seen by users only.",
         "SENTRY_DSN=https://key@host/project",
         {},
         {"S1-11", "S1-51"}},
        {"conf-error-tracking-pii",
         "Error tracking sends personal data",
         deployed(Level::error),
         tracking_pii,
         "Names, addresses and cookies of users go to a third party.",
         "SENTRY_SEND_DEFAULT_PII=false",
         {},
         {"S1-56", "S1-58"}},
        {"conf-sample-rate",
         "A sample rate is not sensible",
         always(Level::warning),
         sample_rate,
         "A rate is a share from 0 to 1; with 1 each request is traced and paid for.",
         "SENTRY_TRACES_SAMPLE_RATE=0.1",
         {},
         {"S1-59"}},
        {"conf-email",
         "Mail goes out without encryption",
         deployed(Level::warning),
         email,
         "The mail account's password travels in clear.",
         "EMAIL_PORT=587 with EMAIL_USE_TLS=true",
         {},
         {"S1-179", "S2-75"}},
        {"conf-cookie",
         "A session cookie is not protected",
         deployed(Level::error),
         cookie,
         "Without Secure it travels in clear, without HttpOnly scripts can take it.",
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
         "HSTS is off or short",
         deployed(Level::warning),
         hsts,
         "Until it is known the first request of a visit can be hijacked.",
         "SECURE_HSTS_SECONDS=31536000",
         {"security.W004"},
         {"S2-108"}},
        {"conf-rate-limit",
         "The rate limit is off",
         deployed(Level::warning),
         rate_limit,
         "Passwords can be tried without end.",
         "RATE_LIMIT_PER_MINUTE=60",
         {},
         {"S1-143", "S2-110"}},
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
         "Logs of one field per value can be searched and counted.",
         "LOG_FORMAT=json",
         {},
         {"S1-53", "S4-52"}},
    };
    return rules;
}

}
