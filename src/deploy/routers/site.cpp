#include "deploy/routers/site.h"
#include "base/printable.h"
#include "base/secrets/credentials.h"
#include "base/text.h"
#include "base/url.h"
#include "sys/digest.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

bool only(std::string_view text, std::string_view more) {
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || more.find(c) != more.npos;
    });
}

// 127.0.0.1; what only begins so, 127.0.0.1.example.org, is a name like others, and a router would look it up.
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

Result<Site> address_of(const std::string& url) {
    const auto parts = parse_url(url);
    const auto scheme = lower(url.substr(0, url.find("://")));
    if (scheme != "http" && scheme != "https") {
        return usage(fmt::format("url '{}' does not begin with http:// or https://", hide_credentials(url)));
    }
    Site site;
    site.tls = scheme == "https";
    site.host = parts.ok() ? parts->host : "";
    site.port = parts.ok() && !parts->port.empty() ? parts->port : site.tls ? "443" : "80";
    const auto digits = [](char c) { return c >= '0' && c <= '9'; };
    if (!is_host(site.host) || site.port.size() > 5 || !std::all_of(site.port.begin(), site.port.end(), digits) ||
        std::stoi(site.port) < 1 || std::stoi(site.port) > 65535) {
        return usage(fmt::format("url '{}' has no host and port at which nginx could listen", hide_credentials(url)));
    }
    const bool four = is_ip4(site.host);
    site.by_name = !four && !site.host.starts_with('[');
    site.local = site.host == "localhost" || (four && site.host.starts_with("127.")) || site.host == "[::1]";
    if (site.local) site.bind = site.host == "localhost" ? "127.0.0.1" : site.host;
    return site;
}

bool is_name(std::string_view text) { return !text.empty() && only(text, "-_."); }

// It names a variable of nginx's, too, where a digit at the start would make it a capture ($2). Of names that could be
// joined or written alike (shop-eu + staging, shop + eu-staging) a part of the digest tells them apart.
std::string name_of_both(const Settings& settings) {
    const auto plain = [](const std::string& name) { return name.find_first_of("-._") == name.npos; };
    auto name = settings.app + "_" + settings.environment;
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
    if (name[0] >= '0' && name[0] <= '9') name.insert(0, "_");
    constexpr std::size_t longest = 32, kept = 20, digits = 10; // a longer one fits into no table of nginx's
    if (name.size() <= longest && plain(settings.app) && plain(settings.environment)) return name;
    return name.substr(0, kept) + "_" + sys::sha256(settings.app + "/" + settings.environment).substr(0, digits);
}

}

Result<void> check_url(const std::string& url) {
    TRY_VOID(address_of(url));
    return {};
}

Result<Site> site_of(const Settings& settings) {
    if (!is_name(settings.app) || !is_name(settings.environment))
        return usage(fmt::format("'{}' and '{}' can't be names in a router's configuration", one_line(settings.app),
                                 one_line(settings.environment)));
    auto site = TRY(address_of(settings.url));
    site.name = name_of_both(settings);
    site.mark = fmt::format("# {}, {}: written by `fairlead-deploy router`", settings.app, settings.environment);
    return site;
}

}
