#include "unit/smoke/hurl/rehearsal.h"

using namespace fairlead;
using namespace fairlead::smoke::hurl;

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
