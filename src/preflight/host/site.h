#pragma once
#include "base/result.h"
#include "read/served/answer.h"
#include "sys/clock.h"
#include "sys/http/client.h"
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The answers of a live URL given by --url. Rules judge these values, and send no requests themselves.
namespace fairlead::preflight {

using read::served::Answer;
using read::served::site_label;

struct Site {
    std::string url;
    // answers from `url` on, along redirects; empty: its name doesn't exist, or it has only old TLS
    std::vector<Answer> hops;
    std::optional<Answer> not_found;   // answer for a path that exists on no site
    std::vector<Answer> files;         // answers for each of site_files
    std::vector<Answer> plain;         // the same from http:// on; empty: nothing answers there
    std::optional<Answer> foreign;     // answer to a request from a page of another site, `foreign_origin`
    std::optional<Answer> null_origin; // answer to a request without an origin: a sandboxed frame
    std::optional<Answer> preflight;   // answer to that page's preflight request for TRACE and a custom header
    std::optional<Answer> trace;
    std::optional<sys::Handshake> handshake; // of the first https answer
    std::string old_tls;                     // "TLSv1.1": the server accepts it from a client without newer TLS
    std::optional<sys::NameRecords> name;    // nothing: the host is an address, or localhost

    // returns the last answer; null: there is none, or it is a redirect or another site's answer
    const Answer* page() const;
};

inline constexpr std::string_view foreign_origin = "https://fairlead-preflight.invalid"; // RFC 2606, 2
inline constexpr std::string_view site_files[] = {
    "/.env", "/.git/HEAD", "/docker-compose.yml", "/server-status", "/actuator/env", "/docs", "/openapi.json"};

// Asks a server. This program has no network code: each request starts `fairlead-fetch`, which may only ask the host of
// its URL.
using Ask = std::function<Result<sys::HttpResponse>(const sys::HttpRequest& request)>;
Result<sys::HttpResponse> ask_by_helper(const sys::HttpRequest& request);

Result<void> check_site_url(const std::string& url); // usage: not an http or https URL
// Sends GET, OPTIONS and TRACE, without any secret except those in the URL. Follows up to 10 redirects. Everything
// takes at most a minute. Error (could_not): the site can't be reached, or there is no fairlead-fetch next to this
// program.
Result<Site> ask_site(const std::string& url, const Ask& ask, sys::Clock& clock);

}
