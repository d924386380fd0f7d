#include "unit/smoke/probes/web_bench.h"
#include <fmt/format.h>

using namespace fairlead;
using namespace fairlead::test;

namespace {

std::string cookies_told(const std::vector<std::string>& set, const std::string& yaml = "/login",
                         const std::string& base = "https://app.example.org") {
    WebBench bench;
    Pairs headers;
    for (const auto& one : set) headers.emplace_back("Set-Cookie", one);
    bench.server.answers = [&](const sys::HttpRequest&) { return web_answer(200, headers); };
    return bench.faults(cookies_probe(), yaml, base);
}

}

TEST_CASE("every cookie is Secure, HttpOnly and SameSite") {
    CHECK(cookies_told({"session=1; Secure; HttpOnly; SameSite=Lax", "a=2; secure; httponly; samesite=NONE"}).empty());
    CHECK(cookies_told({"session=1; HttpOnly; SameSite=Lax"}) ==
          "smoke/cookies: cookie session lacks Secure; it is sent over http, too; add Secure");
    CHECK(cookies_told({"session=1; HttpOnly; SameSite=Lax"}, "/login", "http://app.example.org").empty());
    CHECK(cookies_told({"session=1; HttpOnly; SameSite=Lax"}, "{secure: false}").empty());
    CHECK(cookies_told({"csrf=1; Secure; SameSite=Lax", "theme=dark; Secure; SameSite=Lax"}).empty());
    CHECK(
        cookies_told({"sessionid=1; Secure; SameSite=Lax"}) ==
        "smoke/cookies: cookie sessionid lacks HttpOnly; scripts can read it; add HttpOnly, or write http_only: false");
    CHECK(cookies_told({"sid=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT"}).find("lacks") == std::string::npos);
    CHECK(cookies_told({"csrf=1; Secure; SameSite=Lax"}, "{http_only: false}").empty());
    CHECK(cookies_told({"a=1; Secure; HttpOnly; SameSite=Never"}) ==
          "smoke/cookies: cookie a lacks SameSite; browsers differ in when they send it; add SameSite=Lax");
    CHECK(cookies_told({"a=1; Secure; HttpOnly; SameSite=Lax"}, "{same_site: strict}") ==
          "smoke/cookies: cookie a has SameSite=lax, expected strict");
    CHECK(cookies_told({"gone=; Max-Age=0", "session=1; Secure; HttpOnly; SameSite=Lax"}).empty()); // one is removed
}

TEST_CASE("a cookie that browsers drop is told") {
    const std::string well = "; HttpOnly; SameSite=Lax";
    CHECK(cookies_told({"__Host-a=1; Secure; Path=/" + well}).empty());
    for (const auto* broken : {"__Host-a=1; Secure", "__Host-a=1; Path=/", "__Host-a=1; Secure; Path=/; Domain=a.test"})
        CHECK(cookies_told({broken + well}).find("breaks the rules of __Host-; browsers drop it") != std::string::npos);
    for (const auto* name : {"__Secure-a=1", "__secure-a=1"})
        CHECK(cookies_told({name + well}).find("breaks the rule of __Secure-") != std::string::npos);
    CHECK(cookies_told({"a=1; HttpOnly; SameSite=None"}).find("SameSite=None without Secure") != std::string::npos);
    CHECK(cookies_told({"a=1; Secure; Domain=other.test" + well})
              .find("has Domain=other.test, which is not "
                    "app.example.org or above it") != std::string::npos);
    CHECK(cookies_told({"a=1; Secure; Domain=.example.org" + well}).empty());
    CHECK(cookies_told({"a=" + std::string(5000, 'x') + "; Secure" + well}).find("has 5001 bytes; browsers drop it") !=
          std::string::npos);
}

