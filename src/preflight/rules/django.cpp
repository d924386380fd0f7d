#include "base/path.h"
#include "base/text.h"
#include "preflight/parts/code_lines.h"
#include "preflight/parts/conf_values.h"
#include "preflight/parts/django_settings.h"
#include "preflight/rules/env_lines.h"
#include "preflight/rules/groups.h"
#include "preflight/rules/nginx_look.h"
#include "read/compose/compose.h"
#include "read/dockerfile/dockerfile.h"
#include "read/nginx/nginx.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

// What `manage.py check --deploy` says, without running it.
namespace fairlead::preflight {

namespace {

std::string state(const DjangoSettings& settings, std::string_view name) {
    const auto value = settings.value(name);
    return value ? "is " + value->substr(0, 20) : std::string("is not set");
}

// Whether MIDDLEWARE, of which all is known, lacks the one whose name ends so.
bool lacks_middleware(const DjangoSettings& settings, std::string_view name) {
    const auto* list = settings.find("MIDDLEWARE");
    if (list == nullptr || !list->known || !list->text.starts_with('[')) return false;
    const auto lines = split(list->text, '\n');
    return std::none_of(lines.begin(), lines.end(), [&](const std::string& line) {
        return std::string_view(line).substr(0, line.find('#')).find(name) != std::string_view::npos;
    });
}

void middleware(const Project& project, Hits& hits, std::string_view name, std::string_view effect) {
    for (const auto& settings : django_settings(project)) {
        if (!lacks_middleware(settings, name)) continue;
        add_setting(settings, "MIDDLEWARE", hits,
                    fmt::format("MIDDLEWARE lacks {}; {}; add it", name.substr(name.rfind('.') + 1), effect));
    }
}

// Whether nothing sets that cookie: its middleware isn't among those of MIDDLEWARE, which is all there.
bool sets_no_cookie(const DjangoSettings& settings, std::string_view name) {
    const std::string_view by = name.starts_with("CSRF_COOKIE")      ? "CsrfViewMiddleware"
                                : name.starts_with("SESSION_COOKIE") ? "SessionMiddleware"
                                                                     : "";
    return !by.empty() && lacks_middleware(settings, by);
}

// A switch that has to be on; `unset`: what Django takes where it isn't set.
void must_be_on(const Project& project, Hits& hits, std::string_view name, bool unset, std::string_view effect) {
    for (const auto& settings : django_settings(project)) {
        if (settings.is_unknown(name) || settings.value(name).value_or(unset ? "True" : "False") == "True" ||
            sets_no_cookie(settings, name))
            continue;
        auto& hit = add_setting(settings, name, hits,
                                fmt::format("{} {}; {}; set {} = True", name, state(settings, name), effect, name));
        const auto* const setting = settings.find(name);
        if (const auto by = setting ? variable_behind(settings, *setting) : std::string(); !by.empty()) {
            hit.message = fmt::format("{} is False unless {} is set; {} where it is forgotten; make the default True",
                                      name, short_name(by), effect);
            hit.level = Level::warning;
        }
        const bool elsewhere = nginx::has_deployed_nginx(project) || project.settings.tls == "outside";
        if (name == "SECURE_SSL_REDIRECT" && elsewhere) hit.level = Level::info; // the proxy's layer covers it
        if (name.ends_with("COOKIE_SECURE")) hit.cause = fmt::format("cookies in clear\n{}", hit.file);
    }
}

std::int64_t hsts_seconds(const DjangoSettings& settings) {
    const auto seconds = parse_integer(settings.value("SECURE_HSTS_SECONDS").value_or("0"));
    return seconds ? seconds.value() : 1;
}

void django_hsts(const Project& project, Hits& hits) {
    for (const auto& settings : django_settings(project))
        if (!settings.is_unknown("SECURE_HSTS_SECONDS") && hsts_seconds(settings) == 0)
            add_setting(settings, "SECURE_HSTS_SECONDS", hits,
                        fmt::format("SECURE_HSTS_SECONDS {}; the first visit can be hijacked; set 31536000",
                                    state(settings, "SECURE_HSTS_SECONDS")));
}

void with_hsts(const Project& project, Hits& hits, std::string_view name, std::string_view effect) {
    for (const auto& settings : django_settings(project))
        if (!settings.is_unknown(name) && hsts_seconds(settings) > 0 &&
            settings.value(name).value_or("False") != "True")
            add_setting(settings, name, hits,
                        fmt::format("{} {}; {}; set {} = True", name, state(settings, name), effect, name));
}

// Behind a proxy that ends TLS, every request looks like http: the redirect goes round in a circle.
void proxy_header(const Project& project, Hits& hits) {
    for (const auto& settings : django_settings(project)) {
        const bool redirects = settings.value("SECURE_SSL_REDIRECT").value_or("False") == "True";
        const bool behind_proxy = std::any_of(project.nginxes.begin(), project.nginxes.end(), [](const Nginx& one) {
            return one.profile != Profile::development && !one.read->all("proxy_pass").empty();
        });
        if (redirects && behind_proxy && settings.find("SECURE_PROXY_SSL_HEADER") == nullptr && !settings.overridden)
            add_setting(
                settings, "SECURE_SSL_REDIRECT", hits,
                "SECURE_SSL_REDIRECT is True behind a proxy, without SECURE_PROXY_SSL_HEADER; browsers go round in "
                "a circle; set it, if the proxy sends X-Forwarded-Proto");
    }
}

// Whether an application of the project has tables: one of Django's that has, or models or migrations of its own.
bool has_tables(const Project& project, const DjangoSettings& settings) {
    const auto* const installed = settings.find("INSTALLED_APPS");
    if (installed == nullptr || !installed->known ||
        has_any(installed->text, {"contrib.auth", "contrib.admin", "contrib.sessions", "contrib.contenttypes",
                                  "contrib.sites", "contrib.flatpages", "contrib.redirects"}))
        return true;
    return std::any_of(project.paths.begin(), project.paths.end(), [](const std::string& path) {
        return file_name(path) == "models.py" || has_any(path, {"/migrations/", "/models/"});
    });
}

// Other settings of the folder name a server: a variable chooses among them.
bool has_server_beside(const Project& project, const std::string& file) {
    return std::any_of(project.paths.begin(), project.paths.end(), [&](const std::string& path) {
        return path != file && path.ends_with(".py") && folder_of(path) == folder_of(file) &&
               has_any(project.read(path).value_or(""), {"backends.postgresql", "backends.mysql", "backends.oracle"});
    });
}

// A file beside the program, while nothing keeps it.
void sqlite_in_image(const Project& project, Hits& hits) {
    const auto composes = project.composes_for(project.profile);
    const bool keeps = std::any_of(composes.begin(), composes.end(), [](const Compose& compose) {
        return std::any_of(compose.read->services.begin(), compose.read->services.end(),
                           [](const auto& service) { return service.build && !service.volumes.empty(); });
    });
    const bool runs_in_image = std::any_of(project.dockerfiles.begin(), project.dockerfiles.end(),
                                           [&](const Dockerfile& one) { return !project.is_for_development(one); });
    if (!runs_in_image || keeps || project.settings.sqlite == "allowed") return;
    for (const auto& settings : django_settings(project)) {
        const auto* const databases = settings.find("DATABASES");
        if (databases == nullptr || !databases->known ||
            databases->text.find("backends.sqlite3") == databases->text.npos ||
            has_any(databases->text, {"environ", "getenv", "env(", "config(", "env."}) ||
            !has_tables(project, settings))
            continue;
        Hit& hit = hits.add(databases->file, databases->line, 1,
                            "the database is an SQLite file in the container; the next release starts with an empty "
                            "one; use a server, or a volume");
        if (has_server_beside(project, databases->file)) hit.level = Level::warning; // which is taken isn't known
    }
}

// Whether some source makes links of the Host header, or asks for it: mails with a way to a new password do.
bool reads_host(const Project& project) {
    const auto is_source = [](std::string_view path) { return path.ends_with(".py") || path.ends_with(".html"); };
    return some_source(project, is_source, [](const std::string&, std::string_view text) {
        return has_any(text, {"build_absolute_uri", "get_host(", "HTTP_HOST", "get_current_site", "contrib.sites",
                              "PasswordReset", "password_reset", "contrib.auth.urls", "allauth", "request.site"});
    });
}

// ALLOWED_HOSTS = ["*", env("HOST")]: an item of its own, whatever the others come to.
bool has_star_item(std::string_view list) {
    if (!list.starts_with('[') && !list.starts_with('(')) return false;
    int open = 0;
    bool is_first = false; // of an item
    for (std::size_t at = 0; at < list.size(); ++at) {
        const char c = list[at];
        if (c == ' ' || c == '\n' || c == '\t' || c == '\r') continue;
        const auto word = list.substr(at, 3);
        if (open == 1 && is_first && (word == "\"*\"" || word == "'*'")) {
            const auto behind = trim(list.substr(at + 3));
            if (behind.starts_with(',') || behind.starts_with(']') || behind.starts_with(')')) return true;
        }
        is_first = c == ',' || (open == 0 && (c == '[' || c == '('));
        if (c == '[' || c == '(' || c == '{') ++open;
        if ((c == ']' || c == ')' || c == '}') && --open == 0) return false; // what is added to the list
    }
    return false;
}

void django_allowed_hosts(const Project& project, Hits& hits) {
    for (const auto& settings : django_settings(project)) {
        const auto hosts = settings.value("ALLOWED_HOSTS").value_or("[]");
        const auto* const set = settings.find("ALLOWED_HOSTS");
        const bool always = set != nullptr && set->known && !settings.overridden && has_star_item(set->text);
        const bool any = always || hosts.find("'*'") != hosts.npos || hosts.find("\"*\"") != hosts.npos;
        const bool given =
            !always && set != nullptr && set->text.find("env") != std::string::npos; // at the installation
        if (given) {
            const auto fallback = set->text.find("default");
            if (any || (fallback != std::string::npos && set->text.find("\"*\"", fallback) != std::string::npos))
                hits.add(set->file, set->line, 1,
                         "ALLOWED_HOSTS is * if the variable isn't set; forged Host headers would be accepted; remove "
                         "the default")
                    .level = Level::warning;
            continue;
        }
        const bool debugs = settings.value("DEBUG").value_or("") == "True";
        const bool is_known = always || !settings.is_unknown("ALLOWED_HOSTS");
        if (is_known && any && !reads_host(project))
            add_setting(settings, "ALLOWED_HOSTS", hits,
                        "ALLOWED_HOSTS has *; forged Host headers are accepted, which no source here reads; list the "
                        "host names")
                .level = Level::warning;
        else if (is_known && (any || hosts == "[]" || hosts == "()"))
            add_setting(settings, "ALLOWED_HOSTS", hits,
                        fmt::format("ALLOWED_HOSTS {}; {}; list the host names", any ? "has *" : "is empty",
                                    any      ? "forged Host headers would be accepted"
                                    : debugs ? "requests for another host than localhost would be refused"
                                             : "every request would be refused"));
    }
}

void word(const Project& project, Hits& hits, std::string_view name, std::initializer_list<std::string_view> sound,
          std::string_view effect) {
    for (const auto& settings : django_settings(project)) {
        const auto value = settings.value(name);
        if (value && std::find(sound.begin(), sound.end(), lower(*value)) == sound.end())
            add_setting(settings, name, hits,
                        fmt::format("{} is {}; {}; set '{}'", name, value->substr(0, 30), effect, *sound.begin()));
    }
}

}

std::span<const Rule> django_rules() {
    static const Rule rules[] = {
        {"django-security-middleware",
         "SecurityMiddleware is missing",
         deployed(Level::error),
         [](const Project& project, Hits& hits) {
             middleware(project, hits, "django.middleware.security.SecurityMiddleware",
                        "HSTS, nosniff and the redirect to https have no effect");
         },
         "Without SecurityMiddleware, the SECURE_ settings have no effect, except SECURE_PROXY_SSL_HEADER.",
         "'django.middleware.security.SecurityMiddleware' first in MIDDLEWARE",
         {"security.W001"}},
        {"django-frame-middleware",
         "XFrameOptionsMiddleware is missing",
         deployed(Level::warning),
         [](const Project& project, Hits& hits) {
             middleware(project, hits, "django.middleware.clickjacking.XFrameOptionsMiddleware",
                        "any site can frame the pages");
         },
         "Another site can put your page into an invisible frame, so that visitors click on your page without seeing "
         "it.",
         "'django.middleware.clickjacking.XFrameOptionsMiddleware'",
         {"security.W002"}},
        {"django-csrf-middleware",
         "CsrfViewMiddleware is missing",
         deployed(Level::error),
         [](const Project& project, Hits& hits) {
             middleware(project, hits, "django.middleware.csrf.CsrfViewMiddleware",
                        "any site can send forms in a visitor's name");
         },
         "Without CsrfViewMiddleware, Django accepts forms that other sites send.",
         "'django.middleware.csrf.CsrfViewMiddleware'",
         {"security.W003"}},
        {"django-hsts-seconds",
         "HSTS is off",
         deployed(Level::warning),
         django_hsts,
         "Until a browser knows that the site has HSTS, an attacker can hijack the first request of a visit.",
         "SECURE_HSTS_SECONDS = 31536000",
         {"security.W004"}},
        {"django-hsts-subdomains",
         "HSTS doesn't include subdomains",
         deployed(Level::info),
         [](const Project& project, Hits& hits) {
             with_hsts(project, hits, "SECURE_HSTS_INCLUDE_SUBDOMAINS",
                       "subdomains on http can read and set cookies of the domain");
         },
         "A subdomain on http can set and read cookies of the domain.",
         "SECURE_HSTS_INCLUDE_SUBDOMAINS = True",
         {"security.W005"}},
        {"django-nosniff",
         "Browsers may guess content types",
         deployed(Level::warning),
         [](const Project& project, Hits& hits) {
             must_be_on(project, hits, "SECURE_CONTENT_TYPE_NOSNIFF", true, "browsers may run an upload as a script");
         },
         "Without nosniff, browsers may run an uploaded text as a script.",
         "SECURE_CONTENT_TYPE_NOSNIFF = True",
         {"security.W006"}},
        {"django-ssl-redirect",
         "http is not redirected to https",
         deployed(Level::warning),
         [](const Project& project, Hits& hits) {
             must_be_on(project, hits, "SECURE_SSL_REDIRECT", false, "visitors of http:// stay there");
         },
         "Visitors who type the address stay on http.",
         "SECURE_SSL_REDIRECT = True, or in the proxy",
         {"security.W008"},
         {"S2-70"}},
        {"django-proxy-header", "Django doesn't see that visitors use https", deployed(Level::warning), proxy_header,
         "The proxy passes a visitor's https request on as http. Django redirects this request to https, and the proxy "
         "passes the next request on as http again. The redirects never end.",
         "SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')"},
        {"django-sqlite", "The database is a file in the container", deployed(Level::error), sqlite_in_image,
         "A release replaces the container: everything that was written in the old container is lost.",
         "DATABASES = {'default': dj_database_url.config()}"},
        {"django-session-secure",
         "The session cookie is sent unencrypted",
         deployed(Level::error),
         [](const Project& project, Hits& hits) {
             must_be_on(project, hits, "SESSION_COOKIE_SECURE", false, "the session cookie would be sent unencrypted");
         },
         "One request over http is enough to show the cookie to everyone on the network path.",
         "SESSION_COOKIE_SECURE = True",
         {"security.W010", "security.W011", "security.W012"},
         {"S1-141"}},
        {"django-session-httponly",
         "Scripts can read the session cookie",
         deployed(Level::error),
         [](const Project& project, Hits& hits) {
             must_be_on(project, hits, "SESSION_COOKIE_HTTPONLY", true, "scripts could take the session");
         },
         "A script that got into a page can steal the session.",
         "SESSION_COOKIE_HTTPONLY = True",
         {"security.W013", "security.W014", "security.W015"},
         {"S1-141"}},
        {"django-csrf-secure",
         "The CSRF cookie is sent unencrypted",
         deployed(Level::error),
         [](const Project& project, Hits& hits) {
             must_be_on(project, hits, "CSRF_COOKIE_SECURE", false, "the CSRF cookie would be sent unencrypted");
         },
         "Anyone who reads the cookie can send forms in a visitor's name.",
         "CSRF_COOKIE_SECURE = True",
         {"security.W016"},
         {"S1-141"}},
        {"django-frame-deny",
         "Pages may be framed",
         deployed(Level::warning),
         [](const Project& project, Hits& hits) {
             word(project, hits, "X_FRAME_OPTIONS", {"deny"}, "pages can be framed");
         },
         "Another site can put your page into an invisible frame, so that visitors click on your page without seeing "
         "it.",
         "X_FRAME_OPTIONS = 'DENY'",
         {"security.W019"}},
        {"django-allowed-hosts",
         "ALLOWED_HOSTS is open or empty",
         deployed(Level::error),
         django_allowed_hosts,
         "The program builds links in mails and in cached pages from the Host header, and anyone can forge this "
         "header.",
         "ALLOWED_HOSTS = ['app.example.org']",
         {"security.W020"},
         {"S1-158"}},
        {"django-hsts-preload",
         "HSTS doesn't ask for preload",
         deployed(Level::info),
         [](const Project& project, Hits& hits) {
             with_hsts(project, hits, "SECURE_HSTS_PRELOAD", "the domain can't enter the browsers' lists");
         },
         "Browsers come with a list of domains that they never contact over http. Without preload, your domain can't "
         "get into this list.",
         "SECURE_HSTS_PRELOAD = True",
         {"security.W021"}},
        {"django-referrer",
         "The referrer policy reveals too much",
         deployed(Level::warning),
         [](const Project& project, Hits& hits) {
             word(project, hits, "SECURE_REFERRER_POLICY",
                  {"same-origin", "no-referrer", "strict-origin", "strict-origin-when-cross-origin", "origin",
                   "origin-when-cross-origin", "no-referrer-when-downgrade"},
                  "other sites see whole addresses, or the value is not valid");
         },
         "Browsers send the page's address to other sites, and the address can contain tokens and names.",
         "SECURE_REFERRER_POLICY = 'same-origin'",
         {"security.W022", "security.E023"}},
        {"django-coop",
         "The opener policy is unsafe or not valid",
         deployed(Level::warning),
         [](const Project& project, Hits& hits) {
             word(project, hits, "SECURE_CROSS_ORIGIN_OPENER_POLICY", {"same-origin", "same-origin-allow-popups"},
                  "windows of other sites keep access to the site's windows");
         },
         "If another site opened your site in a window, the other site can control that window.",
         "SECURE_CROSS_ORIGIN_OPENER_POLICY = 'same-origin'",
         {"security.E024"}},
    };
    return rules;
}

}
