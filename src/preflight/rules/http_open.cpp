#include "preflight/rules/http_open.h"
#include "base/text.h"
#include "preflight/rules/http_html.h"
#include "preflight/rules/site_look.h"
#include <algorithm>

namespace fairlead::preflight {

namespace {

bool is_env(const Answer& answer) {
    if (is_html(answer)) return false;
    for (const auto& line : split(answer.body, '\n')) {
        std::string_view text = trim(std::string_view(line));
        if (text.starts_with("export ")) text.remove_prefix(7);
        const auto equals = text.find('=');
        const auto name = text.substr(0, equals);
        if (equals == text.npos || name.empty() || (name[0] >= '0' && name[0] <= '9')) continue;
        if (name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == name.npos)
            return true;
    }
    return false;
}

bool is_git_head(const Answer& answer) {
    const auto text = trim(std::string_view(answer.body));
    return text.starts_with("ref: refs/") ||
           ((text.size() == 40 || text.size() == 64) && text.find_first_not_of("0123456789abcdef") == text.npos);
}

bool is_compose(const Answer& answer) {
    return !is_html(answer) &&
           (answer.body.starts_with("services:") || answer.body.find("\nservices:") != answer.body.npos);
}

bool is_server_status(const Answer& answer) {
    return has_any(answer.body, {"Apache Server Status", "Apache Status", "Active connections:", "\nBusyWorkers:"});
}

bool is_actuator(const Answer& answer) { return has_any(answer.body, {"\"propertySources\"", "\"activeProfiles\""}); }

bool is_docs(const Answer& answer) {
    return has_any(answer.body, {"swagger-ui", "redoc", "Redoc", "rapidoc", "openapi.json"});
}

bool is_openapi(const Answer& answer) {
    return has_any(answer.body, {"\"openapi\"", "\"swagger\""}) && has_any(answer.body, {"\"paths\"", "\"info\""});
}

constexpr PublicFile exposed[] = {
    {"/.env", "its secrets are public", is_env},
    {"/.git/HEAD", "the whole history can be taken", is_git_head},
    {"/docker-compose.yml", "services, ports and settings are public", is_compose},
    {"/server-status", "requests and addresses of visitors are public", is_server_status},
    {"/actuator/env", "settings of the application are public", is_actuator},
};
constexpr PublicFile documents[] = {{"/docs", "", is_docs}, {"/openapi.json", "", is_openapi}};

}

std::span<const PublicFile> exposed_files() { return exposed; }
std::span<const PublicFile> document_files() { return documents; }

const Answer* file_of(const Site& site, std::string_view path) {
    const auto found =
        std::find_if(site.files.begin(), site.files.end(), [&](const Answer& one) { return one.url.ends_with(path); });
    return found == site.files.end() ? nullptr : &*found;
}

}
