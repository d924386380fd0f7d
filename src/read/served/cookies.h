#pragma once
#include "read/served/answer.h"

// Set-Cookie (RFC 6265bis, 4.1), as browsers read it.
namespace fairlead::read::served {

struct Cookie {
    std::string name;
    bool secure = false, http_only = false, is_removed = false;
    std::string path, domain, same_site; // domain and same_site in lower case; a domain without its first dot
    bool has_domain = false;
    std::size_t size = 0; // bytes of name and value
};
Cookie cookie_of(std::string_view header);

// Returns whether a cookie of this name gives access to a session. False for a CSRF token, which scripts must read.
bool is_session(std::string_view name);

bool needs_secure(const Cookie& cookie); // browsers drop it without Secure, because of its prefix or SameSite=None
// Returns whether browsers accept a Secure cookie from a URL: from https, or from the browser's own machine.
bool takes_secure(const std::string& url);

// Returns why browsers drop a cookie of this answer (RFC 6265bis, 5.6 and 5.7): its prefix, SameSite, Secure, Domain or
// size. Only public suffixes with one label are known ("com", not "co.uk"). The messages have no subject: "breaks the
// rule of __Secure-; browsers drop it; send Secure".
std::vector<Fault> dropped_faults(const Cookie& cookie, const Answer& answer);
std::vector<Fault> faults_of(const Cookie& cookie, const Answer& answer); // all faults, also missing attributes

}
