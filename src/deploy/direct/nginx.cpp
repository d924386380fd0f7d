#include "deploy/direct/nginx.h"
#include "base/credentials.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/url.h"
#include "deploy/layout.h"
#include "sys/digest.h"
#include "sys/http/sockets.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

struct Address {
    bool tls = false;
    std::string host, port;
};

bool only(std::string_view text, std::string_view more) {
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || more.find(c) != more.npos;
    });
}

// 127.0.0.1; what only begins so, 127.0.0.1.example.org, is a name like others, and nginx would look it up.
bool is_ip4(const std::string& host) {
    const auto parts = split(host, '.');
    return parts.size() == 4 && std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
               return !part.empty() && part.size() <= 3 && part.find_first_not_of("0123456789") == part.npos &&
                      std::stoi(part) <= 255;
           });
}

// A name of labels, or an address; what nginx makes a pattern of (*.x, .x, ~x) is neither.
bool is_host(const std::string& host) {
    if (host.starts_with('['))
        return host.size() > 3 && host.ends_with(']') &&
               host.find_first_not_of("0123456789abcdefABCDEF:.", 1) == host.size() - 1;
    const auto labels = split(host, '.');
    return host.size() <= 253 && std::all_of(labels.begin(), labels.end(), [](const std::string& label) {
               return !label.empty() && label.size() <= 63 && only(label, "-_");
           });
}

Result<Address> address_of(const std::string& url) {
    const auto parts = parse_url(url);
    const auto scheme = lower(url.substr(0, url.find("://")));
    if (scheme != "http" && scheme != "https") {
        return usage(fmt::format("url '{}' is neither http:// nor https://", hide_credentials(url)));
    }
    Address address{scheme == "https", parts.ok() ? parts->host : "", parts.ok() ? parts->port : ""};
    if (address.port.empty()) address.port = address.tls ? "443" : "80";
    const auto digits = [](char c) { return c >= '0' && c <= '9'; };
    if (!is_host(address.host) || address.port.empty() || address.port.size() > 5 ||
        !std::all_of(address.port.begin(), address.port.end(), digits) || std::stoi(address.port) < 1 ||
        std::stoi(address.port) > 65535) {
        return usage(fmt::format("url '{}' has no host and port that nginx could listen at", hide_credentials(url)));
    }
    return address;
}

bool is_name(std::string_view text) { return !text.empty() && only(text, "-_."); }

// It names a variable, too, where a digit at the start would make it a capture ($2).
std::string name_for_nginx(const Settings& settings) {
    auto name = settings.app + "_" + settings.environment;
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
    if (name[0] >= '0' && name[0] <= '9') name.insert(0, "_");
    constexpr std::size_t longest = 32, kept = 20, digits = 10; // a longer one fits into no table of nginx's
    return name.size() <= longest ? name : name.substr(0, kept) + "_" + sys::sha256(name).substr(0, digits);
}

// Its table of names has room for 46 bytes, if nobody gave it more; a regular expression needs none.
Result<std::string> server_name_for_nginx(const std::string& host) {
    constexpr std::size_t longest = 46;
    if (host.size() <= longest) return host;
    return quote_for_nginx("~^" + replace_all(host, ".", "\\.") + "$");
}

}

Result<void> check_url(const std::string& url) {
    TRY_VOID(address_of(url));
    return {};
}

// src/core/ngx_conf_file.c: within "…" a backslash takes the meaning from '"', from itself, and gives t, r and n one.
Result<std::string> quote_for_nginx(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text) {
        if (c >= 0 && (c < ' ' || c == 0x7F))
            return usage(fmt::format("'{}' holds a control character, which has no place in nginx's configuration",
                                     one_line(text)));
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + "\"";
}

Result<std::string> render_nginx(const Settings& settings) {
    if (!is_name(settings.app) || !is_name(settings.environment))
        return usage(fmt::format("'{}' and '{}' can't be names in nginx's configuration", one_line(settings.app),
                                 one_line(settings.environment)));
    const auto address = TRY(address_of(settings.url));
    const auto name = name_for_nginx(settings);
    const auto link = Layout{settings.root}.current_socket().string();
    if (link.size() > sys::socket_path_limit)
        return usage(fmt::format("the socket '{}' has {} bytes, a unix socket's path at most {}; choose a shorter "
                                 "target.root",
                                 one_line(link), link.size(), sys::socket_path_limit));
    const auto upstream = TRY(quote_for_nginx("unix:" + link));
    const auto server_name = TRY(server_name_for_nginx(address.host));
    const bool local = address.host == "localhost" || (is_ip4(address.host) && address.host.starts_with("127.")) ||
                       address.host == "[::1]";
    const auto listen =
        local ? fmt::format("{}:{}", address.host == "localhost" ? "127.0.0.1" : address.host, address.port)
              : address.port;
    const auto tls =
        address.tls ? std::string(" ssl;\n    # ssl_certificate and ssl_certificate_key: yours") : std::string(";");
    return fmt::format("# {0}, {1}: written by `fairlead-deploy router`; include it once in nginx's http {{}}.\n"
                       "# A release is switched by renaming the link {2}: no reload.\n"
                       "# No `keepalive` here: kept connections would go on to the old release.\n"
                       "upstream {3} {{\n"
                       "    server {7} max_fails=0;\n"
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
                       settings.app, settings.environment, link, name, listen, tls, server_name, upstream);
}

}
