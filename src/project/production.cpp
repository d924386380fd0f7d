#include "project/production.h"
#include "base/text.h"
#include "read/compose/compose.h"
#include <algorithm>

namespace fairlead::project {

namespace {

using read::ComposeService;

bool is_set_to_produce(const ComposeService& service) {
    return std::any_of(service.environment.begin(), service.environment.end(), [](const auto& one) {
        const bool is_name = one.name.ends_with("ENV") || one.name.ends_with("ENVIRONMENT") ||
                             one.name.ends_with("PROFILES_ACTIVE") || one.name.ends_with("SETTINGS_MODULE");
        return is_name && lower(one.value.value_or("")).find("prod") != std::string::npos;
    });
}

bool serves_web(const ComposeService& service) {
    return std::any_of(service.ports.begin(), service.ports.end(), [](const auto& port) {
        return (port.published == "80" || port.published == "443") && port.host_ip != "127.0.0.1";
    });
}

// traefik.http.routers.app.rule=Host(`app.example.org`), and not of this machine
bool has_host_rule(const ComposeService& service) {
    const auto* const labels = service.at("labels");
    if (labels == nullptr) return false;
    return std::any_of(labels->items.begin(), labels->items.end(), [](const auto& one) {
        const auto text = one.key + "=" + std::string(one.text);
        return text.find("Host(") != text.npos && text.find("localhost") == text.npos;
    });
}

bool fetches_certificates(const ComposeService& service) {
    return has_any(service.image, {"certbot", "acme", "letsencrypt"});
}

}

bool says_production(const read::ComposeProject& compose) {
    return std::any_of(compose.services.begin(), compose.services.end(), [](const ComposeService& service) {
        return is_set_to_produce(service) || serves_web(service) || has_host_rule(service) ||
               fetches_certificates(service);
    });
}

}
