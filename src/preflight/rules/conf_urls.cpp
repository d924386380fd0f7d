#include "base/path.h"
#include "base/text.h"
#include "base/url.h"
#include "preflight/rules/compose_parts.h"
#include "preflight/rules/conf_values.h"
#include "preflight/rules/env_lines.h"
#include "preflight/rules/groups.h"
#include "read/compose.h"
#include "read/dockerfile.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

// Addresses: databases, our own sites, origins and hosts.
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

void db_no_tls(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all) {
        const bool jdbc = one.value.starts_with("jdbc:mysql") || one.value.starts_with("jdbc:mariadb");
        const auto address = parse_url(jdbc ? one.value.substr(one.value.find(':') + 1) : "");
        const auto jdbc_host = address ? address.value().host : std::string();
        if (!jdbc_host.empty() && has_any(one.value, {"useSSL=false", "sslMode=DISABLED"}) &&
            !is_private_host(jdbc_host))
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

bool is_this_host(std::string_view host) {
    return host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") || host == "[::1]" ||
           host == "0.0.0.0" || host.ends_with(".local");
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

void url_localhost(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all) {
        if (!is_for_visitors(one.name) || !one.value.starts_with("http")) continue;
        const auto url = parse_url(one.value);
        if (url && is_this_host(url.value().host))
            hit_at(hits, one,
                   fmt::format("{} names {}; logins and links lead to the visitor's own machine; set "
                               "https://app.example.org",
                               short_name(one.name), short_name(url.value().host)))
                .level = is_default(file, one) ? std::optional(Level::warning) : std::nullopt;
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
        const bool web = one.value.starts_with("http://"), socket = one.value.starts_with("ws://");
        if ((!web && !socket) || !is_own_url(project, one.name)) continue;
        const auto url = parse_url(one.value);
        if (url && is_bundled(project, one.name) && is_this_host(url.value().host))
            hit_at(hits, one,
                   fmt::format("{} names {}; in a visitor's browser that is the visitor's machine; use "
                               "https://api.example.org",
                               short_name(one.name), short_name(url.value().host)))
                .level = is_default(file, one) || is_build_argument(file, project, one.name)
                             ? std::optional(Level::warning)
                             : std::nullopt;
        if (!url || is_private_host(url.value().host)) continue;
        hit_at(hits, one,
               fmt::format("{} starts with {}://; logins would be sent unencrypted; use {}://{}", short_name(one.name),
                           web ? "http" : "ws", web ? "https" : "wss", short_name(url.value().host)));
    }
}

// ---- origins and hosts

bool is_origin_list(std::string_view name) {
    return is_one_of(name,
                     {"ALLOWED_ORIGINS", "CORS_ORIGINS", "CORS_ORIGIN", "CORS_ALLOWED_ORIGINS", "CSRF_TRUSTED_ORIGINS",
                      "BACKEND_CORS_ORIGINS", "CORS_ALLOW_ORIGINS", "CORS_ALLOWED_ORIGIN"});
}

std::string host_of(std::string_view origin) {
    if (const auto url = parse_url(origin)) return url.value().host;
    return lower(origin.substr(0, origin.find(':')));
}

template <typename Each>
void each_origin(const EnvValues& file, Each each) {
    for (const auto& one : file.all) {
        if (!is_origin_list(one.name)) continue;
        std::size_t number = 0;
        for (const auto& item : list_items(one.value)) each(one, ++number, item);
    }
}

// No origin is another host's, and one is what the same compose file publishes: its own pages, on one machine.
bool is_stack_of_this_host(const EnvValue& list, const Project& project) {
    const auto items = list_items(list.value);
    const auto is_published = [&](const std::string& item) {
        const auto url = parse_url(item);
        const auto port = url.ok() ? url.value().port : std::string();
        return std::any_of(project.composes.begin(), project.composes.end(), [&](const Compose& compose) {
            const auto& services = compose.read->services;
            return std::find(compose.files.begin(), compose.files.end(), list.file) != compose.files.end() &&
                   std::any_of(services.begin(), services.end(), [&](const read::ComposeService& service) {
                       return std::any_of(service.ports.begin(), service.ports.end(),
                                          [&](const auto& one) { return !port.empty() && one.published == port; });
                   });
        });
    };
    return std::all_of(items.begin(), items.end(), [](const auto& item) { return is_this_host(host_of(item)); }) &&
           std::any_of(items.begin(), items.end(), is_published);
}

void origin_localhost(const EnvValues& file, const Project& project, Hits& hits) {
    std::set<const EnvValue*> told;
    each_origin(file, [&](const EnvValue& one, std::size_t number, const std::string& item) {
        if (!is_this_host(host_of(item))) return;
        if (item.find("://") == item.npos)
            hit_at(
                hits, one,
                fmt::format("{} item {} is {}; browsers send origins with a scheme, so most programs allow nobody by "
                            "it; write https:// and a site's name",
                            one.name, number, short_name(item)))
                .level = Level::warning;
        else if (told.insert(&one).second) { // one list is one mistake
            const bool is_all = file.from == EnvValues::From::service && is_stack_of_this_host(one, project);
            Hit& hit = hit_at(
                hits, one,
                is_all
                    ? fmt::format("{} has no origin but this machine's; no page of a site can call the API; name the "
                                  "site's, unless all is for this machine",
                                  one.name)
                    : fmt::format("{} item {} is {}; any program on a visitor's machine could call the API; remove it",
                                  one.name, number, short_name(item)));
            if (is_all || is_default(file, one)) hit.level = Level::warning;
        }
    });
}

void origin_wildcard(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all)
        if (is_one_of(one.name, {"CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL", "CORS_ALLOW_ALL"}) &&
            is_true_word(one.value))
            hit_at(hits, one, fmt::format("{} is on; every site may call the API; list the sites", one.name));
    each_origin(file, [&](const EnvValue& one, std::size_t number, const std::string& item) {
        if (is_one_of(item, {"*", ".*", "^.*$", "https://*", "http://*", "*://*"}))
            hit_at(hits, one, fmt::format("{} is *; every site may call the API; list the sites", one.name));
        else if (item.find('*') != item.npos)
            hit_at(
                hits, one,
                fmt::format(
                    "{} item {} is {}; every name that matches may call the API, even a forgotten name; list the sites",
                    one.name, number, short_name(item)))
                .level = Level::warning;
    });
}

