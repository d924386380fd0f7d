#include "unit/smoke/hurl/rehearsal.h"

using namespace fairlead;
using namespace fairlead::smoke::hurl;

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
