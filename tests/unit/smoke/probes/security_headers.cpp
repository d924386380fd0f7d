#include "unit/smoke/probes/web_bench.h"

using namespace fairlead;
using namespace fairlead::test;

namespace {

const Pairs sound_headers = {{"Strict-Transport-Security", "max-age=31536000"},
                             {"X-Content-Type-Options", "nosniff"},
                             {"Content-Security-Policy", "default-src 'self'"},
                             {"Referrer-Policy", "same-origin"},
                             {"Server", "nginx"},
                             {"Set-Cookie", "session=1; Secure; HttpOnly; SameSite=Lax"}};

Pairs sound_but(const std::string& name, const std::string& value) {
    auto headers = sound_headers;
    std::erase_if(headers, [&](const auto& one) { return one.first == name; });
    if (!value.empty()) headers.emplace_back(name, value);
    return headers;
}

struct HeadersBench : WebBench {
    Pairs headers = sound_headers, foreign = sound_headers;
    std::map<std::string, sys::HttpResponse> plain = {
        {"http://app.example.org/", web_answer(301, {{"Location", "https://app.example.org/"}})}};
    HeadersBench() {
        server.answers = [this](const sys::HttpRequest& request) {
            if (plain.contains(request.url)) return plain.at(request.url);
            return web_answer(200, sent_header(request, "Origin").empty() ? headers : foreign);
        };
    }
    std::string told(const std::string& yaml = "/") { return faults(security_headers_probe(), yaml); }
};

// "http-hsts http-csp": the rules of the faults.
std::string header_rules_of(const Pairs& headers, const std::string& yaml = "/") {
    HeadersBench bench;
    bench.headers = headers;
    const auto attempt = bench.ask(security_headers_probe(), yaml);
    std::string rules = attempt.wrong ? attempt.wrong->rule : "";
    for (const auto& one : attempt.more) rules += " " + one.rule;
    return rules;
}

}

TEST_CASE("a page with the recommended security headers is good") {
    CHECK(HeadersBench().told().empty());
    CHECK(header_rules_of(sound_but("Content-Security-Policy", "")) == "http-csp");
    auto framed = sound_but("Content-Security-Policy", "");
    framed.emplace_back("X-Frame-Options", "DENY");
    CHECK(header_rules_of(framed).empty()); // one of the two is enough
}

TEST_CASE("each missing security header is a fault with the rule of preflight") {
    CHECK(header_rules_of({}) == "http-hsts http-nosniff http-csp http-referrer");
    CHECK(header_rules_of(sound_but("Strict-Transport-Security", "max-age=86400")) == "http-hsts");
    CHECK(header_rules_of(sound_but("Strict-Transport-Security", "max-age=86400"), "{hsts_min: 1d}").empty());
    CHECK(header_rules_of(sound_but("X-Content-Type-Options", "no")) == "http-nosniff");
    CHECK(header_rules_of(sound_but("Referrer-Policy", "unsafe-url")) == "http-referrer");
    CHECK(header_rules_of(sound_but("Server", "nginx/1.25.3")) == "http-server-banner");
    CHECK(header_rules_of(sound_but("X-Powered-By", "Express")) == "http-server-banner");
    CHECK(header_rules_of(sound_but("Set-Cookie", "session=1")) == "http-cookie http-cookie http-cookie");
    CHECK(header_rules_of(sound_but("Set-Cookie", "session=; Max-Age=0")).empty());
    CHECK(header_rules_of({}, "{without: [http-hsts, http-csp, http-referrer]}") == "http-nosniff");
    HeadersBench bench;
    bench.headers = sound_but("X-Content-Type-Options", "");
    CHECK(bench.told() == "http-nosniff: X-Content-Type-Options is missing at https://app.example.org; browsers may "
                          "guess types; send nosniff");
}

TEST_CASE("a policy without effect is none, whatever stands beside it") {
    const auto of_policy = [](const std::string& policy) {
        HeadersBench bench;
        bench.headers = sound_but("Content-Security-Policy", "");
        bench.headers.emplace_back("Content-Security-Policy", policy);
        const auto alone = bench.told();
        bench.headers.emplace_back("X-Frame-Options", "DENY");
        CHECK(bench.told() == alone); // what was meant to hold doesn't
        return alone;
    };
    for (const auto* empty : {"", " ", ";", " ; ;\t", ",", ";,;"})
        CHECK(of_policy(empty) == "http-csp: https://app.example.org sends an empty Content-Security-Policy; injected "
                                  "scripts would run; send default-src 'self'");
    for (const auto* unknown : {"defualt-src 'self'", "default-src:'self'", "max-age=1; x", "\xc3\xa4; script-srcs *"})
        CHECK(of_policy(unknown) == "http-csp: https://app.example.org has only unknown directives in "
                                    "Content-Security-Policy; scripts run; send default-src");
    CHECK(of_policy("report-uri /csp; report-to csp").find("that only reports; scripts run") != std::string::npos);
    for (const auto* known : {"default-src 'self'", "x; FRAME-Ancestors 'none'", ";;upgrade-insecure-requests",
                              "\tscript-src\t'self'", "defualt-src *, sandbox"})
        CHECK(of_policy(known).empty());
}