void origin_http(const EnvValues& file, const Project&, Hits& hits) {
    each_origin(file, [&](const EnvValue& one, std::size_t number, const std::string& item) {
        if (item.starts_with("http://") && !is_this_host(host_of(item)))
            hit_at(hits, one,
                   fmt::format("{} item {} is {}; anyone on the network path can speak for it; use https://", one.name,
                               number, short_name(item)));
    });
}

void origin_path(const EnvValues& file, const Project&, Hits& hits) {
    each_origin(file, [&](const EnvValue& one, std::size_t number, const std::string& item) {
        const auto scheme = item.find("://");
        const auto slash = scheme == item.npos ? item.npos : item.find('/', scheme + 3);
        if (slash == item.npos) return;
        auto& hit = hit_at(hits, one,
                           fmt::format("{} item {} has a path; browsers send no path, so it never matches; write {}",
                                       one.name, number, short_name(item.substr(0, slash))));
        const auto at = one.raw.find(item);
        if (one.begin == one.end || at == std::string::npos || one.raw.find(item, at + 1) != std::string::npos) return;
        const auto begin = one.begin + at;
        hit.edits.push_back({one.file, begin + slash, begin + item.size(), "", {}});
    });
}

void cors_headers(const EnvValues& file, const Project&, Hits& hits) {
    const auto& all = file.all;
    const auto* credentials = file.find("CORS_ALLOW_CREDENTIALS");
    for (const auto& one : all)
        if (is_one_of(one.name, {"CORS_ALLOW_HEADERS", "CORS_ALLOWED_HEADERS"}) && one.value == "*" &&
            credentials != nullptr && is_true_word(credentials->value))
            hit_at(hits, one,
                   fmt::format("{} is * with credentials; browsers read it as a header of that name; list the headers",
                               one.name));
}

