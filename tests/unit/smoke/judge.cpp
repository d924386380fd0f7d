#include "base/json_path.h"
#include "base/secrets/secret.h"
#include "smoke/check.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::smoke;

namespace {

sys::HttpResponse answer(int status, std::string body = "",
                         std::vector<std::pair<std::string, std::string>> headers = {}) {
    sys::HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    response.headers = std::move(headers);
    return response;
}

std::string rule(const sys::HttpResponse& response, const Expect& expect) {
    const auto wrong = judge(response, expect);
    return wrong ? wrong->rule : "";
}

}

TEST_CASE("a place in JSON is a pointer or a simple path") {
    CHECK(json_location("$.items[0].id").value() == "/items/0/id");
    CHECK(json_location("$['odd name']").value() == "/odd name");
    CHECK(json_location("$[\"a/b~c\"]").value() == "/a~1b~0c");
    CHECK(json_location("/items/0").value() == "/items/0");
    CHECK(json_location("$").value().empty());
    for (const auto* wrong : {"$.items[*]", "$..id", "$[?(@.a)]", "items", "$.", "$[", "$['a", "$[1:2]", "$.a b[x]"})
        CHECK_FALSE(json_location(wrong).ok());
}

TEST_CASE("a matcher equals, contains, searches, negates or wants something") {
    const auto match = [](const char* text, const char* value) { return matches(parse_matcher(text).value(), value); };
    CHECK(match("ok", "ok"));
    CHECK_FALSE(match("ok", "okay"));
    CHECK(match("~ <title>", "<html><title>x"));
    CHECK(match("/^v[0-9]+$/", "v12"));
    CHECK_FALSE(match("/^v[0-9]+$/", "x12"));
    CHECK(match("! ok", "bad"));
    CHECK(match("!~ error", "fine"));
    CHECK(match("nonempty", "[1]"));
    CHECK_FALSE(match("nonempty", "[]"));
    CHECK(match("!important", "!important"));
    CHECK_FALSE(parse_matcher("/(/").ok());
    CHECK_FALSE(parse_matcher("~ ").ok());
}

TEST_CASE("statuses are single, ranges or classes") {
    const auto ranges = parse_statuses({"200", "301-308", "4xx"});
    REQUIRE(ranges.ok());
    CHECK(describe(ranges.value()) == "200, 301-308 or 400-499");
    for (const auto* wrong : {"20", "600", "2x", "300-200", "abc", ""}) CHECK_FALSE(parse_statuses({wrong}).ok());
}

TEST_CASE("versions are the same with or without v, and commits when one is cut") {
    CHECK(same_version("1.2.3", "v1.2.3"));
    CHECK(same_version("0a1b2c3", "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"));
    CHECK_FALSE(same_version("0a1b2c", "0a1b2c3d4e5f"));
    CHECK_FALSE(same_version("1.2.3", "1.2.4"));
    CHECK_FALSE(same_version("", ""));
}

TEST_CASE("the first thing that is not as expected is named") {
    Expect expect;
    CHECK(rule(answer(204), expect).empty());
    CHECK(rule(answer(299), expect).empty());
    CHECK(rule(answer(300), expect) == "smoke/status");
    CHECK(rule(answer(404), expect) == "smoke/status");
    CHECK(judge(answer(302, "", {{"Location", "/login"}}), expect)->message ==
          "status 302, expected 200-299; it points to '/login'");
    expect.headers = {{"content-type", parse_matcher("~ text/html").value()}};
    CHECK(rule(answer(200, "", {{"Content-Type", "text/plain"}}), expect) == "smoke/header");
    expect = {};
    expect.body = parse_matcher("~ hello").value();
    CHECK(rule(answer(200, "bye"), expect) == "smoke/body");
    expect = {};
    expect.json = {{"/items", parse_matcher("nonempty").value()}};
    CHECK(rule(answer(200, "<html>"), expect) == "smoke/json");
    CHECK(rule(answer(200, R"({"items":[]})"), expect) == "smoke/json");
    CHECK(rule(answer(200, R"({"other":[1]})"), expect) == "smoke/json");
    CHECK(rule(answer(200, R"({"items":[1]})"), expect).empty());
    expect = {};
    expect.max = Milliseconds{100};
    auto slow = answer(200);
    slow.total = Milliseconds{101};
    CHECK(rule(slow, expect) == "smoke/duration");
}

TEST_CASE("an empty text expects a header that is there and empty") {
    Expect expect;
    expect.headers = {{"x-empty", parse_matcher("").value()}};
    CHECK(rule(answer(200, "", {{"X-Empty", ""}}), expect).empty());
    CHECK(rule(answer(200, "", {}), expect) == "smoke/header");
    CHECK(rule(answer(200, "", {{"X-Empty", "full"}}), expect) == "smoke/header");
    expect.headers = {{"x-empty", parse_matcher("! ~ full").value()}};
    CHECK(rule(answer(200, "", {}), expect).empty());
}

TEST_CASE("what a line says twice, or leaves empty, is refused") {
    const auto said = [](const std::string& line) { return parse_line(line).error().message; };
    CHECK(said("http://x/ version=") == "'version=' has no value; write the value or leave it out");
    CHECK(said("http://x/ contains=") == "'contains=' has no value; write the value or leave it out");
    CHECK(said("http://x/ 404 200") == "'200' is a second status after a URL; to allow both, write 200,404");
    CHECK(said("http://x/ version=1 version=2") ==
          "version= is given twice after a URL; remove one of the two, or write the URL once for each");
    CHECK(said("http://x/ method=GTE") == "method 'GTE' is unknown; did you mean GET?");
    for (const char* good :
         {"http://x/ method=propfind", "http://x/ header=a=1 header=b=2", "http://x/ json=/a=1 json=/b=2"})
        CHECK(parse_line(good).ok());
}

