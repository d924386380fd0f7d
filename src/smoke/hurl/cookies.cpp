#include "smoke/hurl/cookies.h"
#include "base/text.h"
#include "base/url.h"
#include <algorithm>
#include <tuple>

namespace fairlead::smoke::hurl {

namespace {

constexpr std::string_view known_attributes[] = {"Expires", "Max-Age",  "Domain",  "Path",
                                                 "Secure",  "HttpOnly", "SameSite"};

bool is_address_text(std::string_view host) {
    return host.starts_with('[') || host.find_first_not_of("0123456789.") == std::string_view::npos;
}

// RFC 6265, 5.1.3
bool domain_matches(std::string_view host, std::string_view domain) {
    if (host == domain) return true;
    return host.ends_with(domain) && host.size() > domain.size() && host[host.size() - domain.size() - 1] == '.' &&
           !is_address_text(host);
}

// RFC 6265, 5.1.4
bool path_matches(std::string_view path, std::string_view wanted) {
    if (!path.starts_with(wanted)) return false;
    return path.size() == wanted.size() || wanted.ends_with('/') || path[wanted.size()] == '/';
}

std::string default_path(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos || slash == 0 ? "/" : std::string(path.substr(0, slash));
}

struct Target {
    std::string host, path;
    bool secure = false;
};
std::optional<Target> target_of(std::string_view url) {
    const auto parsed = parse_url(url);
    if (!parsed.ok()) return {};
    // As in libcurl, this machine counts as a secure way.
    const bool here = parsed->host == "localhost" || parsed->host == "127.0.0.1" || parsed->host == "[::1]";
    return Target{parsed->host, parsed->path.empty() ? "/" : parsed->path, parsed->scheme == "https" || here};
}

}

const std::string* SetCookie::attribute(std::string_view wanted) const {
    for (const auto& [key, text] : attributes)
        if (lower(key) == lower(wanted)) return &text;
    return nullptr;
}

std::optional<SetCookie> parse_set_cookie(std::string_view line) {
    SetCookie cookie;
    bool first = true;
    for (const auto& part : split(line, ';')) {
        const auto text = trim(std::string_view(part));
        const auto equals = text.find('=');
        const std::string key(trim(text.substr(0, equals)));
        std::string value;
        if (equals != std::string_view::npos) value = trim(text.substr(equals + 1));
        if (first) {
            if (equals == std::string_view::npos || key.empty()) return {};
            cookie.name = key;
            cookie.value = value;
        } else if (!key.empty()) {
            const auto known = std::find_if(std::begin(known_attributes), std::end(known_attributes),
                                            [&](std::string_view one) { return lower(one) == lower(key); });
            cookie.attributes.emplace_back(known == std::end(known_attributes) ? key : std::string(*known), value);
        }
        first = false;
    }
    return cookie;
}

std::optional<Moment> http_time(std::string_view text) {
    for (const auto* pattern : {"%a, %d %b %Y %H:%M:%S GMT", "%a, %d-%b-%Y %H:%M:%S GMT", "%a, %d-%b-%y %H:%M:%S GMT"})
        if (const auto time = read_date(text, pattern); time.ok()) return time.value();
    return {};
}

void CookieStore::keep(const SetCookie& cookie, std::string_view url, Moment now) {
    const auto target = target_of(url);
    if (!target) return;
    KeptCookie kept{.name = cookie.name,
                    .value = cookie.value,
                    .domain = target->host,
                    .path = default_path(target->path),
                    .ends = {}};
    if (const auto* domain = cookie.attribute("Domain"); domain && !domain->empty()) {
        kept.domain = lower(domain->starts_with('.') ? domain->substr(1) : *domain);
        kept.host_only = false;
        const bool whole_domain = kept.domain.find('.') == std::string::npos && kept.domain != target->host;
        if (whole_domain || !domain_matches(target->host, kept.domain)) return;
    }
    if (const auto* path = cookie.attribute("Path"); path && path->starts_with('/')) kept.path = *path;
    kept.secure = cookie.attribute("Secure") != nullptr;
    if (kept.secure && !target->secure) return;
    if (const auto* expires = cookie.attribute("Expires")) kept.ends = http_time(*expires);
    if (const auto* age = cookie.attribute("Max-Age"))
        if (const auto seconds = parse_integer(*age); seconds.ok())
            kept.ends = now + std::chrono::seconds(std::clamp<std::int64_t>(seconds.value(), -1, 1'000'000'000));
    keep(std::move(kept), now);
}

void CookieStore::keep(KeptCookie kept, Moment now) {
    std::erase_if(all_, [&](const KeptCookie& one) {
        return one.name == kept.name && one.domain == kept.domain && one.path == kept.path;
    });
    if (!kept.ends || *kept.ends > now) all_.push_back(std::move(kept));
}

std::string CookieStore::header_for(std::string_view url, Moment now) const {
    const auto target = target_of(url);
    if (!target) return {};
    std::vector<const KeptCookie*> sent;
    for (const auto& one : all_) {
        const bool host = one.host_only ? one.domain == target->host : domain_matches(target->host, one.domain);
        const bool alive = !one.ends || *one.ends > now;
        if (host && alive && path_matches(target->path, one.path) && (!one.secure || target->secure))
            sent.push_back(&one);
    }
    // RFC 6265, 5.4: longer paths first; then as libcurl has them, with the newest first
    std::reverse(sent.begin(), sent.end());
    std::stable_sort(sent.begin(), sent.end(), [](const KeptCookie* a, const KeptCookie* b) {
        return std::tuple(a->path.size(), a->domain.size(), a->name.size()) >
               std::tuple(b->path.size(), b->domain.size(), b->name.size());
    });
    std::string header;
    for (const auto* one : sent) header += (header.empty() ? "" : "; ") + one->name + "=" + one->value;
    return header;
}

}