void conf_allowed_hosts(const EnvValues& file, const Project&, Hits& hits) {
    for (const auto& one : file.all) {
        if (!is_one_of(one.name, {"ALLOWED_HOSTS", "DJANGO_ALLOWED_HOSTS", "TRUSTED_HOSTS"})) continue;
        const auto items = list_items(one.value);
        if (items.empty() || std::find(items.begin(), items.end(), "*") != items.end())
            hit_at(hits, one,
                   fmt::format("{} is {}; forged Host headers would be {}; list the host names", one.name,
                               items.empty() ? "empty" : "*",
                               items.empty() ? "refused, and all other hosts too" : "accepted"));
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
         "One file on one disk: no second replica, no rolling deployment, and a lock for each write.",
         "DATABASE_URL=postgresql://user@host/name, or preflight.sqlite: allowed in fairlead.yml",
         {},
         {"S1-07", "S4-76"}},
        {"conf-db-no-tls",
         "The database server's identity is not checked",
         deployed(Level::warning),
         db_no_tls,
         "With sslmode=prefer the client encrypts only if the server offers it, and never checks the server's "
         "identity.",
         "?sslmode=verify-full",
         {},
         {"S1-145"}},
        {"conf-redis-auth",
         "A remote Redis has no password",
         deployed(Level::warning),
         redis_auth,
         "Anyone who reaches it reads sessions and queues jobs.",
         "REDIS_URL=rediss://:password@host:6379/0",
         {},
         {"S2-19"}},
        {"conf-url-localhost", "An address for visitors is this machine", deployed(Level::error), url_localhost,
         "A browser that is sent to localhost asks the visitor's own machine: logins end there.",
         "NEXTAUTH_URL=https://app.example.org"},
        {"conf-url-invalid", "A password breaks its URL", always(Level::error), url_invalid,
         "In a URL, a slash ends the host and its password (RFC 3986, 3.2).",
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
         "localhost inside a container",
         always(Level::error),
         localhost_in_container,
         "Inside a container localhost is the container itself; the database isn't there.",
         "DB_HOST=db",
         {},
         {"S0-38"}},
        {"conf-origin-localhost",
         "An allowed origin is the visitor's machine",
         deployed(Level::error),
         origin_localhost,
         "Any program that listens there could call the API in the visitor's name.",
         "Remove it from the list.",
         {},
         {"S1-09", "S2-105"}},
        {"conf-origin-wildcard",
         "Every origin is allowed",
         deployed(Level::error),
         origin_wildcard,
         "Every site may call the API from its visitors' browsers.",
         "ALLOWED_ORIGINS=https://app.example.org",
         {},
         {"S1-144"}},
        {"conf-origin-http",
         "An allowed origin is http",
         deployed(Level::warning),
         origin_http,
         "Anyone on the network path can put scripts into such a page.",
         "https://",
         {},
         {"S1-08"}},
        {"conf-origin-path",
         "An allowed origin has a path",
         always(Level::warning),
         origin_path,
         "Browsers send scheme, host and port; an origin with a path or a slash at its end never matches.",
         "https://app.example.org",
         {},
         {"S2-35"},
         Fix::safe},
        {"conf-cors-headers-wildcard",
         "Allowed headers are * with credentials",
         always(Level::warning),
         cors_headers,
         "With credentials, * is not a wildcard.",
         "CORS_ALLOW_HEADERS=content-type,authorization",
         {},
         {"S2-107"}},
        {"conf-allowed-hosts",
         "Every Host header is accepted",
         deployed(Level::error),
         conf_allowed_hosts,
         "Links in mails and caches are made from the Host header.",
         "ALLOWED_HOSTS=app.example.org",
         {"security.W020"},
         {"S1-158"}},
    };
    return rules;
}

}
