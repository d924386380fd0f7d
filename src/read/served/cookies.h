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

bool needs_secure(const Cookie& cookie); // browsers drop it without Secure: by its prefix, or as SameSite=None
// Whether browsers take a Secure cookie from a URL: from https, and from the machine they run on.
bool takes_secure(const std::string& url);

// Why browsers drop a cookie of this answer (RFC 6265bis, 5.6 and 5.7): its prefix, SameSite, Secure, Domain or size.
// Of the public suffixes only those of one label are known ("com", not "co.uk"). The messages lack the subject:
// "breaks the rule of __Secure-; browsers drop it; send Secure".
std::vector<Fault> dropped_faults(const Cookie& cookie, const Answer& answer);
std::vector<Fault> faults_of(const Cookie& cookie, const Answer& answer); // also missing attributes

}
