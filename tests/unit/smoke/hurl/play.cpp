#include "smoke/hurl/play.h"
#include "base/secrets/secret.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include "unit/smoke/bench.h"

using namespace fairlead;
using namespace fairlead::smoke::hurl;
using Cause = Fault::Cause;
using End = Played::End;

namespace {

// Answers in order, the last one for ever; keeps what it was asked.
struct Replies : sys::Http {
    explicit Replies(test::TestClock& c) : clock(c) {}
    test::TestClock& clock;
    std::deque<sys::HttpResponse> answers;
    std::vector<sys::HttpRequest> asked;
    Milliseconds takes{1};
    Result<sys::HttpResponse> send(const sys::HttpRequest& request) override {
        clock.sleep(takes);
        asked.push_back(request);
        auto response = answers.front();
        if (answers.size() > 1) answers.pop_front();
        return response;
    }
    std::string header(std::size_t request, const std::string& name) const {
        for (const auto& [key, value] : asked.at(request).headers)
            if (key == name) return value;
        return "";
    }
};

sys::HttpResponse reply(int status, const std::string& body = "",
                        std::vector<std::pair<std::string, std::string>> headers = {}) {
    auto response = test::status(status, body);
    response.version = "1.1";
    response.headers = std::move(headers);
    return response;
}
sys::HttpResponse moved(int status, const std::string& location) {
    auto response = reply(status, "", {{"Location", location}});
    response.redirect = location;
    return response;
}

struct Rehearsal {
    test::TestClock clock;
    Replies http{clock};
    Scope scope;
    Settings settings;
    sys::TemporaryFolder folder = std::move(sys::TemporaryFolder::make("hurl play")).value();
    Milliseconds deadline{60'000};
    bool continue_on_error = false;
    bool waits = false;

    std::vector<Played> play(const std::string& text) {
        file = std::make_shared<File>(read_file("x.hurl", text).value());
        const Files files{sys::Root::open(folder.path()).value(), folder.path().string()};
        Stage stage{.http = http,
                    .clock = clock,
                    .end = clock.steady() + deadline,
                    .files = files,
                    .settings = settings,
                    .continue_on_error = continue_on_error};
        if (waits)
            stage.is_starting = [](const std::string&, const sys::HttpResponse& response) {
                return response.status == 503;
            };
        return fairlead::smoke::hurl::play(*file, stage, scope).value();
    }
    std::shared_ptr<File> file;
};

}

TEST_CASE("a capture reaches the next request, and each assert that fails is told at its place") {
    Rehearsal rehearsal;
    rehearsal.http.answers = {reply(200, R"({"id": 7})"), reply(200, R"({"n": 3})", {{"X", "a"}, {"X", "b"}})};
    const auto played = rehearsal.play(R"(GET http://a/
HTTP 200
[Captures]
id: jsonpath "$.id"
GET http://a/{{id}}
HTTP 200
X: b
X: c
[Asserts]
jsonpath "$.n" == 3
jsonpath "$.n" == "3"
jsonpath "$.none" not == 3
jsonpath "$.none" == 3
jsonpath "$.n" toInt == 3
jsonpath "$.n" count == 3
header "X" count == {{none}}
xpath "//a" exists
)");
    REQUIRE(played.size() == 2);
    CHECK(played[0].end == End::passed);
    CHECK(played[1].url == "http://a/7");
    CHECK(played[1].end == End::failed);
    std::vector<int> lines;
    for (const auto& fault : played[1].faults) {
        lines.push_back(fault.spot.line);
        CHECK(fault.cause == Cause::assertion);
    }
    CHECK(lines == std::vector<int>{8, 11, 13, 15, 16, 17});
}

TEST_CASE("a wrong status hides what else is wrong, and ends the file unless told to go on") {
    for (const bool goes_on : {false, true}) {
        Rehearsal rehearsal;
        rehearsal.continue_on_error = goes_on;
        rehearsal.http.answers = {reply(500)};
        const auto played =
            rehearsal.play("GET http://a/\nHTTP 200\n[Asserts]\nbody == \"x\"\nGET http://a/\nHTTP 500\n");
        REQUIRE(played[0].faults.size() == 1);
        CHECK(played[0].faults[0].rule == "smoke/status");
        CHECK(played[0].faults[0].spot.line == 2);
        CHECK(played[1].end == (goes_on ? End::passed : End::unasked));
        CHECK(rehearsal.http.asked.size() == (goes_on ? 2u : 1u));
    }
}

TEST_CASE("what is wrong with the file is told from what is wrong with the answer") {
    struct Row {
        std::string text;
        Cause cause;
        int line, column;
        std::size_t requests;
    };
    const Row rows[] = {
        {"GET http://{{none}}/\n", Cause::script, 1, 14, 0},
        {"GET ftp://a/\n", Cause::script, 1, 5, 0},
        {"POST http://a/\nfile,none;\n", Cause::script, 2, 6, 0},
        {"POST http://a/\nfile,../x;\n", Cause::script, 2, 6, 0},
        {"GET http://a/\n[Options]\nretry: {{none}}\n", Cause::script, 3, 10, 0},
        {"POST http://a/\n{\"a\": {{text}}}\n", Cause::script, 2, 9, 0},
        {"GET http://a/\nHTTP 200\n[Captures]\na: header \"none\"\n", Cause::target, 4, 4, 1},
        {"GET http://a/\nHTTP 200\n[Captures]\na: jsonpath \"$.a\"\n", Cause::target, 4, 13, 1},
        {"GET http://a/\nHTTP 200\n[Captures]\na: status redact\n", Cause::script, 4, 4, 1},
        {"GET http://a/\nHTTP 200\n[Asserts]\nbody == {{none}}\n", Cause::assertion, 4, 11, 1},
        {"GET http://a/\nHTTP/2 200\n", Cause::assertion, 2, 1, 1},
        {"GET http://a/\nHTTP 200\nfile,none;\n", Cause::assertion, 3, 6, 1},
    };
    for (const auto& row : rows) {
        INFO(row.text);
        Rehearsal rehearsal;
        rehearsal.scope.set("text", Value{std::string("x")});
        rehearsal.http.answers = {reply(200, "not JSON")};
        const auto played = rehearsal.play(row.text);
        REQUIRE(played.at(0).faults.size() == 1);
        const auto& fault = played[0].faults[0];
        CHECK(fault.cause == row.cause);
        CHECK(fault.spot.line == row.line);
        CHECK(fault.spot.column == row.column);
        CHECK(rehearsal.http.asked.size() == row.requests);
    }
}

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

TEST_CASE("cookies of an answer come with the next request, where they belong") {
    Rehearsal rehearsal;
    rehearsal.http.answers = {reply(200, "",
                                    {{"Set-Cookie", "a=1; Path=/"},
                                     {"Set-Cookie", "b=2; Path=/x"},
                                     {"Set-Cookie", "c=3; Max-Age=0"},
                                     {"Set-Cookie", "d=4; Domain=other.org"}}),
                              reply(200)};
    rehearsal.play("GET http://a.org/\nGET http://a.org/x/y\n[Cookies]\ne: 5\nGET http://b.org/\nGET "
                   "http://a.org/\n[Options]\nno-cookie-store: true\n");
    CHECK(rehearsal.http.header(1, "Cookie") == "b=2; a=1; e=5");
    CHECK(rehearsal.http.header(2, "Cookie").empty());
    CHECK(rehearsal.http.header(3, "Cookie").empty());
}

TEST_CASE("an entry is tried again, repeated or left out as its options say") {
    Rehearsal rehearsal;
    rehearsal.http.answers = {reply(503), test::failed(sys::HttpFailure::refused), reply(200)};
    auto played = rehearsal.play("GET http://a/\n[Options]\nretry: 5\nretry-interval: 2s\nHTTP 200\n");
    CHECK(played[0].end == End::passed);
    CHECK(played[0].attempts == 3);
    CHECK(rehearsal.clock.time.time_since_epoch() >= Milliseconds{4000});
    rehearsal.http.asked.clear();
    played = rehearsal.play("GET http://a/\n[Options]\nrepeat: 3\nHTTP 200\n");
    CHECK(rehearsal.http.asked.size() == 3);
    played = rehearsal.play("GET http://a/\n[Options]\nskip: true\nHTTP 500\n");
    CHECK(played[0].end == End::skipped);
    CHECK(rehearsal.http.asked.size() == 3);
    rehearsal.http.answers = {reply(500)};
    rehearsal.http.asked.clear();
    played = rehearsal.play("GET http://a/\n[Options]\nretry: 2\nrepeat: 3\nHTTP 200\n");
    CHECK(rehearsal.http.asked.size() == 3);
    CHECK(played[0].end == End::failed);
}

TEST_CASE("the deadline ends endless tries, and what has no time is not sent") {
    Rehearsal rehearsal;
    rehearsal.deadline = Milliseconds{5000};
    rehearsal.http.answers = {reply(503)};
    auto played = rehearsal.play("GET http://a/\n[Options]\nretry: -1\nHTTP 200\n");
    CHECK(played[0].end == End::failed);
    CHECK(rehearsal.clock.time.time_since_epoch() <= Milliseconds{5100});
    CHECK(played[0].faults.at(0).message.find("the deadline was over") != std::string::npos);
    CHECK(rehearsal.http.asked.size() >= 4);
    rehearsal.http.asked.clear();
    rehearsal.deadline = Milliseconds{20};
    played = rehearsal.play("GET http://a/\nHTTP 200\n");
    CHECK(rehearsal.http.asked.empty());
    CHECK(played[0].end == End::failed);
    rehearsal.deadline = Milliseconds{3000};
    rehearsal.http.answers = {reply(200)};
    rehearsal.play("GET http://a/\n[Options]\nmax-time: 60\nHTTP 200\n");
    CHECK(rehearsal.http.asked.at(0).timeout <= Milliseconds{3000});
}

TEST_CASE("forms, parts and files are written as they are sent") {
    Rehearsal rehearsal;
    REQUIRE(sys::write_file(rehearsal.folder.path() / "a b.txt", "file").ok());
    rehearsal.http.answers = {reply(200)};
    rehearsal.play(R"(POST http://a/?q=1
[Query]
x: a b&
[Form]
p: 1=2
q[]: caf\u{e9}
POST http://a/
[Multipart]
f: file,a\ b.txt;
g: h
PUT http://a/
[Options]
variable: quoted="a\"b"
variable: number=2.0
{"a": "{{quoted}}", "b": {{number}}}
POST http://a/
```graphql
 { a }

variables { "x": [1, "a b"] }
```
)");
    const auto& asked = rehearsal.http.asked;
    REQUIRE(asked.size() == 4);
    CHECK(asked[0].url == "http://a/?q=1&x=a%20b%26");
    CHECK(asked[0].body == "p=1%3D2&q[]=caf%C3%A9");
    CHECK(rehearsal.http.header(0, "Content-Type") == "application/x-www-form-urlencoded");
    CHECK(asked[1].body.find("name=\"f\"; filename=\"a b.txt\"\r\nContent-Type: text/plain\r\n\r\nfile\r\n") !=
          std::string::npos);
    CHECK(asked[1].body.find("name=\"g\"\r\n\r\nh\r\n") != std::string::npos);
    CHECK(rehearsal.http.header(1, "Content-Type").starts_with("multipart/form-data; boundary="));
    CHECK(asked[2].body == R"({"a": "a\"b", "b": 2.0})");
    CHECK(asked[3].body == R"({"query":"{ a }","variables":{"x":[1,"a b"]}})");
}

