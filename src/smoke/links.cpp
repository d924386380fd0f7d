#include "smoke/links.h"
#include "base/text.h"
#include "base/url.h"
#include <algorithm>
#include <fmt/format.h>
#include <vector>

namespace fairlead::smoke {

std::string normal_url(const std::string& url) {
    const auto parsed = parse_url(url);
    if (!parsed.ok()) return url;
    const auto usual = parsed->scheme == "https" ? "443" : "80";
    const auto port = parsed->port.empty() || parsed->port == usual ? "" : ":" + parsed->port;
    return fmt::format("{}://{}{}{}{}{}", parsed->scheme, parsed->host, port, parsed->path.empty() ? "/" : parsed->path,
                       parsed->query.empty() ? "" : "?", parsed->query);
}

namespace {

constexpr std::size_t longest_reference = 8192; // of an address that is asked

// RFC 3986, 5.2.4
std::string without_dots(std::string_view path) {
    std::vector<std::string> kept;
    const auto parts = split(path, '/');
    for (std::size_t i = 1; i < parts.size(); ++i) {
        const bool is_last = i + 1 == parts.size();
        if (parts[i] == ".." && !kept.empty()) kept.pop_back();
        if (parts[i] != "." && parts[i] != "..")
            kept.push_back(parts[i]);
        else if (is_last)
            kept.emplace_back();
    }
    return "/" + join(kept, "/");
}

// As browsers do: blanks at the ends and line ends within are left out, `\` in the path is `/`, and what may not stand
// in a URL is encoded.
std::string as_browser(std::string_view reference) {
    std::string text;
    bool in_path = true;
    for (const char c : trim(reference)) {
        if (c == '\t' || c == '\r' || c == '\n') continue;
        in_path = in_path && c != '?' && c != '#';
        if (c == '\\' && in_path) {
            text += '/';
            continue;
        }
        const bool plain = c > ' ' && c < 0x7F && std::string_view("\"<>`{}").find(c) == std::string_view::npos;
        text += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return text.substr(0, text.find('#'));
}

bool has_scheme(std::string_view reference) {
    const auto colon = reference.find(':');
    return colon != reference.npos && colon > 0 && reference.find_first_of("/?#") > colon;
}

}

std::string resolved_url(const std::string& base, std::string_view reference) {
    const auto parsed = parse_url(base);
    if (!parsed.ok() || reference.size() > longest_reference) return {};
    const auto text = as_browser(reference);
    if (has_scheme(text)) {
        auto url = normal_url(text);
        const auto whole = parse_url(url); // what is read from odd text may be none once it is written again
        const bool is_web = whole.ok() && (whole->scheme == "http" || whole->scheme == "https");
        return is_web && !whole->host.empty() ? url : std::string();
    }
    if (text.starts_with("//")) return resolved_url(base, parsed->scheme + ":" + text);
    const auto origin = parsed->scheme + "://" + parsed->authority();
    const auto here = parsed->path.empty() ? "/" : parsed->path;
    if (text.empty()) return normal_url(origin + here + (parsed->query.empty() ? "" : "?" + parsed->query));
    if (text.starts_with('?')) return normal_url(origin + here + text);
    const auto query = std::min(text.find('?'), text.size());
    const auto path =
        text.starts_with('/') ? text.substr(0, query) : here.substr(0, here.rfind('/') + 1) + text.substr(0, query);
    return normal_url(origin + without_dots(path) + text.substr(query));
}

}
