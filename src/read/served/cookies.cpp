#include "read/served/cookies.h"
#include "base/text.h"
#include <algorithm>

namespace fairlead::read::served {

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

std::optional<Fault> dropped_fault(const Cookie& cookie) {
    if (cookie.name.starts_with("__Host-") && (!cookie.secure || cookie.path != "/" || cookie.has_domain))
        return Fault{"breaks the rules of __Host-; browsers drop it; send Secure, Path=/ and no Domain"};
    if (cookie.name.starts_with("__Secure-") && !cookie.secure)
        return Fault{"breaks the rule of __Secure-; browsers drop it; send Secure"};
    if (cookie.same_site == "none" && !cookie.secure)
        return Fault{"has SameSite=None without Secure; browsers drop it; add Secure"};
    return {};
}

std::vector<Fault> faults_of(const Cookie& cookie, bool https) {
    std::vector<Fault> faults;
    if (auto dropped = dropped_fault(cookie))
        faults.push_back(std::move(*dropped));
    else if (https && !cookie.secure)
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
