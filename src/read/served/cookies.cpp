#include "read/served/cookies.h"
#include "base/text.h"
#include "base/url.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::read::served {

namespace {

constexpr std::size_t longest_cookie = 4096; // 5.6: name and value together

bool has_prefix(const Cookie& cookie, std::string_view prefix) { return lower(cookie.name).starts_with(prefix); }

bool is_ipv4(std::string_view host) {
    return std::count(host.begin(), host.end(), '.') == 3 && host.find_first_not_of("0123456789.") == host.npos;
}

// Chrome and Firefox take a Secure cookie from there, whatever the scheme.
bool is_own_machine(const std::string& host) {
    return host == "localhost" || host.ends_with(".localhost") || host == "[::1]" ||
           (is_ipv4(host) && host.starts_with("127."));
}

// A redirect loses it, and the page behind it may set it again.
std::optional<report::Level> lost_level(const Answer& answer) {
    if (answer.status >= 300 && answer.status < 400) return report::Level::warning;
    return {};
}

std::string prefix_fault(const Cookie& cookie) {
    if (has_prefix(cookie, "__host-") && (!cookie.secure || cookie.path != "/" || cookie.has_domain))
        return "breaks the rules of __Host-; browsers drop it; send Secure, Path=/ and no Domain";
    if (has_prefix(cookie, "__secure-") && !cookie.secure)
        return "breaks the rule of __Secure-; browsers drop it; send Secure";
    return {};
}

// 5.1.3, and 5.7 of public suffixes
std::string domain_fault(const Cookie& cookie, const std::string& host) {
    const auto& domain = cookie.domain;
    if (domain.empty() || domain == host) return {};
    const bool is_address = is_ipv4(host) || host.starts_with('[');
    if (is_address || !host.ends_with("." + domain))
        return fmt::format("has Domain={}, which is not {} or above it; browsers drop it; leave Domain out",
                           shown_word(domain), shown_word(host));
    if (domain.find('.') != domain.npos) return {};
    return fmt::format("has Domain={}, which belongs to everybody; browsers drop it; leave Domain out",
                       shown_word(domain));
}

}

Cookie cookie_of(std::string_view header) {
    Cookie cookie;
    const auto parts = split(header, ';');
    const std::string_view pair = parts.front();
    cookie.name = trim(pair.substr(0, pair.find('=')));
    cookie.size = cookie.name.size();
    if (pair.find('=') != pair.npos) cookie.size += trim(pair.substr(pair.find('=') + 1)).size();
    for (std::size_t i = 1; i < parts.size(); ++i) {
        const std::string_view part = trim(std::string_view(parts[i]));
        const auto name = lower(trim(part.substr(0, part.find('='))));
        const std::string value(part.find('=') == part.npos ? "" : trim(part.substr(part.find('=') + 1)));
        cookie.secure |= name == "secure";
        cookie.http_only |= name == "httponly";
        cookie.has_domain |= name == "domain";
        cookie.is_removed |= name == "max-age" && (value == "0" || value.starts_with('-'));
        cookie.is_removed |= name == "expires" && value.find("1970") != value.npos; // as frameworks write it
        if (name == "path") cookie.path = value;
        if (name == "domain") cookie.domain = lower(value.starts_with('.') ? value.substr(1) : value);
        if (name == "samesite") cookie.same_site = lower(value);
    }
    return cookie;
}

bool is_session(std::string_view name) {
    const auto word = lower(name);
    if (word.find("csrf") != word.npos || word.find("xsrf") != word.npos) return false;
    constexpr std::string_view parts[] = {"sess", "auth", "token", "jwt", "remember"};
    return word.ends_with("sid") || std::any_of(std::begin(parts), std::end(parts),
                                                [&](std::string_view part) { return word.find(part) != word.npos; });
}

bool needs_secure(const Cookie& cookie) {
    return has_prefix(cookie, "__host-") || has_prefix(cookie, "__secure-") || cookie.same_site == "none";
}

bool takes_secure(const std::string& url) {
    const auto parsed = parse_url(url).value_or({});
    return parsed.scheme == "https" || is_own_machine(parsed.host);
}

std::vector<Fault> dropped_faults(const Cookie& cookie, const Answer& answer) {
    std::vector<Fault> faults;
    if (auto prefix = prefix_fault(cookie); !prefix.empty())
        faults.push_back({std::move(prefix)});
    else if (needs_secure(cookie) && !cookie.secure)
        faults.push_back({"has SameSite=None without Secure; browsers drop it; add Secure"});
    if (cookie.secure && !takes_secure(answer.url))
        faults.push_back({"is Secure but comes over http; browsers drop it; send it over https", lost_level(answer)});
    if (auto domain = domain_fault(cookie, parse_url(answer.url).value_or({}).host); !domain.empty())
        faults.push_back({std::move(domain)});
    if (cookie.size > longest_cookie)
        faults.push_back(
            {fmt::format("has {} bytes; browsers drop it above {}; store less in it", cookie.size, longest_cookie)});
    return faults;
}

std::vector<Fault> faults_of(const Cookie& cookie, const Answer& answer) {
    auto faults = dropped_faults(cookie, answer);
    if (is_https(answer) && !cookie.secure && !needs_secure(cookie))
        faults.push_back({"lacks Secure; it is sent over http, too; add Secure"});
    if (is_session(cookie.name) && !cookie.http_only)
        faults.push_back(
            {"lacks HttpOnly; an injected script can take the session; add HttpOnly", report::Level::warning});
    if (cookie.same_site.empty())
        faults.push_back(
            {"lacks SameSite; browsers differ in when they send it; add SameSite=Lax", report::Level::info});
    return faults;
}

}
