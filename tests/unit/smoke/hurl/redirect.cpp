#include "unit/smoke/hurl/rehearsal.h"

using namespace fairlead;
using namespace fairlead::smoke::hurl;
using Cause = Fault::Cause;
using End = Played::End;

TEST_CASE("a redirect keeps the method by its status, and credentials only for the same host") {
    for (const int status : {301, 302, 303, 307, 308}) {
        Rehearsal rehearsal;
        rehearsal.http.answers = {moved(status, "http://a/next"), moved(status, "http://b/"), reply(200)};
        const auto played = rehearsal.play(R"(POST http://a/
X: 1
X-Api-Key: key-of-the-service
Authorization: secret
[Cookies]
c: 1
[Options]
location: true
`body`
HTTP 200
[Asserts]
redirects count == 2
redirects nth 1 location == "http://b/"
url == "http://b/"
)");
        INFO(status);
        CHECK(played[0].end == End::passed);
        const bool keeps = status == 307 || status == 308;
        REQUIRE(rehearsal.http.asked.size() == 3);
        CHECK(rehearsal.http.asked[1].method == (keeps ? "POST" : "GET"));
        CHECK(rehearsal.http.asked[1].body == (keeps ? "body" : ""));
        CHECK(rehearsal.http.header(1, "Authorization") == "secret");
        CHECK(rehearsal.http.header(1, "Cookie") == "c=1");
        CHECK(rehearsal.http.header(2, "Authorization").empty());
        CHECK(rehearsal.http.header(2, "Cookie").empty());
        CHECK(rehearsal.http.header(1, "X-Api-Key") == "key-of-the-service");
        CHECK(rehearsal.http.header(2, "X-Api-Key").empty());
        CHECK(rehearsal.http.header(2, "X") == "1");
    }
    Rehearsal rehearsal;
    rehearsal.http.answers = {moved(302, "http://b/"), reply(200)};
    rehearsal.play("GET http://a/\n[BasicAuth]\nbob: secret\n[Options]\nlocation-trusted: true\nHTTP 200\n");
    CHECK(rehearsal.http.header(1, "Authorization") == "Basic Ym9iOnNlY3JldA==");
    Rehearsal stranger;
    stranger.http.answers = {moved(302, "http://b/"), reply(200)};
    stranger.play("GET http://a/\n[BasicAuth]\nbob: secret\n[Options]\nlocation: true\nHTTP 200\n");
    CHECK(stranger.http.header(0, "Authorization") == "Basic Ym9iOnNlY3JldA==");
    CHECK(stranger.http.header(1, "Authorization").empty());
}

TEST_CASE("a body with a secret is not sent to another host") {
    for (const bool is_trusted : {false, true}) {
        Rehearsal rehearsal;
        rehearsal.scope.set_secret("s", "canary-of-the-body");
        rehearsal.settings.location = true;
        rehearsal.settings.location_trusted = is_trusted;
        rehearsal.http.answers = {moved(307, "http://b/"), reply(200)};
        const auto played = rehearsal.play("POST http://a/\n{\"p\": \"{{s}}\"}\nHTTP 200\n");
        CHECK(rehearsal.http.asked.size() == (is_trusted ? 2u : 1u));
        CHECK((played[0].end == End::passed) == is_trusted);
    }
}

TEST_CASE("redirects end after as many as allowed, and are not followed unless told") {
    Rehearsal rehearsal;
    rehearsal.http.answers = {moved(302, "http://a/")};
    auto played = rehearsal.play("GET http://a/\n[Options]\nlocation: true\nmax-redirs: 2\nHTTP 302\n");
    CHECK(rehearsal.http.asked.size() == 3);
    CHECK(played[0].faults.at(0).cause == Cause::target);
    rehearsal.http.asked.clear();
    played = rehearsal.play("GET http://a/\nHTTP 302\n");
    CHECK(rehearsal.http.asked.size() == 1);
    CHECK(played[0].end == End::passed);
    played = rehearsal.play("GET http://a/\nHTTP 200\n");
    CHECK(played[0].faults.at(0).message.find("a redirect to http://a/") != std::string::npos);
}

TEST_CASE("a redirect leads where a browser goes") {
    const std::pair<const char*, const char*> rows[] = {
        {"", "http://a/x/y?q"},
        {"#f", "http://a/x/y?q#f"},
        {"?r s", "http://a/x/y?r%20s"},
        {"..\\z", "http://a/z"},
        {"/\"<>", "http://a/%22%3C%3E"},
        {"/\xC3\xA9#\xC3\xA9 x", "http://a/%C3%A9#%C3%A9%20x"},
        {"//b/#/login", "http://b/#/login"},
    };
    for (const auto& [location, target] : rows) {
        INFO(location);
        Rehearsal rehearsal;
        rehearsal.http.answers = {reply(302, "", {{"Location", location}}), reply(200)};
        const auto played =
            rehearsal.play("GET http://a/x/y?q#p\n[Options]\nlocation: true\nHTTP 200\n[Asserts]\nurl == \"" +
                           std::string(target) + "\"\n");
        CHECK(played[0].faults.empty());
        REQUIRE(rehearsal.http.asked.size() == 2);
        CHECK(rehearsal.http.asked[1].url == target);
    }
    Rehearsal rehearsal;
    rehearsal.http.answers = {reply(302, "", {{"Location", "mailto:x"}})};
    CHECK(rehearsal.play("GET http://a/\n[Options]\nlocation: true\nHTTP 302\n")[0].end == End::passed);
    CHECK(rehearsal.http.asked.size() == 1);
}

TEST_CASE("a GET keeps its body when it is redirected, and no other method does that becomes one") {
    for (const std::string method : {"GET", "POST"}) {
        Rehearsal rehearsal;
        rehearsal.http.answers = {moved(302, "http://a/b"), reply(200)};
        rehearsal.play(method + " http://a/\n[Options]\nlocation: true\n[Form]\na: 1\n");
        CHECK(rehearsal.http.asked.at(1).body == (method == "GET" ? "a=1" : ""));
        CHECK(rehearsal.http.header(1, "Content-Type").empty() == (method != "GET"));
    }
}
