#include "unit/smoke/probes/web_bench.h"
#include <fmt/format.h>

using namespace fairlead;
using namespace fairlead::test;

namespace {

const std::string asking = "{get: /api, origin: 'https://spa.example.org', methods: [PUT], headers: [X-Token]}";

// A server that lets one site in, unless a test changes its answers.
struct CorsBench : WebBench {
    int first_status = 204;
    Pairs first = {{"Access-Control-Allow-Origin", "https://spa.example.org"},
                   {"Access-Control-Allow-Methods", "GET, PUT"},
                   {"Access-Control-Allow-Headers", "X-Token"}};
    Pairs then = {{"Access-Control-Allow-Origin", "https://spa.example.org"}, {"Vary", "Accept, Origin"}};
    CorsBench() {
        server.answers = [this](const sys::HttpRequest& request) {
            return request.method == "OPTIONS" ? web_answer(first_status, first) : web_answer(200, then);
        };
    }
    std::string told(const std::string& yaml = asking) { return faults(cors_probe(), yaml); }
};

Pairs every_origin(const std::string& credentials = "") {
    Pairs headers = {{"Access-Control-Allow-Origin", "*"},
                     {"Access-Control-Allow-Methods", "*"},
                     {"Access-Control-Allow-Headers", "*"}};
    if (!credentials.empty()) headers.emplace_back("Access-Control-Allow-Credentials", credentials);
    return headers;
}

}

TEST_CASE(
    "a browser's question before the request has no credentials, and the answer permits origin, method, headers") {
    CorsBench bench;
    bench.plan.bearer = Secret("hunter2-hunter2");
    bench.check.hears_bearer = true;
    bench.check.common_headers = {{"Authorization", "Basic abcdefgh"}, {"X-Smoke", "1"}};
    CHECK(bench.told().empty());
    REQUIRE(bench.server.asked.size() == 2);
    const auto& first = bench.server.asked.front();
    CHECK(first.method == "OPTIONS");
    CHECK(first.bearer.empty());
    CHECK(sent_header(first, "Authorization").empty());
    CHECK(sent_header(first, "X-Smoke") == "1");
    CHECK(sent_header(first, "Origin") == "https://spa.example.org");
    CHECK(sent_header(first, "Access-Control-Request-Method") == "PUT");
    CHECK(sent_header(first, "Access-Control-Request-Headers") == "x-token");
    CHECK_FALSE(bench.server.asked.back().bearer.empty());
}

TEST_CASE("what a browser wouldn't take for permission is told") {
    const auto before = [](int code, Pairs headers, const std::string& yaml = asking) {
        CorsBench bench;
        bench.first_status = code;
        bench.first = std::move(headers);
        return bench.told(yaml);
    };
    const std::string start = "smoke/cors: the preflight request for PUT from https://spa.example.org: the answer ";
    CHECK(before(401, {}) == start + "has status 401; browsers need 2xx, also without credentials");
    CHECK(before(204, {}) == start + "sends no Access-Control-Allow-Origin");
    CHECK(before(204, {{"Access-Control-Allow-Origin", "https://spa.example.org"}}) ==
          start + "has no PUT in Access-Control-Allow-Methods");
    CHECK(before(204, {{"Access-Control-Allow-Origin", "*"}, {"Access-Control-Allow-Methods", "put"}}) ==
          start + "has no PUT in Access-Control-Allow-Methods (put)");
    CHECK(before(204, {{"Access-Control-Allow-Origin", "*"}, {"Access-Control-Allow-Methods", "PUT"}}) ==
          start + "has no x-token in Access-Control-Allow-Headers");
    CHECK(before(204, every_origin()).empty());
    const std::string with = "{origin: 'https://spa.example.org', methods: [PUT], credentials: true}";
    CHECK(before(204, every_origin("true"), with) ==
          start + "sends Access-Control-Allow-Origin: *, which doesn't count for a request with credentials");
    CHECK(before(204, every_origin(), "{origin: 'https://spa.example.org', headers: [authorization]}")
              .find("has no authorization in Access-Control-Allow-Headers (*)") != std::string::npos);
    CHECK(before(503, {}).find("smoke/status: status 503") == 0);
}

TEST_CASE("the answer itself must be readable for the page") {
    const auto told = [](Pairs headers, const std::string& yaml) {
        CorsBench bench;
        bench.then = std::move(headers);
        return bench.told(yaml);
    };
    const std::string simple = "{origin: 'https://spa.example.org'}";
    const std::string with = "{origin: 'https://spa.example.org', credentials: true}";
    CHECK(told({{"Access-Control-Allow-Origin", "https://a.test"}}, simple) ==
          "smoke/cors: a GET from https://spa.example.org: the answer sends Access-Control-Allow-Origin: "
          "https://a.test; the page can't read it");
    CHECK(told({{"access-control-allow-origin", "*"}, {"Access-Control-Allow-Origin", "*"}}, simple)
              .find("2 times; browsers then take none of them") != std::string::npos);
    CHECK(told({{"Access-Control-Allow-Origin", "https://spa.example.org"},
                {"Access-Control-Allow-Credentials", "True"},
                {"Vary", "Origin"}},
               with)
              .find("sends no Access-Control-Allow-Credentials: true") != std::string::npos);
    CHECK(told({{"Access-Control-Allow-Origin", "https://spa.example.org"},
                {"Access-Control-Allow-Credentials", "true"},
                {"Vary", "Origin"}},
               with)
              .empty());
}

