#include "base/path.h"
#include "base/text.h"
#include "base/url.h"
#include "preflight/parts/compose_parts.h"
#include "preflight/parts/conf_values.h"
#include "preflight/rules/env_lines.h"
#include "preflight/rules/groups.h"
#include "read/compose/compose.h"
#include "read/dockerfile/dockerfile.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

// Addresses: databases, and our own sites.
namespace fairlead::preflight {

namespace {

bool is_database_url(std::string_view name) {
    return name.find("DATABASE_UR") != name.npos || is_one_of(name, {"DB_URL", "POSTGRES_URL", "MYSQL_URL"});
}

// Whether the project has a server for its data, too: then SQLite is a mistake, and not a choice.
bool names_server(const Project& project) {
    const auto is_server = [](const EnvValue& one) {
        const auto value = lower(one.value);
        return is_database_url(one.name) && (value.starts_with("postgres") || value.starts_with("mysql"));
    };
    return std::any_of(
               project.values.begin(), project.values.end(),
               [&](const EnvValues& values) { return std::any_of(values.all.begin(), values.all.end(), is_server); }) ||
           std::any_of(project.composes.begin(), project.composes.end(), [&](const Compose& compose) {
               if (project.is_for_development(compose)) return false;
               return std::any_of(compose.read->services.begin(), compose.read->services.end(),
                                  [](const read::ComposeService& service) {
                                      const auto* database = compose::database_of(service);
                                      return database != nullptr && database->sql;
                                  });
           });
}

// compose.sqlite.yml, which starts no server or switches that of another file off: a choice.
bool is_without_server(const EnvValue& one, const Project& project) {
    return std::any_of(project.composes.begin(), project.composes.end(), [&](const Compose& compose) {
        const auto is_server = [](const read::ComposeService& service) {
            const auto* database = compose::database_of(service);
            return database != nullptr && database->sql && service.active;
        };
        const auto& services = compose.read->services;
        return compose.files.back() == one.file && std::none_of(services.begin(), services.end(), is_server);
    });
}

void db_engine(const EnvValues& file, const Project& project, Hits& hits) {
    if (project.settings.sqlite == "allowed") return;
    for (const auto& one : file.all) {
        const auto value = lower(one.value);
        const bool by_url = is_database_url(one.name) && (value.starts_with("sqlite") || value.starts_with("file:"));
        const bool by_engine = one.name.ends_with("DB_ENGINE") || one.name.ends_with("DATABASE_ENGINE") ||
                               is_one_of(one.name, {"DB_CONNECTION", "DB_DIALECT"});
        if (by_url || (by_engine && value.find("sqlite") != value.npos))
            hit_at(hits, one,
                   fmt::format("{} names sqlite; a second replica would have other data; use postgresql://… or set "
                               "preflight.sqlite: allowed",
                               short_name(one.name)))
                .level = names_server(project) && !is_without_server(one, project) ? Level::error : Level::warning;
    }
}

std::string query_value(const Url& url, std::string_view name) {
    for (const auto& pair : split(url.query, '&'))
        if (const auto equals = pair.find('='); pair.substr(0, equals) == name && equals != pair.npos)
            return pair.substr(equals + 1);
    return {};
}

// jdbc:mysql://db.example.org/shop?useSSL=false
bool switches_tls_off(std::string_view value) {
    if (!value.starts_with("jdbc:mysql") && !value.starts_with("jdbc:mariadb")) return false;
    if (!has_any(value, {"useSSL=false", "sslMode=DISABLED"})) return false;
    const auto url = parse_url(value.substr(value.find(':') + 1));
    return url && !url.value().host.empty() && !is_private_host(url.value().host);
}

void db_no_tls(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all) {
        if (switches_tls_off(one.value))
            hit_at(hits, one,
                   fmt::format("{} switches TLS off; whoever is on the way reads passwords and rows; use "
                               "sslMode=VERIFY_IDENTITY",
                               short_name(one.name)));
        if (!is_database_url(one.name) || !one.value.starts_with("postgres")) continue;
        const auto url = parse_url(one.value);
        if (!url || url.value().host.empty() || is_private_host(url.value().host)) continue;
        const auto mode = query_value(url.value(), "sslmode");
        if (mode.empty() || is_one_of(mode, {"disable", "allow", "prefer"}))
            hit_at(hits, one,
                   fmt::format("{} has {}; nothing proves the server's identity; use sslmode=verify-full",
                               short_name(one.name), mode.empty() ? "no sslmode" : "sslmode=" + mode));
    }
}

void redis_auth(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all) {
        if (!one.value.starts_with("redis://") && !one.value.starts_with("rediss://")) continue;
        const auto url = parse_url(one.value);
        if (url && url.value().password.empty() && !is_private_host(url.value().host))
            hit_at(
                hits, one,
                fmt::format("{} has no password; anyone who reaches that Redis controls it; put a password in the URL",
                            short_name(one.name)));
        else if (url && one.value.starts_with("redis://") && !is_private_host(url.value().host))
            hit_at(hits, one,
                   fmt::format("{} sends its password unencrypted to a Redis elsewhere; others on the way can read it; "
                               "write rediss://",
                               short_name(one.name)))
                .level = Level::warning;
    }
}

