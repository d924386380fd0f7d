#pragma once
#include "base/result.h"
#include "sys/clock.h"
#include "sys/http/client.h"
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// A live URL that --url named, as it answered. Rules judge these values and ask nothing themselves.
namespace fairlead::preflight {

struct Answer {
    std::string url; // that was asked
    int status = 0;  // 0: the server closed the connection without an answer
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body; // its beginning

    std::vector<std::string> values(std::string_view header) const; // case-blind, in order
    std::string value(std::string_view header) const;               // the first; empty: there is none
};

struct Site {
    std::string url;
    std::vector<Answer> hops;          // from `url` on; empty: its name isn't there, or it speaks old TLS only
    std::optional<Answer> not_found;   // to a path that no site has
    std::vector<Answer> files;         // to each of site_files
    std::vector<Answer> plain;         // hops from http:// on; empty: nothing answers there
    std::optional<Answer> foreign;     // asked from a page of another site, `foreign_origin`
    std::optional<Answer> null_origin; // from a page without one: a sandboxed frame
    std::optional<Answer> preflight;   // that page's question whether it may ask with TRACE and a header of its own
    std::optional<Answer> trace;
    std::optional<sys::Handshake> handshake; // of the first https
    std::string old_tls;                     // "TLSv1.1": it takes that from a client which has nothing newer
    std::optional<sys::NameRecords> name;    // nothing: an address, or localhost

    const Answer* page() const; // the last hop, unless it is another site's or a redirect; null: there is none
};

inline constexpr std::string_view foreign_origin = "https://fairlead-preflight.invalid"; // RFC 2606, 2
inline constexpr std::string_view site_files[] = {
    "/.env", "/.git/HEAD", "/docker-compose.yml", "/server-status", "/actuator/env", "/docs", "/openapi.json"};

std::string site_label(const std::string& url); // "https://app.example.org", at most 60 characters

// Without it no network code is linked here: each request starts `fairlead-fetch`, for the host of its URL alone.
using Ask = std::function<Result<sys::HttpResponse>(const sys::HttpRequest& request)>;
Result<sys::HttpResponse> ask_by_helper(const sys::HttpRequest& request);

Result<void> check_site_url(const std::string& url); // usage: no http or https URL
// GET, OPTIONS and TRACE, without a secret but the URL's own; redirects up to 10, each a hop; all of it in a minute.
// Error (could_not): it is out of reach, or there is no fairlead-fetch beside us.
Result<Site> ask_site(const std::string& url, const Ask& ask, sys::Clock& clock);

}
