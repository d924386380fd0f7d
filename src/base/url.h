#pragma once
#include "base/result.h"
#include <string>
#include <string_view>

namespace fairlead {

// The parts of `scheme://user:password@host:port/path?query#fragment` (RFC 3986), each as it stands: nothing is
// decoded. What may be a secret in it is base/credentials.h's to say.
struct Url {
    std::string scheme; // in lower case
    std::string user, password;
    std::string host; // in lower case; an IPv6 address with its brackets
    std::string port; // digits; empty: none is named
    std::string path; // with its slash, or empty
    std::string query, fragment;

    std::string authority() const; // "host:port", without user and password
};

bool is_absolute_url(std::string_view text); // begins with a scheme and ://

// Any scheme: https, ssh, postgres, redis ... A password may hold what should have been encoded (`p@ss`, `p/ss`).
// Error (usage): no scheme, no host where one has to be (all but file: and databases' `postgres:///name`), a port that
// is none, blanks or control characters. The message names the fact only, never the URL: the caller says which it is.
Result<Url> parse_url(std::string_view text);

// Whether "sqlite:…" names a user, as URLs of servers do: a file has none, and what stands there may be a password.
bool sqlite_url_has_user(std::string_view url);

std::string percent_decode(std::string_view text); // a wrong escape stays as it is

// Where the parts stand in a text that need not be a URL, for whoever hides what is secret in it.
struct UrlSpan {
    std::size_t userinfo = 0;     // behind ://
    std::size_t userinfo_end = 0; // at the '@'; equal to userinfo: there is none
    std::size_t query = 0;        // behind the first '?' or, without one, '#'; the end: there is none
    std::size_t end = 0;
};
// Of the URL whose "://" stands at `scheme_end`; it goes as far as `end`.
UrlSpan take_apart(std::string_view text, std::size_t scheme_end, std::size_t end);

}
