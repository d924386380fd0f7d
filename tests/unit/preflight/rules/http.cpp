#include "unit/preflight/host/site_rules.h"

using namespace fairlead;
using namespace fairlead::test;
using preflight::Site;

namespace {

std::string cookie(const std::string& value) { return levels("http-cookie", https_site({{"Set-Cookie", value}})); }

Site with_file(const std::string& path, const std::string& type, const std::string& body, int status = 200) {
    auto site = https_site({});
    site.files.push_back(page("https://app.example.org" + path, {{"Content-Type", type}}, body, status));
    return site;
}

}

TEST_CASE("cookies") {
    CHECK(cookie("a=1; Secure; SameSite=Lax").empty());
    CHECK(cookie("a=1; SameSite=Lax") == "error");
    CHECK(cookie("a=1; Secure") == "info");
    CHECK(cookie("a=1; SameSite=None") == "error");
    CHECK(cookie("sessionid=x; Secure; SameSite=Lax") == "warning");
    CHECK(cookie("connect.sid=x; secure; httponly; samesite=strict").empty());
    CHECK(cookie("csrftoken=x; Secure; SameSite=Lax").empty()); // for scripts to read
    CHECK(cookie("__Host-a=1; Secure; Path=/; SameSite=Lax").empty());
    CHECK(cookie("__Host-a=1; Secure; Path=/app; SameSite=Lax") == "error");
    CHECK(cookie("__Host-a=1; Secure; Path=/; Domain=example.org; SameSite=Lax") == "error");
    CHECK(cookie("__Secure-a=1; SameSite=Lax") == "error");
    CHECK(cookie("a=; Max-Age=0").empty()); // taken away
    CHECK(levels("http-cookie", site_of(page("http://a.test/", {{"Set-Cookie", "a=1; SameSite=Lax"}}))).empty());
    for (const auto* url : {"http://localhost:8000/", "https://a.test/"})
        CHECK(levels("http-cookie", site_of(page(url, {{"Set-Cookie", "a=1; Secure; SameSite=Lax"}}))).empty());
    const auto over_http = [](int status) {
        return levels("http-cookie",
                      site_of(page("http://a.test/", {{"Set-Cookie", "a=1; Secure; SameSite=Lax"}}, "", status)));
    };
    CHECK(over_http(200) == "error");
    CHECK(over_http(301) == "warning"); // https may set it again
    CHECK(cookie("a=1; Secure; SameSite=Lax; Domain=example.org").empty());
    CHECK(cookie("a=1; Secure; SameSite=Lax; Domain=org") == "error");
    CHECK(cookie("a=1; Secure; SameSite=Lax; Domain=other.test") == "error");
    CHECK(cookie("a=" + std::string(5000, 'x') + "; Secure; SameSite=Lax") == "error");
    const auto said = say("http-cookie", https_site({{"Set-Cookie", "a\x1b[2J=correct horse"}}));
    for (const auto& message : said.messages) {
        CHECK(message.find("horse") == message.npos);
        CHECK(message.find('\x1b') == message.npos);
    }
}

TEST_CASE("an origin that is reflected, * or null") {
    const auto asked = [](Headers headers) {
        auto site = https_site({});
        site.foreign = page("https://app.example.org/", std::move(headers));
        return levels("http-cors", site);
    };
    const std::string origin = "Access-Control-Allow-Origin", foreign(preflight::foreign_origin);
    const std::pair<std::string, std::string> credentials = {"Access-Control-Allow-Credentials", "true"};
    CHECK(asked({}).empty());
    CHECK(asked({{origin, foreign}}).empty());
    CHECK(asked({{origin, "*"}}).empty()); // open to all, and to nobody's session
    CHECK(asked({{origin, foreign}, credentials}) == "error");
    CHECK(asked({{origin, "*"}, credentials}) == "error");
    CHECK(asked({{origin, "https://app.example.org"}, credentials}).empty());
    auto site = https_site({});
    site.null_origin = page("https://app.example.org/", {{origin, "null"}});
    CHECK(levels("http-cors", site) == "error");
}

TEST_CASE("methods and headers of CORS are closed lists") {
    const auto asked = [](Headers headers) {
        auto site = https_site({});
        site.preflight = page("https://app.example.org/", std::move(headers), "", 204);
        return levels("http-cors", site);
    };
    const std::string methods = "Access-Control-Allow-Methods", headers = "Access-Control-Allow-Headers";
    const std::pair<std::string, std::string> credentials = {"Access-Control-Allow-Credentials", "true"};
    CHECK(asked({{methods, "GET, POST"}, {headers, "content-type"}}).empty());
    CHECK(asked({{methods, "GET, trace"}}) == "warning");
    CHECK(asked({{methods, "*"}, {headers, "*"}}) == "warning, warning");
    CHECK(asked({{methods, "CONNECT"}, credentials}) == "error");
}

