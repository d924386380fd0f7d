#include "base/text.h"
#include "base/url.h"
#include "preflight/parts/conf_values.h"
#include "preflight/rules/env_lines.h"
#include "preflight/rules/groups.h"
#include "read/compose/compose.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

// Which sites may call the program, and under which names it answers.
namespace fairlead::preflight {

// No origin is another host's, and one is what the same compose file publishes: its own pages, on one machine.
bool is_stack_of_this_host(const EnvValue& list, const Project& project) {
    const auto items = list_items(list.value);
    const auto is_published = [&](const std::string& item) {
        const auto url = parse_url(item);
        auto port = url.ok() ? url.value().port : std::string();
        if (url.ok() && port.empty()) port = url.value().scheme == "https" ? "443" : "80";
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

namespace {

bool is_origin_list(std::string_view name) {
    return is_one_of(name,
                     {"ALLOWED_ORIGINS", "CORS_ORIGINS", "CORS_ORIGIN", "CORS_ALLOWED_ORIGINS", "CSRF_TRUSTED_ORIGINS",
                      "BACKEND_CORS_ORIGINS", "CORS_ALLOW_ORIGINS", "CORS_ALLOWED_ORIGIN"});
}

template <typename Each>
void each_origin(const EnvValues& file, Each each) {
    for (const auto& one : file.all) {
        if (!is_origin_list(one.name)) continue;
        std::size_t number = 0;
        for (const auto& item : list_items(one.value)) each(one, ++number, item);
    }
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
            doubt_default(
                hit_at(hits, one, fmt::format("{} is on; every site may call the API; list the sites", one.name)), file,
                one);
    each_origin(file, [&](const EnvValue& one, std::size_t number, const std::string& item) {
        if (is_one_of(item, {"*", ".*", "^.*$", "https://*", "http://*", "*://*"})) {
            const bool is_of_image = file.from == EnvValues::From::image, may_be_set = is_default(file, one);
            Hit& hit = hit_at(hits, one,
                              fmt::format("{} is *{}; every site may call the API{}; list the sites", one.name,
                                          is_of_image  ? " in the image"
                                          : may_be_set ? " by default"
                                                       : "",
                                          is_of_image || may_be_set ? ", unless the start sets other origins" : ""));
            if (is_of_image || may_be_set) hit.level = Level::warning;
        } else if (item.find('*') != item.npos)
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
        if (!items.empty() && std::find(items.begin(), items.end(), "*") == items.end()) continue;
        const bool may_be_set = is_default(file, one);
        Hit& hit = hit_at(hits, one,
                          fmt::format("{} is {}{}; forged Host headers would be {}; {}", one.name,
                                      items.empty() ? "empty" : "*", may_be_set ? " by default" : "",
                                      items.empty() ? "refused, and all other hosts too" : "accepted",
                                      may_be_set ? fmt::format("write ${{{}:?}}", one.name) : "list the host names"));
        if (may_be_set) hit.level = Level::warning;
    }
}

}

std::span<const Rule> conf_origin_rules() {
    static const Rule rules[] = {
        {"conf-origin-localhost",
         "An allowed origin is the visitor's machine",
         deployed(Level::error),
         origin_localhost,
         "Any program that serves pages on the visitor's machine could call the API in the visitor's name.",
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
         "Anyone on the network path can put scripts into a page that comes over http.",
         "https://",
         {},
         {"S1-08"}},
        {"conf-origin-path",
         "An allowed origin has a path",
         always(Level::warning),
         origin_path,
         "As the origin, browsers send only scheme, host and port. An allowed origin with a path, or with a slash at "
         "its end, never matches.",
         "https://app.example.org",
         {},
         {"S2-35"},
         Fix::safe},
        {"conf-cors-headers-wildcard",
         "The allowed headers are *, and credentials are allowed",
         always(Level::warning),
         cors_headers,
         "If credentials are allowed, browsers take `*` as the name of a header, not as a wildcard.",
         "CORS_ALLOW_HEADERS=content-type,authorization",
         {},
         {"S2-107"}},
        {"conf-allowed-hosts",
         "Every Host header is accepted",
         deployed(Level::error),
         conf_allowed_hosts,
         "The program builds links in mails and in cached pages from the Host header, and anyone can forge this "
         "header.",
         "ALLOWED_HOSTS=app.example.org",
         {"security.W020"},
         {"S1-158"}},
    };
    return rules;
}

}