TEST_CASE("who answers each site with its own name has to say Vary: Origin") {
    CorsBench bench;
    const std::string simple = "{origin: 'https://spa.example.org'}";
    bench.then.pop_back();
    CHECK(bench.told(simple).empty()); // the same name for everybody
    bench.server.answers = [](const sys::HttpRequest& request) {
        return web_answer(200, {{"Access-Control-Allow-Origin", sent_header(request, "Origin")}});
    };
    CHECK(bench.told(simple).find("but has no Vary: Origin; a cache would give") != std::string::npos);
    bench.server.answers = [](const sys::HttpRequest& request) {
        return web_answer(
            200, {{"Access-Control-Allow-Origin", sent_header(request, "Origin")}, {"Cache-Control", "no-store"}});
    };
    CHECK(bench.told(simple).empty());
}

TEST_CASE("a site that nobody knows gets no permission") {
    const auto told = [](const std::function<std::string(const std::string&)>& allows, const std::string& yaml) {
        WebBench bench;
        bench.server.answers = [&](const sys::HttpRequest& request) {
            const auto allowed = allows(sent_header(request, "Origin"));
            auto answer = web_answer(200);
            if (!allowed.empty()) answer.headers = {{"Access-Control-Allow-Origin", allowed}};
            answer.headers.emplace_back("Access-Control-Allow-Credentials", "true");
            return answer;
        };
        return bench.faults(cors_probe(), yaml);
    };
    const std::string closed = "{get: /api, allowed: false}";
    CHECK(told([](const std::string&) { return ""; }, closed).empty());
    CHECK(told([](const std::string&) { return "https://spa.example.org"; }, closed).empty());
    CHECK(told([](const std::string& origin) { return origin; }, closed) ==
          "smoke/cors: https://fairlead-smoke.invalid may read the answer; list the sites that may");
    CHECK(told([](const std::string&) { return "*"; }, closed).find("may read the answer;") != std::string::npos);
    CHECK(told([](const std::string&) { return "*"; }, "{allowed: false, credentials: true}").empty());
    CHECK(told([](const std::string& origin) { return origin == "null" ? origin : ""; }, closed).find("origin null") !=
          std::string::npos);
    CHECK(told([](const std::string& origin) { return origin; }, "{allowed: false, methods: [DELETE]}")
              .find("may read") != std::string::npos);
}

TEST_CASE("a stranger may neither PUT nor DELETE, where only a preflight request shows it") {
    WebBench bench;
    int status = 204;
    bench.server.answers = [&](const sys::HttpRequest& request) {
        if (request.method != "OPTIONS") return web_answer(200);
        return web_answer(status, {{"Access-Control-Allow-Origin", sent_header(request, "Origin")},
                                   {"Access-Control-Allow-Methods", "GET, DELETE"}});
    };
    CHECK(bench.faults(cors_probe(), "{allowed: false}") ==
          "smoke/cors: https://fairlead-smoke.invalid gets permission for DELETE; list the sites that may call it");
    status = 501;
    CHECK(bench.faults(cors_probe(), "{allowed: false}").empty()); // it knows no OPTIONS
    status = 500;
    CHECK_FALSE(bench.faults(cors_probe(), "{allowed: false}").empty());
}

TEST_CASE("an origin is written as browsers send it") {
    WebBench bench;
    CHECK(bench.refusal(cors_probe(), "/").find("cors needs the origin of the other site") == 0);
    for (const auto* wrong : {"https://spa.example.org/", "https://SPA.example.org", "spa.example.org",
                              "https://spa.example.org:443", "https://a:b@spa.example.org"})
        CHECK(bench.refusal(cors_probe(), "{origin: '" + std::string(wrong) + "'}").find("is not an origin") !=
              std::string::npos);
    CHECK(bench.read(cors_probe(), "{origin: 'http://localhost:5173'}").ok());
}

TEST_CASE("methods and headers that no page sends are refused") {
    WebBench bench;
    const auto refusal = [&](const std::string& yaml) {
        return bench.refusal(cors_probe(), "{origin: 'http://a.test', " + yaml + "}");
    };
    CHECK(refusal("methods: ['P T']") == "'P T' is not the name of a method or header; write one word, such as PUT or "
                                         "content-type");
    CHECK(refusal("headers: [\"x\\ny\"]").find("'x\\ny' is not the name of a method or header") == 0);
    CHECK(refusal("methods: []") == "methods is empty; write what it lists, or remove it");
    CHECK(refusal("headers: []") == "headers is empty; write what it lists, or remove it");
    CHECK(refusal("methods: [PUT, trace]") == "browsers let no page send TRACE; remove it");
    CHECK(refusal("headers: [Cookie]") == "browsers let no page set the header cookie; write credentials: true");
    for (const auto* header : {"Origin", "Host", "Sec-Fetch-Mode", "proxy-x", "Access-Control-Request-Method"})
        CHECK(refusal(fmt::format("headers: [{}]", header)).ends_with("; remove it"));
    CHECK(refusal("methods: [PATCH, QUERY], headers: [authorization, content-type, security]").empty());
}