bool is_bundled(const Project& project, std::string_view name) {
    const auto& prefixes = project.settings.frontends;
    return name.ends_with("_URL") && std::any_of(prefixes.begin(), prefixes.end(),
                                                 [&](const std::string& prefix) { return name.starts_with(prefix); });
}

bool is_own_url(const Project& project, std::string_view name) {
    return is_one_of(name, {"FRONTEND_URL", "API_URL", "BASE_URL", "SITE_URL", "APP_URL", "PUBLIC_URL", "BACKEND_URL",
                            "NEXTAUTH_URL", "SERVER_URL", "WEBSITE_URL", "CLIENT_URL"}) ||
           name.find("CALLBACK_UR") != name.npos || name.find("REDIRECT_UR") != name.npos || is_bundled(project, name);
}

// ARG VITE_API_URL of the Dockerfile beside it: whoever builds the image gives another.
bool is_build_argument(const EnvValues& file, const Project& project, std::string_view name) {
    return std::any_of(project.dockerfiles.begin(), project.dockerfiles.end(), [&](const Dockerfile& one) {
        return folder_of(one.file) == folder_of(file.file) &&
               std::any_of(one.read->instructions.begin(), one.read->instructions.end(), [&](const auto& instruction) {
                   return instruction.verb == read::Verb::arg &&
                          std::any_of(instruction.words.begin(), instruction.words.end(), [&](const read::Word& word) {
                              return word.text.substr(0, word.text.find('=')) == name;
                          });
               });
    });
}

// Where browsers and mails lead: the visitor's own machine.
bool is_for_visitors(std::string_view name) {
    return is_one_of(name, {"FRONTEND_URL", "SITE_URL", "APP_URL", "PUBLIC_URL", "NEXTAUTH_URL", "AUTH_URL",
                            "WEBSITE_URL", "CLIENT_URL"}) ||
           name.find("CALLBACK_UR") != name.npos || name.find("REDIRECT_UR") != name.npos;
}

void url_localhost(const EnvValues& file, const Project& project, Hits& hits) {
    for (const auto& one : file.all) {
        if (!is_for_visitors(one.name) || !one.value.starts_with("http")) continue;
        const auto url = parse_url(one.value);
        if (!url || !is_this_host(url.value().host)) continue;
        const bool is_all = file.from == EnvValues::From::service && is_stack_of_this_host(one, project);
        hit_at(hits, one,
               fmt::format("{} names {}; logins and links lead to the visitor's own machine; set "
                           "https://app.example.org{}",
                           short_name(one.name), short_name(url.value().host),
                           is_all ? ", unless all is for this machine" : ""))
            .level = is_all || is_default(file, one) ? std::optional(Level::warning) : std::nullopt;
    }
}

// postgres://user:pa/ss@host: the password ends the host.
void url_invalid(const EnvValues& file, const Project&, Hits& hits) {
    constexpr std::string_view schemes[] = {"postgres://", "postgresql://", "mysql://",
                                            "mongodb://",  "redis://",      "amqp://"};
    for (const auto& one : file.all) {
        const auto* const scheme = std::find_if(std::begin(schemes), std::end(schemes),
                                                [&](auto start) { return one.value.starts_with(start); });
        if (scheme == std::end(schemes) || is_reference(one.value) || one.value.find('@') == one.value.npos) continue;
        const auto rest = std::string_view(one.value).substr(scheme->size());
        const auto at = rest.rfind('@'), end = rest.find_first_of("/?#");
        if (end < at && rest.find(':') < end)
            hit_at(hits, one,
                   fmt::format("{} has a /, ? or # in its password; the URL ends there, and the program finds no host; "
                               "write %2F, %3F or %23",
                               short_name(one.name)));
    }
}

void url_not_https(const EnvValues& file, const Project& project, Hits& hits) {
    for (const auto& one : file.all) {
        // A bundle is made before a service or a pod starts.
        const bool is_too_late = file.from == EnvValues::From::service || file.from == EnvValues::From::pod;
        const bool web = one.value.starts_with("http://"), socket = one.value.starts_with("ws://");
        if ((!web && !socket) || !is_own_url(project, one.name)) continue;
        const auto url = parse_url(one.value);
        if (url && is_bundled(project, one.name) && is_this_host(url.value().host))
            hit_at(hits, one,
                   fmt::format("{} names {}; in a visitor's browser that is the visitor's machine; use "
                               "https://api.example.org",
                               short_name(one.name), short_name(url.value().host)))
                .level = is_too_late || is_default(file, one) || is_build_argument(file, project, one.name)
                             ? std::optional(Level::warning)
                             : std::nullopt;
        if (!url || is_private_host(url.value().host)) continue;
        Hit& hit = hit_at(hits, one,
                          fmt::format("{} starts with {}://; logins would be sent unencrypted; use {}://{}",
                                      short_name(one.name), web ? "http" : "ws", web ? "https" : "wss",
                                      short_name(url.value().host)));
        if (is_too_late && is_bundled(project, one.name)) hit.level = Level::warning;
    }
}

