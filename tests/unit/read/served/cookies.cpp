#include "read/served/cookies.h"
#include "support/catch.h"
#include <algorithm>

using namespace fairlead;
using namespace fairlead::read::served;

namespace {

// Why browsers drop it, each up to its first `;`.
std::string dropped(const std::string& set_cookie, const std::string& url, int status = 200) {
    std::string all;
    for (const auto& fault : dropped_faults(cookie_of(set_cookie), {url, status, {}, ""}))
        all += (all.empty() ? "" : ", ") + fault.message.substr(0, fault.message.find(';'));
    return all;
}

}

TEST_CASE("a Secure cookie counts over https, and from the own machine") {
    CHECK(takes_secure("https://app.example.org/"));
    for (const auto* own : {"http://localhost:1/", "http://a.localhost/", "http://127.0.0.1/", "http://[::1]:1/x"})
        CHECK(takes_secure(own));
    for (const auto* other :
         {"http://app.example.org/", "http://10.0.0.1/", "http://localhost.test/", "http://127.a/", ""})
        CHECK_FALSE(takes_secure(other));
    CHECK(dropped("a=1; Secure", "http://app.example.org/") == "is Secure but comes over http");
    CHECK(dropped("a=1", "http://app.example.org/").empty());
    CHECK(dropped("__Secure-a=1; Secure", "http://app.example.org/") == "is Secure but comes over http");
    const auto of_redirect = dropped_faults(cookie_of("a=1; Secure"), {"http://app.example.org/", 301, {}, ""});
    REQUIRE(of_redirect.size() == 1);
    CHECK(of_redirect.front().level == report::Level::warning); // the page behind it may set it again
}

TEST_CASE("each reason to drop a cookie is told") {
    CHECK(dropped("__HOST-a=1; SameSite=None; Domain=org", "https://app.example.org/") ==
          "breaks the rules of __Host-, has Domain=org, which belongs to everybody");
    CHECK(dropped("a=" + std::string(4096, 'x') + "; Secure; Domain=example.com", "http://app.example.org/") ==
          "is Secure but comes over http, has Domain=example.com, which is not app.example.org or above it, has 4097 "
          "bytes");
    CHECK(dropped("a=1; Domain=co.uk", "https://shop.co.uk/").empty()); // not known: docs/probes.md says so
    CHECK(dropped("a=1; Domain=ample.org", "https://app.example.org/").find("or above it") != std::string::npos);
}

TEST_CASE("one missing Secure is one fault") {
    const Answer answer{"https://app.example.org/", 200, {}, ""};
    for (const auto* cookie : {"a=1; SameSite=None; HttpOnly", "__Secure-a=1; SameSite=Lax", "a=1; SameSite=Lax"})
        CHECK(faults_of(cookie_of(cookie), answer).size() == 1);
    CHECK(faults_of(cookie_of("a=1; SameSite=Lax; Secure"), answer).empty());
}