TEST_CASE("http leads to https, for good and straight") {
    const auto from = [](std::vector<std::pair<std::string, int>> hops) {
        auto site = https_site({});
        for (auto& [url, status] : hops) site.plain.push_back(page(url, {}, "", status));
        return levels("http-redirect-https", site);
    };
    CHECK(from({}).empty()); // nobody listens
    CHECK(from({{"http://a.test/", 200}}) == "error");
    CHECK(from({{"http://a.test/", 301}, {"http://a.test/x", 200}}) == "error");
    CHECK(from({{"http://a.test/", 301}, {"https://a.test/", 200}}).empty());
    CHECK(from({{"http://a.test/", 308}, {"https://a.test/", 301}, {"https://www.a.test/", 200}}).empty());
    CHECK(from({{"http://a.test/", 302}, {"https://a.test/", 200}}) == "warning");
    CHECK(from({{"http://a.test/", 301}, {"https://www.a.test/", 200}}) == "warning");
    auto two = https_site({});
    two.plain = {page("http://a.test/", {{"Location", "https://a.test/"}, {"Location", "https://b.test/"}}, "", 301),
                 page("https://a.test/", {})};
    CHECK(levels("http-redirect-https", two) == "error");
}

TEST_CASE("a file is exposed when it is what its name says") {
    const auto exposed = [](const std::string& path, const std::string& type, const std::string& body,
                            int status = 200) {
        return levels("http-exposed-file", with_file(path, type, body, status));
    };
    CHECK(exposed("/.env", "text/plain", "# x\nexport A_KEY=1\n") == "error");
    CHECK(exposed("/.env", "text/plain", "A=1", 403).empty());
    CHECK(exposed("/.env", "text/html", "<a href=x>\nA=1").empty()); // an application's page for all paths
    CHECK(exposed("/.env", "text/plain", "not here").empty());
    CHECK(exposed("/.git/HEAD", "text/plain", "ref: refs/heads/main\n") == "error");
    CHECK(exposed("/.git/HEAD", "text/plain", std::string(40, 'a')) == "error");
    CHECK(exposed("/.git/HEAD", "text/plain", "<html>").empty());
    CHECK(exposed("/docker-compose.yml", "text/yaml", "version: '3'\nservices:\n") == "error");
    CHECK(exposed("/server-status", "text/html", "<h1>Apache Server Status for a</h1>") == "error");
    CHECK(exposed("/server-status", "text/plain", "Active connections: 3") == "error");
    CHECK(exposed("/actuator/env", "application/json", "{\"propertySources\":[]}") == "error");
    CHECK(exposed("/actuator/env", "application/json", "{}").empty());
    CHECK(levels("http-docs-open", with_file("/docs", "text/html", "<div id=swagger-ui>")) == "info");
    CHECK(levels("http-docs-open",
                 with_file("/openapi.json", "application/json", R"({"openapi":"3.1.0","paths":{}})")) == "info");
    CHECK(levels("http-docs-open", with_file("/docs", "text/html", "our manual")).empty());
}

TEST_CASE("debug pages of four frameworks") {
    const auto shown = [](const std::string& body) {
        auto site = https_site({});
        site.not_found = page("https://app.example.org/x", {}, body, 404);
        return levels("http-debug-page", site);
    };
    CHECK(shown("you have <code>DEBUG = True</code> in your") == "error");
    CHECK(shown("<title>Werkzeug Debugger</title>") == "error");
    CHECK(shown("Symfony\\Component\\HttpKernel\\Exception\\NotFoundHttpException") == "error");
    CHECK(shown("<p><code>Rails.root: /app</code></p>") == "error");
    CHECK(shown("not found").empty());
}

TEST_CASE("methods, compression and caching") {
    auto site =
        https_site({{"Content-Type", "text/html"}, {"Cache-Control", "public, max-age=86400"}}, std::string(2000, 'x'));
    CHECK(levels("http-compression", site) == "info");
    CHECK(levels("http-cache-html", site) == "info");
    CHECK(levels("http-methods", site).empty());
    site.trace = page("https://app.example.org/", {});
    CHECK(levels("http-methods", site) == "warning");
    site.trace->status = 405;
    CHECK(levels("http-methods", site).empty());
    const auto type = std::pair<std::string, std::string>{"Content-Type", "text/html"};
    CHECK(levels("http-compression", https_site({type, {"Content-Encoding", "br"}}, std::string(2000, 'x'))).empty());
    CHECK(levels("http-compression", https_site({type}, "short")).empty());
    CHECK(levels("http-compression", https_site({{"Content-Type", "image/png"}}, std::string(2000, 'x'))).empty());
    CHECK(levels("http-cache-html", https_site({type, {"Cache-Control", "max-age=60"}})).empty());
}