TEST_CASE("browsers drop a Secure cookie that came over http, but from their own machine") {
    const std::vector<std::string> secure = {"session=1; Secure; HttpOnly; SameSite=Lax"};
    const auto from = [&](const std::string& base) { return cookies_told(secure, "/login", base); };
    CHECK(from("http://app.example.org") ==
          "smoke/cookies: cookie session is Secure but comes over http; browsers drop it; send it over https");
    for (const auto* own : {"http://localhost:8000", "http://app.localhost", "http://127.0.0.1:8000",
                            "http://127.8.8.8", "http://[::1]:8000", "HTTP://LOCALHOST"})
        CHECK(from(own).empty());
    for (const auto* other : {"http://localhost.example.org", "http://10.0.0.1", "http://127.example.org"})
        CHECK(from(other).find("comes over http") != std::string::npos);
    WebBench bench; // past the proxy, which ends TLS: browsers come over https
    bench.plan.at = "127.0.0.1:8000";
    bench.plan.at_host = "app.example.org";
    bench.server.answers = [&](const sys::HttpRequest& request) {
        CHECK(request.url == "http://127.0.0.1:8000/login");
        return web_answer(200, {{"Set-Cookie", secure.front()}});
    };
    CHECK(bench.faults(cookies_probe(), "/login").empty());
}

TEST_CASE("browsers drop a cookie for a domain that belongs to everybody") {
    const auto for_domain = [](const std::string& domain, const std::string& base) {
        return cookies_told({"a=1; Secure; SameSite=Lax; Domain=" + domain}, "/", base);
    };
    CHECK(for_domain("org", "https://app.example.org") ==
          "smoke/cookies: cookie a has Domain=org, which belongs to everybody; browsers drop it; leave Domain out");
    CHECK_FALSE(for_domain(".ORG", "https://app.example.org").empty());
    CHECK(for_domain("localhost", "http://localhost:8000").empty()); // the host itself
    CHECK(for_domain("intranet", "https://intranet").empty());
    CHECK(for_domain("example.org", "https://app.example.org").empty());
    CHECK(for_domain("", "https://app.example.org").empty());
    CHECK(for_domain("0.0.1", "https://10.0.0.1").find("which is not 10.0.0.1 or above it") != std::string::npos);
    CHECK(for_domain("10.0.0.1", "https://10.0.0.1").empty());
}

TEST_CASE("the cookies that are named are set, and no cookie at all is no yes") {
    CHECK(cookies_told({}) == "smoke/cookies: sets no cookie, so nothing was checked; name a page that sets one");
    CHECK(cookies_told({"a=1; Secure; HttpOnly; SameSite=Lax"}, "{get: /login, names: [a, session]}") ==
          "smoke/cookies: cookie session is not set; it sets a");
    CHECK(cookies_told({}, "{names: [session]}") ==
          "smoke/cookies: cookie session is not set; the answer sets no cookie");
}

TEST_CASE("a page may hand out thousands of cookies, and a message stays short") {
    const std::vector<std::string> many(3000, "session=1");
    const auto told = cookies_told(many);
    CHECK(std::count(told.begin(), told.end(), '\n') == 20);
    CHECK(told.ends_with("and 8980 more faults of this kind"));
}

TEST_CASE("wrong keys of cookies are refused") {
    WebBench bench;
    CHECK(bench.refusal(cookies_probe(), "{same_site: never}").find("lax, strict or none") != std::string::npos);
    CHECK(bench.refusal(cookies_probe(), "{same_site: none, secure: false}").find("browsers drop a cookie") == 0);
    CHECK(bench.refusal(cookies_probe(), "{nmaes: [a]}").find("nmaes") != std::string::npos);
    CHECK(bench.refusal(cookies_probe(), "{names: []}") == "names is empty; write what it lists, or remove it");
    for (const auto* name : {"''", "' '", "'a b'", "'a=1'", "'a;b'", "'a,b'", "\"a\\nb\"", "\"a\\0\""})
        CHECK(bench.refusal(cookies_probe(), fmt::format("{{names: [session, {}]}}", name))
                  .find("is not the name of a cookie") != std::string::npos);
    CHECK(bench.refusal(cookies_probe(), "{names: ['a[b]', é]}").empty()); // browsers take them
    for (const auto* key : {"secure: true", "same_site: none"}) {
        const auto yaml = fmt::format("{{{}}}", key);
        CHECK(bench.refusal(cookies_probe(), yaml, "http://app.example.org")
                  .find("the address is http, and browsers drop a Secure cookie that comes over it") == 0);
        CHECK(bench.refusal(cookies_probe(), yaml, "http://localhost:8000").empty());
    }
}
