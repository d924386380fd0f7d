#pragma once
#include "read/served/answer.h"

// Set-Cookie (RFC 6265bis, 4.1), as browsers take it.
namespace fairlead::read::served {

struct Cookie {
    std::string name;
    bool secure = false, http_only = false, is_removed = false;
    std::string path, domain, same_site; // domain and same_site in lower case; a domain without its first dot
    bool has_domain = false;
    std::size_t size = 0; // bytes of name and value
};
Cookie cookie_of(std::string_view header);

// Whether its name says that it lets in whoever holds it. A CSRF token is there for scripts to read.
bool is_session(std::string_view name);

// Why browsers drop it: it breaks the rules of its prefix, or is SameSite=None without Secure. The message lacks the
// subject: "breaks the rule of __Secure-; browsers drop it; send Secure".
std::optional<Fault> dropped_fault(const Cookie& cookie);
std::vector<Fault> faults_of(const Cookie& cookie, bool https); // also missing attributes

}
