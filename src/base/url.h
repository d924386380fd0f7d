#pragma once
#include "base/result.h"
#include <string>
#include <string_view>

namespace fairlead {

// The parts of `scheme://user:password@host:port/path?query#fragment` (RFC 3986), as written: nothing is decoded.
// base/secrets/credentials.h decides which of them are secret.
struct Url {
    std::string scheme; // in lower case
    std::string user, password;
    std::string host; // in lower case; an IPv6 address with its brackets
    std::string port; // digits; empty: no port is given
    std::string path; // with its first slash, or empty
    std::string query, fragment;

    std::string authority() const; // "host:port", without user and password
};

bool is_absolute_url(std::string_view text); // begins with a scheme and "://"

// Parses URLs of any scheme: https, ssh, postgres, redis ... A password may contain characters that should be encoded
// (`p@ss`, `p/ss`). Error (usage): no scheme; no host, unless the scheme needs none (file:, `postgres:///name`); a
// wrong port; blanks or control characters. The message never contains the URL: the caller says which URL it is.
Result<Url> parse_url(std::string_view text);

bool is_sqlite_url(std::string_view url); // sqlite: or sqlite3:
// Returns whether a URL "sqlite:…" has a user. A file has no user, but such a text may contain a password.
bool sqlite_url_has_user(std::string_view url);

std::string percent_decode(std::string_view text); // a wrong escape stays as written

// The positions of the parts of a URL, which need not be valid, for code that hides secrets.
struct UrlSpan {
    std::size_t userinfo = 0;     // after "://"
    std::size_t userinfo_end = 0; // at the '@'; equal to userinfo: there is no user
    std::size_t query = 0;        // after the first '?', else after the first '#'; equal to end: neither exists
    std::size_t end = 0;
};
// Finds the parts of the URL whose "://" is at `scheme_end`; the URL ends at `end`.
UrlSpan take_apart(std::string_view text, std::size_t scheme_end, std::size_t end);

}