TEST_CASE("the last known Referrer-Policy counts") {
    CHECK(header_rules_of(sound_but("Referrer-Policy", " ")) == "http-referrer");
    CHECK(header_rules_of(sound_but("Referrer-Policy", "no-refferrer")) == "http-referrer");
    CHECK(header_rules_of(sound_but("Referrer-Policy", "unsafe-url, Origin, future-policy")).empty());
    CHECK(header_rules_of(sound_but("Referrer-Policy", "origin, unsafe-url, future-policy")) == "http-referrer");
}

TEST_CASE("the request of the first fault is shown") {
    HeadersBench bench;
    bench.foreign.emplace_back("Access-Control-Allow-Origin", "*");
    bench.foreign.emplace_back("Access-Control-Allow-Credentials", "true");
    CHECK(bench.ask(security_headers_probe(), "/").shown.command.find("-H 'Origin: https://fairlead-smoke.invalid'") !=
          std::string::npos);
    bench.foreign = sound_headers;
    bench.plain["http://app.example.org/"] = web_answer(200);
    CHECK(bench.ask(security_headers_probe(), "/").shown.command.ends_with(" http://app.example.org/"));
    bench.headers = sound_but("Referrer-Policy", "");
    CHECK(bench.ask(security_headers_probe(), "/").shown.command.ends_with(" https://app.example.org/"));
}

TEST_CASE("http that points to two places leads nowhere") {
    HeadersBench bench;
    bench.plain["http://app.example.org/"] =
        web_answer(301, {{"Location", "https://app.example.org/"}, {"Location", "https://other.test/"}});
    CHECK(bench.told() == "http-redirect-https: http://app.example.org sends Location headers that differ; browsers "
                          "follow none of them; send a single one");
    bench.plain["http://app.example.org/"].headers.back().second = "https://app.example.org/";
    CHECK(bench.told().empty());
}

TEST_CASE("other sites and http are asked, too") {
    HeadersBench bench;
    bench.foreign.emplace_back("Access-Control-Allow-Origin", "*");
    bench.foreign.emplace_back("Access-Control-Allow-Credentials", "true");
    CHECK(bench.told() == "http-cors: https://app.example.org sends Access-Control-Allow-Origin: *, with credentials; "
                          "any site can act for a visitor; list the sites");
    CHECK(bench.told("{without: [http-cors]}").empty());
    HeadersBench stays;
    stays.plain["http://app.example.org/"] = web_answer(200);
    CHECK(stays.told().find("http-redirect-https: http://app.example.org isn't redirected to https") == 0);
    stays.plain["http://app.example.org/"] = web_answer(302, {{"Location", "https://app.example.org/"}});
    CHECK(stays.told().find("redirects to https with 302") != std::string::npos);
    stays.plain["http://app.example.org/"] = failed(sys::HttpFailure::refused);
    const auto attempt = stays.ask(security_headers_probe(), "/");
    CHECK_FALSE(attempt.wrong); // nobody listens there
    REQUIRE(attempt.facts.size() == 1);
    CHECK(attempt.facts.front() == std::pair<std::string, std::string>("http", "nothing answers"));
}

TEST_CASE("a page over http, or with a port of its own, isn't asked for at another port") {
    HeadersBench bench;
    bench.headers = sound_but("Strict-Transport-Security", "");
    CHECK(bench.faults(security_headers_probe(), "/", "http://app.example.org:8080") ==
          "http-cookie: cookie session of http://app.example.org:8080 is Secure but comes over http; browsers drop it; "
          "send it over https");
    bench.headers.back().second = "session=1; HttpOnly; SameSite=Lax";
    CHECK(bench.faults(security_headers_probe(), "/", "http://app.example.org:8080").empty());
    bench.headers = sound_headers;
    bench.server.asked.clear();
    CHECK(bench.faults(security_headers_probe(), "/", "https://app.example.org:8443").empty());
    for (const auto& request : bench.server.asked) CHECK(request.url == "https://app.example.org:8443/");
}

TEST_CASE("an unknown rule is refused, and so is to switch off all") {
    WebBench bench;
    const auto told = bench.refusal(security_headers_probe(), "{without: [http-frames]}");
    CHECK(told.find("'http-frames' is not a rule of security_headers; expected http-hsts") == 0);
    CHECK(bench
              .refusal(security_headers_probe(),
                       "{without: [http-hsts, http-nosniff, http-csp, http-referrer, http-server-banner, http-cookie, "
                       "http-cors, http-redirect-https]}")
              .find("all rules are switched off") == 0);
    CHECK(bench.refusal(security_headers_probe(), "{policy: strict}").find("recommended") != std::string::npos);
    CHECK(bench.refusal(security_headers_probe(), "{hsts_min: 0s}").find("hsts_min is shorter than a second") == 0);
    CHECK(bench.refusal(security_headers_probe(), "{get: '/#top'}") ==
          "'/#top' has a fragment, which is not sent; remove it");
}

TEST_CASE("past the proxy, the headers of its answers aren't judged") {
    HeadersBench bench;
    bench.headers = {};
    CHECK_FALSE(bench.told().empty());
    bench.plan.at = "127.0.0.1:8000";
    bench.plan.at_host = "app.example.org";
    CHECK(bench.told().empty());
    CHECK(bench.ask(security_headers_probe(), "/").facts.at(0).second == "--at goes past the proxy");
    bench.plan.at_host = "other.example.org";
    CHECK_FALSE(bench.told().empty());
}