TEST_CASE("an own Content-Type of parts gets the boundary, unless it names one") {
    struct Row {
        std::string given, sent; // up to the boundary
        std::string kind;        // of the parts
    };
    const Row rows[] = {
        {"multipart/form-data", "multipart/form-data; boundary=", "form-data"},
        {"Multipart/Form-Data;charset=utf-8", "Multipart/Form-Data;charset=utf-8; boundary=", "form-data"},
        {"multipart/mixed", "multipart/mixed; boundary=", "attachment"},
        {"text/x", "text/x; boundary=", "attachment"},
        {"multipart/form-data; boundary=", "multipart/form-data; boundary=; boundary=", "form-data"},
    };
    for (const auto& row : rows) {
        INFO(row.given);
        Rehearsal rehearsal;
        rehearsal.http.answers = {reply(200)};
        rehearsal.play("POST http://a/\nContent-Type: " + row.given + "\n[Multipart]\na: b\n");
        const auto type = rehearsal.http.header(0, "Content-Type");
        REQUIRE(type.starts_with(row.sent));
        const auto boundary = type.substr(row.sent.size());
        CHECK(boundary.size() > 24);
        CHECK(rehearsal.http.asked[0].body == "--" + boundary + "\r\nContent-Disposition: " + row.kind +
                                                  "; name=\"a\"\r\n\r\nb\r\n--" + boundary + "--\r\n");
        const auto& headers = rehearsal.http.asked[0].headers;
        CHECK(std::count_if(headers.begin(), headers.end(),
                            [](const auto& one) { return one.first == "Content-Type"; }) == 1);
    }
    for (const std::string own : {"multipart/form-data; boundary=abc", "multipart/form-data; Boundary=\"abc\"; x=1"}) {
        Rehearsal rehearsal;
        rehearsal.http.answers = {reply(200)};
        rehearsal.play("POST http://a/\nContent-Type: " + own + "\n[Multipart]\na: b\n");
        CHECK(rehearsal.http.header(0, "Content-Type") == own);
        CHECK(rehearsal.http.asked[0].body.starts_with("--abc\r\n"));
    }
}