// ---- what is localhost inside a container

// Laravel's template has REDIS_HOST; it connects only where a driver says so.
bool keeps_all_elsewhere(const EnvValues& values) {
    bool says = false;
    for (const auto& one : values.all) {
        if (!is_one_of(one.name, {"CACHE_DRIVER", "CACHE_STORE", "SESSION_DRIVER", "QUEUE_CONNECTION",
                                  "BROADCAST_DRIVER", "BROADCAST_CONNECTION"}))
            continue;
        says = true;
        if (one.value == "redis") return false;
    }
    return says;
}

void localhost_in_container(const Project& project, Hits& hits) {
    for (const EnvValues& values : project.values) {
        if (!values.own_localhost ||
            (values.from != EnvValues::From::env_file && values.profile == Profile::development))
            continue;
        for (const auto& one : values.all) {
            const bool host = is_one_of(one.name, {"DB_HOST", "DATABASE_HOST", "POSTGRES_HOST", "PGHOST", "REDIS_HOST",
                                                   "MYSQL_HOST", "MONGO_HOST", "RABBITMQ_HOST"});
            const bool url =
                is_database_url(one.name) ||
                is_one_of(one.name, {"REDIS_URL", "CELERY_BROKER_URL", "CELERY_RESULT_BACKEND", "BROKER_URL",
                                     "RABBITMQ_URL", "AMQP_URL", "MONGO_URL", "MONGODB_URI"});
            const auto name = host ? lower(one.value) : url ? host_of(one.value) : std::string();
            if (!is_one_of(name, {"localhost", "127.0.0.1", "[::1]"})) continue;
            if (one.name == "REDIS_HOST" && keeps_all_elsewhere(values)) continue;
            auto& hit =
                hit_at(hits, one,
                       fmt::format("{} is {}; inside a container that is the container itself; use the service's name",
                                   short_name(one.name), name));
            if (values.from == EnvValues::From::image) hit.level = Level::warning; // whoever starts it may say another
        }
    }
}

}

std::span<const Rule> conf_url_rules() {
    static const Rule rules[] = {
        {"conf-db-engine",
         "The database is SQLite",
         deployed(Level::error),
         db_engine,
         "SQLite is one file on one disk. It allows no second replica and no rolling deployment, and each write locks "
         "the whole database.",
         "DATABASE_URL=postgresql://user@host/name, or preflight.sqlite: allowed in fairlead.yml",
         {},
         {"S1-07", "S4-76"}},
        {"conf-db-no-tls",
         "The database server's identity is not checked",
         deployed(Level::warning),
         db_no_tls,
         "With `sslmode=prefer`, the client encrypts only if the server offers encryption, and never checks the "
         "server's identity.",
         "?sslmode=verify-full",
         {},
         {"S1-145"}},
        {"conf-redis-auth",
         "A remote Redis has no password",
         deployed(Level::warning),
         redis_auth,
         "Anyone who can reach the server can read sessions and add jobs to queues.",
         "REDIS_URL=rediss://:password@host:6379/0",
         {},
         {"S2-19"}},
        {"conf-url-localhost", "An address for visitors leads to localhost", deployed(Level::error), url_localhost,
         "If a link or a redirect leads to localhost, the browser asks the visitor's own machine. A login, for "
         "example, then fails.",
         "NEXTAUTH_URL=https://app.example.org"},
        {"conf-url-invalid", "A password breaks its URL", always(Level::error), url_invalid,
         "In a URL, the part with the user, the password and the host ends at the first slash (RFC 3986, 3.2). A slash "
         "in the password ends this part too early, and the host is lost.",
         "DATABASE_URL=postgresql://shop:pa%2Fss@db/shop"},
        {"conf-url-not-https",
         "One of the project's own addresses is http",
         deployed(Level::error),
         url_not_https,
         "Links, redirects and logins would be sent unencrypted.",
         "FRONTEND_URL=https://app.example.org",
         {},
         {"S1-08", "S1-13"}},
        {"conf-host-localhost-in-container",
         "A container looks for another service on localhost",
         always(Level::error),
         localhost_in_container,
         "Inside a container, localhost is the container itself. The database, for example, isn't in this container.",
         "DB_HOST=db",
         {},
         {"S0-38"}},
    };
    return rules;
}

}
