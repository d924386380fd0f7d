#include "unit/smoke/probes/web_bench.h"

using namespace fairlead;
using namespace fairlead::test;

namespace {

// "hello hello hello" by gzip -9n
const std::string
    packed_hello("\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xcb\x48\xcd\xc9\xc9\x57\xc8\x40\x90\x00\x80\x88"
                 "\xf9\xe5\x11\x00\x00\x00",
                 28);

std::string cache_told(const sys::HttpResponse& response, const std::string& yaml) {
    WebBench bench;
    bench.server.answers = [&](const sys::HttpRequest&) { return response; };
    return bench.faults(cache_probe(), yaml);
}

std::string age_told(const std::string& cache_control, const std::string& yaml = "{max_age: 365d}") {
    return cache_told(web_answer(200, {{"Cache-Control", cache_control}}), yaml);
}

}

TEST_CASE("an answer that must come compressed is read back") {
    WebBench bench;
    bench.server.answers = [](const sys::HttpRequest&) {
        return web_answer(200, {{"Content-Encoding", "gzip"}}, packed_hello);
    };
    const auto attempt = bench.ask(cache_probe(), "{get: /app.js, compressed: true}");
    CHECK_FALSE(attempt.wrong);
    REQUIRE(attempt.facts.size() == 1);
    CHECK(attempt.facts.front().second == "17 to 28 bytes (gzip)");
    CHECK(sent_header(bench.server.asked.front(), "Accept-Encoding").starts_with("gzip"));
    CHECK(bench.server.asked.front().exact);
    const auto told = [](Pairs headers, const std::string& body) {
        return cache_told(web_answer(200, std::move(headers), body), "{compressed: true}");
    };
    CHECK(told({{"Content-Type", "text/css"}}, "a{}").find("; servers leave small files as they are") !=
          std::string::npos);
    CHECK(told({{"Content-Type", "text/css"}}, std::string(2000, ' ')).find("; turn compression on") !=
          std::string::npos);
    CHECK(told({{"Content-Type", "image/png"}}, "x") ==
          "smoke/cache: image/png is a compressed format already, so servers "
          "don't compress it again; leave out compressed");
    CHECK(told({{"Content-Type", "image/svg+xml"}}, "x").find("come uncompressed") != std::string::npos);
    CHECK(told({{"Content-Type", "text/css"}}, "a{}")
              .find("smoke/cache: 3 bytes of text/css come uncompressed, although "
                    "gzip") == 0);
    CHECK(told({{"Content-Encoding", "gzip"}}, packed_hello.substr(0, 20))
              .find("comes with Content-Encoding gzip, but") != std::string::npos);
    CHECK(told({{"Content-Encoding", "gzip"}}, "not packed").find("comes with Content-Encoding gzip, but") !=
          std::string::npos);
    CHECK(told({{"Content-Encoding", "gzip"}}, "").find("an empty body") != std::string::npos);
    CHECK(told({{"Content-Encoding", "compress"}}, "x").find("compress, which was not accepted") != std::string::npos);
}

TEST_CASE("how long an answer is kept") {
    CHECK(age_told("public, max-age=31536000, immutable").empty());
    CHECK(age_told("max-age=99999999999999999999").empty());
    CHECK(age_told("max-age=3600") == "smoke/cache: may be kept for 3600 s (max-age), at least 31536000 s expected");
    CHECK(age_told("no-cache, max-age=31536000") ==
          "smoke/cache: sends Cache-Control: no-cache, max-age=31536000; with "
          "no-cache a copy is never used without asking");
    CHECK(age_told("public") == "smoke/cache: sends Cache-Control: public, without max-age");
    CHECK(cache_told(web_answer(200), "{max_age: 1h}") ==
          "smoke/cache: sends no Cache-Control; without it each browser decides for itself");
    CHECK(age_told("no-store", "{cache_control: '~ no-store'}").empty());
    CHECK(age_told("public", "{cache_control: '~ no-store'}") ==
          "smoke/cache: Cache-Control is 'public', expected something with 'no-store'");
    CHECK(cache_told(web_answer(200), "{cache_control: '! public'}").empty());
    CHECK(cache_told(web_answer(200), "{cache_control: nonempty}").find("Cache-Control is not there, expected") !=
          std::string::npos);
    CHECK(cache_told(web_answer(404), "{max_age: 1h}").find("smoke/status: status 404") == 0);
}