TEST_CASE("bodies, credentials and cookies are sent as Hurl sends them") {
    Rehearsal rehearsal;
    REQUIRE(sys::write_file(rehearsal.folder.path() / "a.json", "{}").ok());
    rehearsal.http.answers = {reply(200)};
    rehearsal.play(R"(POST http://a/?
[Query]
b: 2
[Form]
POST http://a/?\#f
[Query]
b: 2
[Form]
a: 1
{"b": 2}
POST http://a/
Authorization: Bearer x
[BasicAuth]
u: p
[Multipart]
f: file,a.json;
GET http://a/
Authorization: Bearer x
X: 1
[Options]
user: u:p
[Cookies]
c: 1
)");
    const auto& asked = rehearsal.http.asked;
    REQUIRE(asked.size() == 4);
    CHECK(asked[0].url == "http://a/?b=2");
    CHECK(rehearsal.http.header(0, "Content-Type").empty());
    CHECK(asked[1].url == "http://a/?b=2#f");
    CHECK(asked[1].body == "{\"b\": 2}");
    CHECK(rehearsal.http.header(1, "Content-Type") == "application/x-www-form-urlencoded");
    REQUIRE(asked[2].headers.size() == 3);
    CHECK(asked[2].headers[0].second == "Bearer x");
    CHECK(asked[2].headers[1].second == "Basic dTpw");
    CHECK(asked[2].body.find("Content-Type: application/octet-stream") != std::string::npos);
    REQUIRE(asked[3].headers.size() == 3);
    CHECK(asked[3].headers[0].first == "Cookie");
    CHECK(asked[3].headers[1].second == "Bearer x");
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

TEST_CASE("a comment above a request sets a cookie from there on, or clears all of them") {
    Rehearsal rehearsal;
    rehearsal.http.answers = {reply(200, "", {{"Set-Cookie", "a=1; Path=/"}}), reply(200)};
    rehearsal.play("GET http://h/\n# @cookie_storage_set: h FALSE / FALSE 0 b 2\nGET http://h/\nGET http://h/\n"
                   "# @cookie_storage_clear\nGET http://h/\n");
    REQUIRE(rehearsal.http.asked.size() == 4);
    CHECK(rehearsal.http.header(0, "Cookie").empty());
    for (const std::size_t i : {1u, 2u}) CHECK(rehearsal.http.header(i, "Cookie") == "b=2; a=1");
    CHECK(rehearsal.http.header(3, "Cookie").empty());
}

TEST_CASE("a certificate is told in Hurl's words, its names with and without blanks around =") {
    Rehearsal rehearsal;
    auto response = reply(200);
    sys::Certificate own;
    own.subject_line = R"(C = DE, O = "Ex, A = B", OU = A + OU = x \"q\", CN = a)";
    own.issuer_line = "CN = R3";
    own.serial = "2bfb0a";
    own.alternatives = "DNS:a, IP Address:127.0.0.1";
    own.pem = "-----BEGIN";
    response.handshake = sys::Handshake{.version = "TLSv1.3", .chain = {own}};
    rehearsal.http.answers = {response};
    const auto played = rehearsal.play(R"hurl(GET https://a/
HTTP 200
[Captures]
bare: certificate "Subject"
[Asserts]
certificate "Subject" == "C = DE, O = \"Ex, A = B\", OU = A + OU = x \\\"q\\\", CN = a"
variable "bare" == "C=DE, O=\"Ex, A = B\", OU=A + OU=x \\\"q\\\", CN=a"
certificate "Subject" startsWith "C=DE, O="
certificate "Issuer" == "CN=R3"
certificate "Issuer" matches /CN\s=\sR3/
certificate "Issuer" regex "CN = (.*)" == "R3"
certificate "Issuer" not contains "CN = R4"
certificate "Serial-Number" == "2b:fb:0a"
certificate "Subject-Alt-Name" == "DNS:a, IP Address:127.0.0.1"
certificate "Value" == "-----BEGIN"
certificate "Issuer" == "CN = R4"
)hurl");
    REQUIRE(played[0].faults.size() == 1);
    CHECK(played[0].faults[0].spot.line == 16);
}

TEST_CASE("a malformed header of the options is told at its line") {
    Rehearsal rehearsal;
    rehearsal.http.answers = {reply(200)};
    const auto played = rehearsal.play("GET http://a/\n[Options]\nheader: X-A\n");
    REQUIRE(played[0].faults.size() == 1);
    CHECK(played[0].faults[0].spot.line == 3);
    CHECK(played[0].faults[0].message.find("'X-A' has no colon") != std::string::npos);
    CHECK(rehearsal.http.asked.empty());
}

TEST_CASE("a redacted capture is shown nowhere") {
    Rehearsal rehearsal;
    rehearsal.http.answers = {reply(200, R"({"t": "hidden-4711"})")};
    rehearsal.play("GET http://a/\nHTTP 200\n[Captures]\nt: jsonpath \"$.t\" redact\n");
    CHECK(*rehearsal.scope.find("t")->as<std::string>() == "hidden-4711");
    CHECK(mask("hidden-4711") == "***");
}

TEST_CASE("repetitions that the deadline ends are a failure, and no retry") {
    Rehearsal rehearsal;
    rehearsal.http.answers = {reply(200)};
    rehearsal.http.takes = Milliseconds{100};
    rehearsal.deadline = Milliseconds{530};
    auto played = rehearsal.play("GET http://a/\n[Options]\nrepeat: 50\nHTTP 200\n");
    CHECK(played[0].end == End::failed);
    REQUIRE(played[0].faults.size() == 1);
    CHECK(played[0].faults[0].message.find("before all repetitions") != std::string::npos);
    CHECK_FALSE(played[0].was_retried);
    rehearsal.deadline = Milliseconds{60'000};
    played = rehearsal.play("GET http://a/\n[Options]\nrepeat: 3\nHTTP 200\n");
    CHECK(played[0].end == End::passed);
    CHECK_FALSE(played[0].was_retried);
    rehearsal.http.answers = {reply(500), reply(200)};
    played = rehearsal.play("GET http://a/\n[Options]\nretry: 1\nHTTP 200\n");
    CHECK(played[0].was_retried);
    CHECK(played[0].last_fault.find("status 500") != std::string::npos);
}

TEST_CASE("a variable fits where it stands, or the request isn't sent") {
    struct Row {
        std::string value, text;
        std::size_t requests;
    };
    const Row rows[] = {
        {"a b", "GET http://a/{{x}}\n", 0},
        {"a\tb", "GET http://a/{{x}}\n", 0},
        {"a%20b", "GET http://a/{{x}}\n", 1},
        {"42", "POST http://a/\n{\"a\": {{x}}}\n", 1},
        {"-1.5e3", "POST http://a/\n{\"a\": {{x}}}\n", 1},
        {"null", "POST http://a/\n{\"a\": {{x}}}\n", 1},
        {"01", "POST http://a/\n{\"a\": {{x}}}\n", 0},
        {"abc", "POST http://a/\n{\"a\": {{x}}}\n", 0},
        {"", "POST http://a/\n{\"a\": {{x}}}\n", 0},
        {"abc", "POST http://a/\n{\"a\": \"{{x}}\"}\n", 1},
        {"3", "GET http://a/\n[Options]\nretry: {{x}}\n", 0},
        {"true", "GET http://a/\n[Options]\nlocation: {{x}}\n", 0},
        {"3s", "GET http://a/\n[Options]\nmax-time: {{x}}\n", 1},
    };
    for (const auto& row : rows) {
        INFO(row.text << row.value);
        Rehearsal rehearsal;
        rehearsal.scope.set("x", Value{row.value});
        rehearsal.http.answers = {reply(200)};
        const auto played = rehearsal.play(row.text);
        CHECK(rehearsal.http.asked.size() == row.requests);
        CHECK((played[0].end == End::passed) == (row.requests == 1));
    }
    Rehearsal rehearsal;
    rehearsal.http.answers = {reply(200, "x")};
    CHECK(rehearsal.play("GET http://a/\nHTTP 200\n[Captures]\nnewDate: body\n")[0].end == End::failed);
    CHECK(rehearsal.play("GET http://a/\n[Options]\nvariable: newUuid=1\n")[0].end == End::failed);
}

TEST_CASE("a chain of filters can't grow a value without end") {
    Rehearsal rehearsal;
    rehearsal.http.answers = {reply(200, std::string(1000, 'a'))};
    std::string chain;
    for (int i = 0; i < 6; ++i) chain += " replace \"a\" \"" + std::string(30, 'a') + "\"";
    const auto played = rehearsal.play("GET http://a/\nHTTP 200\n[Asserts]\nbody" + chain + " exists\n");
    CHECK(played[0].faults.at(0).message.find("gives more than") != std::string::npos);
}

TEST_CASE("output writes the body below the file root, and over no Hurl file, configuration or file of git") {
    Rehearsal rehearsal;
    rehearsal.http.answers = {reply(200, "body")};
    CHECK(rehearsal.play("GET http://a/\n[Options]\noutput: got.txt\nHTTP 200\n")[0].end == End::passed);
    CHECK(sys::read_file(rehearsal.folder.path() / "got.txt").value() == "body");
    CHECK(rehearsal.play("GET http://a/\n[Options]\noutput: -\nHTTP 200\n")[0].output == "body\n");
    for (const auto* name : {"../out.txt", "x.hurl", "fairlead.yml", ".git/config", "a/.git/x"}) {
        INFO(name);
        const auto played = rehearsal.play(std::string("GET http://a/\n[Options]\noutput: ") + name + "\nHTTP 200\n");
        CHECK(played[0].end == End::failed);
        CHECK_FALSE(sys::read_file(rehearsal.folder.path() / name).ok());
    }
}

TEST_CASE("a Secure cookie goes back by https only") {
    Rehearsal rehearsal;
    rehearsal.http.answers = {reply(200, "", {{"Set-Cookie", "s=1; Secure; Path=/"}}), reply(200)};
    rehearsal.play("GET https://a.org/\nGET http://a.org/\nGET https://a.org/\n");
    CHECK(rehearsal.http.header(1, "Cookie").empty());
    CHECK(rehearsal.http.header(2, "Cookie") == "s=1");
    Rehearsal plain;
    plain.http.answers = {reply(200, "", {{"Set-Cookie", "s=1; Secure; Path=/"}}), reply(200)};
    plain.play("GET http://a.org/\nGET https://a.org/\n");
    CHECK(plain.http.header(1, "Cookie").empty());
}

TEST_CASE("types that don't fit fail, also under not; and a wrong status sets no capture") {
    Rehearsal rehearsal;
    rehearsal.http.answers = {reply(200, R"({"n": 3})")};
    const auto played = rehearsal.play(
        "GET http://a/\nHTTP 200\n[Asserts]\njsonpath \"$.n\" not contains \"x\"\njsonpath \"$.n\" not == \"3\"\n");
    REQUIRE(played[0].faults.size() == 1);
    CHECK(played[0].faults[0].spot.line == 4);
    rehearsal.play("GET http://a/\nHTTP 201\n[Captures]\nn: jsonpath \"$.n\"\n");
    CHECK(rehearsal.scope.find("n") == nullptr);
}

TEST_CASE("where nothing waits first, the first request of a file waits for the service") {
    const std::string two = "GET http://a/\nHTTP 200\nGET http://a/b\nHTTP 200\n";
    Rehearsal rehearsal;
    rehearsal.waits = true;
    rehearsal.http.answers = {reply(503), reply(503), reply(200), reply(503), reply(200)};
    auto played = rehearsal.play(two);
    CHECK(played[0].end == End::passed);
    CHECK(played[0].attempts == 3);
    CHECK(played[1].end == End::failed); // it has answered
    CHECK(played[1].attempts == 1);
    rehearsal.http.answers = {reply(500), reply(200)};
    CHECK(rehearsal.play(two)[0].attempts == 1);
    rehearsal.http.answers = {reply(503), reply(503), reply(200)};
    played = rehearsal.play("GET http://a/\nHTTP 503\nGET http://a/b\nHTTP 200\n");
    CHECK(played[0].attempts == 1); // what is expected is no reason to wait
    CHECK(played[1].attempts == 1);
    rehearsal.http.answers = {reply(503)};
    CHECK(rehearsal.play("GET http://a/\n[Options]\nretry: 2\nHTTP 200\n")[0].attempts == 3); // it says so itself
    CHECK(rehearsal.play("GET http://a/{{none}}\nHTTP 200\n")[0].faults[0].cause == Cause::script);
    rehearsal.deadline = Milliseconds{2200};
    played = rehearsal.play(two);
    CHECK(played[0].faults[0].message.ends_with("; the deadline was over"));
    CHECK(played[0].attempts == 5);
}
