#include "deploy/nginx.h"
#include "base/text.h"
#include "deploy/layout.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

struct Address {
    bool tls = false;
    std::string host, port;
};

Result<Address> address_of(const std::string& url) {
    const auto start = url.find("://");
    const auto scheme = url.substr(0, start);
    if (start == std::string::npos || (scheme != "http" && scheme != "https")) {
        return usage(fmt::format("url '{}' is neither http:// nor https://", url));
    }
    const auto rest = url.substr(start + 3);
    const auto authority = rest.substr(0, rest.find('/'));
    const auto colon = authority.rfind(':');
    const bool has_port = colon != std::string::npos && authority.find(']', colon) == std::string::npos;
    Address address{scheme == "https", authority.substr(0, has_port ? colon : std::string::npos), ""};
    address.port = has_port ? authority.substr(colon + 1) : address.tls ? "443" : "80";
    const auto digits = [](char c) { return c >= '0' && c <= '9'; };
    const auto harmless = [&](char c) {
        return digits(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '[' ||
               c == ']' || c == ':';
    };
    if (address.host.empty() || !std::all_of(address.host.begin(), address.host.end(), harmless) ||
        address.port.empty() || !std::all_of(address.port.begin(), address.port.end(), digits)) {
        return usage(fmt::format("url '{}' has no host and port that nginx could listen at", url));
    }
    return address;
}

std::string name_for_nginx(const Settings& settings) {
    auto name = settings.app + "_" + settings.environment;
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
    return name;
}

}

Result<std::string> render_nginx(const Settings& settings) {
    const auto address = TRY(address_of(settings.url));
    const auto name = name_for_nginx(settings);
    const bool local = address.host == "localhost" || address.host.starts_with("127.") || address.host == "[::1]";
    const auto listen =
        local ? fmt::format("{}:{}", address.host == "localhost" ? "127.0.0.1" : address.host, address.port)
              : address.port;
    const auto tls =
        address.tls ? std::string(" ssl;\n    # ssl_certificate and ssl_certificate_key: yours") : std::string(";");
    return fmt::format("# {0}, {1}: written by `fairlead-deploy router`; include it once in nginx's http {{}}.\n"
                       "# A release is switched by renaming the link {2}: no reload.\n"
                       "# No `keepalive` here: kept connections would go on to the old release.\n"
                       "upstream {3} {{\n"
                       "    server \"unix:{2}\" max_fails=0;\n"
                       "}}\n"
                       "map $http_upgrade ${3}_connection {{\n"
                       "    default upgrade;\n"
                       "    ''      close;\n"
                       "}}\n"
                       "server {{\n"
                       "    listen {4}{5}\n"
                       "    server_name {6};\n"
                       "    location / {{\n"
                       "        proxy_pass http://{3};\n"
                       "        proxy_http_version 1.1;\n"
                       "        proxy_set_header Host $http_host;\n"
                       "        proxy_set_header Connection ${3}_connection;\n"
                       "        proxy_set_header Upgrade $http_upgrade;\n"
                       "        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n"
                       "        proxy_set_header X-Forwarded-Proto $scheme;\n"
                       "        proxy_next_upstream off; # one server: there is no next\n"
                       "    }}\n"
                       "}}\n",
                       settings.app, settings.environment, Layout{settings.root}.current_socket().string(), name,
                       listen, tls, address.host);
}

}
