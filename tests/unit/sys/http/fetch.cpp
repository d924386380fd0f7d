#include "sys/http/fetch.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::sys;

namespace {

struct AskedHttp : Http {
    std::vector<HttpRequest> requests;
    HttpResponse answer;
    Result<HttpResponse> send(const HttpRequest& request) override {
        requests.push_back(request);
        return answer;
    }
};

const HttpRequest question{.method = "POST",
                           .url = "https://api.example.org/repos/a/b",
                           .headers = {{"Accept", "x/y"}, {"X", "\"\\"}},
                           .body = "{\"a\":1}",
                           .bearer = Secret("token of the job"),
                           .timeout = Milliseconds{2900},
                           .body_limit = 77};

Result<std::string> serve(AskedHttp& http, const std::string& text, std::vector<std::string> hosts) {
    return serve_fetch(text, hosts, http);
}

}

TEST_CASE("a question arrives as it was asked, and its answer as it came") {
    AskedHttp http;
    http.answer.failure = HttpFailure::too_large;
    http.answer.reason = "a \"reason\"";
    http.answer.status = 404;
    http.answer.headers = {{"Content-Type", "text/plain"}};
    http.answer.body = std::string("{\n\0\xff", 4);
    http.answer.redirect = "https://b.example.org/";
    http.answer.handshake = {.version = "TLSv1.3",
                             .chain = {{"CN=a",
                                        "CN=b",
                                        {"a.test", "*.a.test"},
                                        {},
                                        SystemTime{Milliseconds{4102444800000}},
                                        "2bfb",
                                        "CN = a",
                                        "CN = b",
                                        "DNS:a.test",
                                        "-----BEGIN"}},
                             .distrust = "self-signed certificate",
                             .is_expired = false,
                             .names_host = true};
    const auto text = serve(http, fetch_question(question), {"https://api.example.org"});
    REQUIRE(text.ok());
    const auto& asked = http.requests.at(0);
    CHECK(asked.method == question.method);
    CHECK(asked.url == question.url);
    CHECK(asked.headers == question.headers);
    CHECK(asked.body == question.body);
    CHECK(asked.bearer == question.bearer);
    CHECK(asked.timeout == question.timeout);
    CHECK(asked.body_limit == question.body_limit);
    const auto answer = read_fetch_answer(text.value()).value();
    CHECK(answer.failure == http.answer.failure);
    CHECK(answer.reason == http.answer.reason);
    CHECK(answer.status == 404);
    CHECK(answer.headers == http.answer.headers);
    CHECK(answer.body == http.answer.body);
    CHECK(answer.redirect == http.answer.redirect);
    REQUIRE(answer.handshake);
    CHECK(answer.handshake->version == "TLSv1.3");
    CHECK(answer.handshake->distrust == "self-signed certificate");
    CHECK(answer.handshake->names_host);
    CHECK(answer.handshake->chain.at(0).issuer == "CN=b");
    CHECK(answer.handshake->chain.at(0).names.size() == 2);
    CHECK(answer.handshake->chain.at(0).serial == "2bfb");
    CHECK(answer.handshake->chain.at(0).subject_line == "CN = a");
    CHECK(answer.handshake->chain.at(0).issuer_line == "CN = b");
    CHECK(answer.handshake->chain.at(0).alternatives == "DNS:a.test");
    CHECK(answer.handshake->chain.at(0).pem == "-----BEGIN");
    CHECK(answer.handshake->chain.at(0).ends == SystemTime{Milliseconds{4102444800000}});
    CHECK_FALSE(answer.records);
}

TEST_CASE("a host is looked up and nothing is sent") {
    AskedHttp http;
    const auto text =
        serve(http, fetch_question({.url = "http://localhost:1/", .look_up = true}), {"http://localhost:1"});
    REQUIRE(text.ok());
    CHECK(http.requests.empty());
    const auto answer = read_fetch_answer(text.value()).value();
    REQUIRE(answer.records);
    CHECK(answer.records->found == NameRecords::Found::yes);
}

TEST_CASE("only the hosts that were named are asked, by scheme, name and port") {
    const auto refused = [](const std::string& url, std::vector<std::string> hosts) {
        AskedHttp http;
        auto asked = question;
        asked.url = url;
        const auto answer = serve(http, fetch_question(asked), std::move(hosts));
        CHECK(answer.ok() == !http.requests.empty());
        return !answer.ok() && answer.error().kind == Kind::usage;
    };
    CHECK_FALSE(refused("https://api.example.org/x", {"https://api.example.org"}));
    CHECK_FALSE(refused("https://API.example.org:443/x", {"https://b.example.org", "https://api.example.org/api/v3"}));
    CHECK(refused("https://api.example.org/x", {}));
    CHECK(refused("http://api.example.org/x", {"https://api.example.org"}));
    CHECK(refused("https://api.example.org:8443/x", {"https://api.example.org"}));
    CHECK(refused("https://api.example.org.evil.test/x", {"https://api.example.org"}));
    CHECK(refused("https://api.example.org@evil.test/x", {"https://api.example.org"}));
    CHECK(refused("file:///etc/passwd", {"file:///etc/passwd"}));
    CHECK(refused("", {""}));
}

TEST_CASE("what is no question or no answer is refused") {
    for (const char* text : {"", "null", "[]", "{}", "{\"url\":\"https://a.test\"}", "GET / HTTP/1.1",
                             "{\"headers\":[[1,2]],\"timeout_ms\":1,\"body_limit\":1}",
                             "{\"headers\":[],\"timeout_ms\":-1,\"body_limit\":1}",
                             "{\"headers\":[],\"timeout_ms\":\"1\",\"body_limit\":1}"}) {
        const auto read = read_fetch_question(text);
        REQUIRE_FALSE(read.ok());
        CHECK(read.error().kind == Kind::usage);
    }
    for (const char* text :
         {"", "{}", "{}\n", "{\"failure\":0,\"status\":200,\"headers\":[]}",
          "{\"failure\":99,\"status\":200,\"headers\":[]}\n", "{\"failure\":0,\"status\":200}\nbody"})
        CHECK_FALSE(read_fetch_answer(text).ok());
}

TEST_CASE("the helper beside us is started, and what it can't reach is a value") {
    Fetcher fetcher({"http://127.0.0.1:9"});
    const auto answer = fetcher.send({.url = "http://127.0.0.1:9/", .timeout = Milliseconds{5000}});
    REQUIRE(answer.ok());
    CHECK(answer->failure == HttpFailure::refused);
    const auto foreign = fetcher.send({.url = "http://127.0.0.2:9/"});
    REQUIRE_FALSE(foreign.ok());
    CHECK(foreign.error().message == "fairlead-fetch ended with status 2");
}