TEST_CASE("a URL that lacks a slash is written out whole") {
    CHECK(check_address("http:/127.0.0.1/").error().message ==
          "'http:/127.0.0.1/' is not a URL; write http://127.0.0.1/");
}

TEST_CASE("the served version is read from JSON, a header or the body") {
    Expect expect;
    expect.version = "1.1.0";
    std::string served;
    CHECK_FALSE(judge(answer(200, R"({"version":"1.1.0"})"), expect, &served));
    CHECK(served == "1.1.0");
    CHECK(judge(answer(200, R"({"version":"1.0.0"})"), expect)->message ==
          "answers with version 1.0.0, expected 1.1.0");
    CHECK(judge(answer(200, "hi"), expect)->message == "gives no version in JSON /version, expected 1.1.0");
    expect.version_source = parse_version_source("header:X-Release").value();
    CHECK_FALSE(judge(answer(200, "", {{"x-release", "v1.1.0"}}), expect));
    expect.version_source = parse_version_source("body").value();
    CHECK_FALSE(judge(answer(200, "1.1.0\n"), expect));
    CHECK_FALSE(parse_version_source("cookie:x").ok());
}

TEST_CASE("a failure can be what is expected") {
    Expect expect;
    expect.failure = sys::HttpFailure::refused;
    CHECK(rule(answer(200), expect) == "smoke/connect");
    sys::HttpResponse refused;
    refused.failure = sys::HttpFailure::refused;
    CHECK(rule(refused, expect).empty());
    CHECK(rule(refused, {}) == "smoke/connect");
}

TEST_CASE("a line holds a URL and what is expected of it") {
    const auto check =
        parse_line("http://x/ 200,301 contains=ok max=800ms json=$.a=1 header=server=nginx version=1.2.3 method=head");
    REQUIRE(check.ok());
    CHECK(check->url == "http://x/");
    CHECK(check->method == "HEAD");
    CHECK(check->expect.statuses.size() == 2);
    CHECK(check->expect.max == Milliseconds{800});
    CHECK(check->expect.json.front().first == "/a");
    CHECK(check->expect.headers.front().first == "server");
    CHECK(check->expect.version == "1.2.3");
    for (const auto* wrong :
         {"", "http://x 99", "http://x foo=1", "http://x max=5", "http://x json=$.a", "http://x wat"})
        CHECK_FALSE(parse_line(wrong).ok());
}

TEST_CASE("flags speak of every URL") {
    ForEveryUrl every{.status = "204", .json = {"/a=1"}, .request_headers = {"X-A: b"}, .max = Milliseconds{5}};
    const auto check = parse_line("http://x", every);
    REQUIRE(check.ok());
    CHECK(check->expect.statuses.front().first == 204);
    CHECK(check->headers.front() == std::pair<std::string, std::string>{"X-A", "b"});
    every.request_headers = {"nonsense"};
    CHECK_FALSE(parse_line("http://x", every).ok());
}

TEST_CASE("an interim status is refused, because it never ends an answer") {
    const auto told = [](const std::string& line) {
        const auto check = parse_line(line, {});
        return check.ok() ? "" : check.error().message;
    };
    CHECK(told("http://x/ 101") ==
          "101 is no final answer, so it never passes; to check a WebSocket, use the probe websocket");
    CHECK(told("http://x/ 101,200").empty());
}

TEST_CASE("line ends after a body don't count for an exact text") {
    const auto fits = [](const std::string& body, const std::string& expected) {
        Expect expect;
        expect.body = parse_expected(expected).value();
        return !judge(answer(200, body), expect);
    };
    CHECK(fits("a\r\n\n", "a"));
    CHECK(fits("a", "a"));
    CHECK_FALSE(fits("a\nb\n", "a"));
    CHECK_FALSE(fits("a \n", "a"));
    CHECK_FALSE(fits("a\n", "! a"));
    CHECK_FALSE(fits("a\n", "/a$b/"));
}

TEST_CASE("an answer is masked before it is cut") {
    const Secret secret("a-value-that-the-server-tells-again");
    Expect expect;
    expect.body = parse_matcher("something else").value();
    const auto wrong = judge(answer(200, std::string(110, '.') + secret.reveal()), expect);
    REQUIRE(wrong);
    CHECK(wrong->message.find("a-value") == std::string::npos);
}

TEST_CASE("of a header that comes several times one value is enough, for the opposite none may be it") {
    const auto response = answer(200, "", {{"Set-Cookie", "a=1"}, {"set-cookie", "b=2"}});
    const auto with = [&](const char* text) {
        Expect expect;
        expect.headers = {{"Set-Cookie", parse_matcher(text).value()}};
        return rule(response, expect);
    };
    CHECK(with("b=2").empty());
    CHECK(with("c=3") == "smoke/header");
    CHECK(with("! c=3").empty());
    CHECK(with("! b=2") == "smoke/header");
    Expect absent;
    absent.headers = {{"X-Release", parse_matcher("nonempty").value()}};
    CHECK(judge(response, absent)->message == "header X-Release is not there, expected something that is not empty");
}

TEST_CASE("a body that is too large says how to ask without it") {
    auto response = answer(200);
    response.failure = sys::HttpFailure::too_large;
    response.reason = "the body is larger than 10 bytes";
    CHECK(judge(response, Expect{})->message ==
          "the body is larger than 10 bytes; to check without the body, use HEAD");
}
