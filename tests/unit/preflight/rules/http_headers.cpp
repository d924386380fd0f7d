#include "unit/preflight/host/site_rules.h"

using namespace fairlead;
using namespace fairlead::test;

namespace {

std::string of_header(const std::string& rule, const std::string& name, const std::string& value) {
    return levels(rule, https_site({{name, value}}));
}

}

TEST_CASE("Strict-Transport-Security counts by its age, its names and its way") {
    const auto hsts = [](const std::string& value) {
        return of_header("http-hsts", "strict-transport-security", value);
    };
    CHECK(levels("http-hsts", https_site({})) == "error");
    CHECK(hsts("max-age=0; includeSubDomains") == "error");
    CHECK(hsts("includeSubDomains") == "error");
    CHECK(hsts("max-age=31535999; includeSubDomains") == "warning");
    CHECK(hsts("max-age=31536000") == "info");
    CHECK(hsts("Max-Age = \"31536000\"; IncludeSubDomains; preload").empty());
    CHECK(hsts("max-age=99999999999999999999; includeSubDomains").empty());
    CHECK(levels("http-hsts", site_of(page("http://a.test/", {{"Strict-Transport-Security", "max-age=1"}}))) == "info");
    CHECK(levels("http-hsts", site_of(page("http://a.test/", {}))).empty());
}

TEST_CASE("headers are judged on the page and on a 404") {
    auto site = https_site({{"X-Content-Type-Options", "nosniff"}});
    CHECK(levels("http-nosniff", site).empty());
    site.not_found = page("https://app.example.org/x", {}, "", 404);
    const auto said = say("http-nosniff", site);
    REQUIRE(said.messages.size() == 1);
    CHECK(said.messages[0] ==
          "X-Content-Type-Options is missing at a 404 of https://app.example.org; browsers may guess "
          "types; send nosniff");
    site.hops.front().status = 302; // to a login elsewhere: no page of this site
    site.not_found.reset();
    CHECK(levels("http-nosniff", site).empty());
}

TEST_CASE("nosniff is exact, framing has two headers") {
    CHECK(of_header("http-nosniff", "X-Content-Type-Options", "no-sniff") == "error");
    CHECK(of_header("http-nosniff", "X-Content-Type-Options", "NoSniff").empty());
    CHECK(levels("http-frame", https_site({})) == "warning");
    CHECK(of_header("http-frame", "X-Frame-Options", "ALLOW-FROM https://a.test") == "warning");
    CHECK(of_header("http-frame", "X-Frame-Options", "sameorigin").empty());
    CHECK(of_header("http-frame", "Content-Security-Policy", "frame-ancestors 'none'").empty());
    CHECK(of_header("http-frame", "Content-Security-Policy-Report-Only", "frame-ancestors 'none'") == "warning");
}

TEST_CASE("a policy that lets injected scripts run is none") {
    const auto unsafe = [](const std::string& policy) {
        return of_header("http-csp-unsafe", "Content-Security-Policy", policy);
    };
    CHECK(of_header("http-csp", "Content-Security-Policy-Report-Only", "default-src 'self'") == "warning");
    CHECK(of_header("http-csp", "Content-Security-Policy", "default-src 'self'").empty());
    for (const char* nothing : {"", ";", "defualt-src 'self'", "report-uri /csp"}) // browsers pass over it
        CHECK(of_header("http-csp", "Content-Security-Policy", nothing) == "warning");
    CHECK(unsafe("default-src 'self'; base-uri 'none'").empty());
    CHECK(unsafe("default-src 'self'") == "info");
    CHECK(unsafe("script-src 'self'; base-uri 'none'") == "info");
    for (const char* sources : {"'unsafe-inline'", "'self' 'unsafe-eval'", "*", "http:", "data: 'self'"})
        CHECK(unsafe("base-uri 'none'; default-src " + std::string(sources)) == "warning");
    CHECK(unsafe("img-src 'self'") == "warning");
    CHECK(unsafe("script-src 'unsafe-inline' 'nonce-abc'; object-src 'none'; base-uri 'none'").empty());
    CHECK(unsafe("script-src 'strict-dynamic' 'nonce-a' https: http:; object-src 'none'; base-uri 'none'").empty());
    CHECK(unsafe("default-src *, default-src 'self'; base-uri 'none'").empty()); // both hold
}

TEST_CASE("the rest of the headers") {
    CHECK(levels("http-referrer", https_site({})) == "warning");
    CHECK(of_header("http-referrer", "Referrer-Policy", "no-referrer, unsafe-url") == "warning");
    CHECK(of_header("http-referrer", "Referrer-Policy", "same-origin").empty());
    CHECK(of_header("http-referrer", "Referrer-Policy", "unsafe-url, same-origin, of-the-future").empty());
    CHECK(of_header("http-referrer", "Referrer-Policy", "") == "warning");
    CHECK(of_header("http-permissions", "Permissions-Policy", " ") == "info");
    CHECK(levels("http-permissions", https_site({})) == "info");
    CHECK(of_header("http-xss-protection", "X-XSS-Protection", "1; mode=block") == "info");
    CHECK(of_header("http-xss-protection", "X-XSS-Protection", "0").empty());
    CHECK(levels("http-coop", https_site({})) == "warning"); // off, but asked for by name
    CHECK(of_header("http-server-banner", "Server", "nginx/1.25.3") == "info");
    CHECK(of_header("http-server-banner", "X-Powered-By", "PHP/8.1.2") == "info");
    CHECK(of_header("http-server-banner", "Server", "gws2").empty());
    CHECK(of_header("http-server-banner", "Server", "nginx").empty());
}