TEST_CASE("a page in place of a file is no file that is kept, and what isn't stored is not confirmed") {
    const Pairs page = {{"Content-Type", "text/html"}, {"Cache-Control", "no-cache"}};
    CHECK(cache_told(web_answer(200, page), "{get: '/app.js?v=1', cache_control: no-cache}").find("it is a page") !=
          std::string::npos);
    CHECK(cache_told(web_answer(200, page), "{get: /app, cache_control: no-cache}").empty());
    CHECK(cache_told(web_answer(200, {{"Cache-Control", "No-Store"}, {"ETag", "\"a\""}}), "{revalidates: true}") ==
          "smoke/cache: sends Cache-Control: no-store, so no browser keeps a copy that could be confirmed");
}

TEST_CASE("a copy is confirmed by 304") {
    WebBench bench;
    int second = 304;
    bench.server.answers = [&](const sys::HttpRequest& request) {
        if (sent_header(request, "If-None-Match") == "\"v1\"") return web_answer(second);
        return web_answer(200, {{"ETag", "\"v1\""}, {"Last-Modified", "Sun, 29 Nov 2026 08:00:00 GMT"}}, "x");
    };
    CHECK(bench.faults(cache_probe(), "{revalidates: true}").empty());
    REQUIRE(bench.server.asked.size() == 2);
    CHECK(sent_header(bench.server.asked.back(), "If-Modified-Since") == "Sun, 29 Nov 2026 08:00:00 GMT");
    second = 200;
    CHECK(bench.faults(cache_probe(), "{revalidates: true}") ==
          "smoke/cache: asked again with If-None-Match '\"v1\"', it answers 200 instead of 304, and the whole body");
    const auto shown = bench.ask(cache_probe(), "{revalidates: true}").shown;
    CHECK(shown.command.find("-H 'If-None-Match: \"v1\"'") != std::string::npos); // the request that fails
    CHECK(shown.answer.find("< HTTP/2 200") == 0);
    second = 503;
    const auto starting = bench.ask(cache_probe(), "{revalidates: true}");
    CHECK(starting.outcome == Outcome::starting);
    CHECK(starting.wrong->message.ends_with("it answers 503 instead of 304"));
    const auto both = bench.ask(cache_probe(), "{revalidates: true, max_age: 1h}");
    CHECK(both.wrong->message.find("sends no Cache-Control") == 0);
    CHECK(both.shown.command.find("If-None-Match") == std::string::npos); // the first fault is that of the first
    REQUIRE(both.more.size() == 1);
    second = 304;
    CHECK(bench.ask(cache_probe(), "{revalidates: true, max_age: 1h}").shown.answer.find("< HTTP/2 200") == 0);
    CHECK(cache_told(web_answer(200), "{revalidates: true}") ==
          "smoke/cache: sends neither ETag nor Last-Modified, so no copy can be confirmed");
}

TEST_CASE("a check of caching expects something") {
    WebBench bench;
    CHECK(bench.refusal(cache_probe(), "/app.js") ==
          "cache expects nothing; write compressed, cache_control, max_age or revalidates");
    CHECK(bench.refusal(cache_probe(), "{cache_control: ''}").find("empty") != std::string::npos);
    CHECK(bench.refusal(cache_probe(), "{cache_control: \"no-cache\\n\"}").find("cache_control has a line break") == 0);
    for (const auto* age : {"0s", "999ms"})
        CHECK(bench.refusal(cache_probe(), std::string("{max_age: ") + age + "}")
                  .find("max_age is shorter than a second") == 0);
    CHECK(bench.refusal(cache_probe(), "{max_age: 1s}").empty());
}
