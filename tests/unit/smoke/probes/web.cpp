#include "smoke/probes/web.h"
#include "unit/smoke/probes/web_bench.h"
#include <fmt/format.h>

using namespace fairlead;
using namespace fairlead::test;

TEST_CASE("a path of a probe needs a base, and a URL none") {
    WebBench bench;
    CHECK(bench.read(cookies_probe(), "/a", "https://b.test/app").value().url == "https://b.test/app/a");
    CHECK(bench.read(cookies_probe(), "{}", "https://b.test").value().url == "https://b.test/");
    CHECK(bench.read(cookies_probe(), "http://c.test/a", "").value().url == "http://c.test/a");
    CHECK(bench.refusal(cookies_probe(), "/a", "") ==
          "'/a' is a path, but there is no address for it; write smoke.base, "
          "or url in the environment and say --env");
    for (const auto* text : {"javascript:alert(1)", "c.test:8080", "c.test:8080/a"})
        CHECK(bench.refusal(cookies_probe(), fmt::format("{{get: '{}'}}", text))
                  .ends_with("is neither a path nor a URL; write a path such as /, or https://HOST/"));
    CHECK(bench.refusal(cookies_probe(), "{get: '/a:b?c:d'}").empty());
    CHECK_FALSE(bench.refusal(cookies_probe(), "{get: 'ftp://c.test/a'}").empty());
    CHECK(bench.read(cookies_probe(), "HTTPS://c.test/a", "").value().url == "https://c.test/a");
    CHECK(bench.read(cookies_probe(), "/a", "HTTP://c.test").value().url == "http://c.test/a");
    CHECK(bench.refusal(assets_probe(), "'/#/login'") == "'/#/login' has a fragment, which is not sent; remove it");
    for (const auto* probe : {&security_headers_probe(), &redirect_probe(), &cors_probe(), &cookies_probe(),
                              &cache_probe(), &assets_probe(), &addresses_probe()}) {
        CHECK(bench.read(*probe, "'ftp://c.test/a'").ok() == false);
        CHECK(probe->fields().size() >= 3);
    }
}

TEST_CASE("an attempt of several requests has the time of one, and the user of the URL") {
    WebBench bench;
    bench.plan.timeout = Milliseconds{1000};
    bench.check.url = "https://me:hunter2hunter2@app.example.org/";
    bench.server.answers = [&](const sys::HttpRequest&) {
        bench.clock.sleep(Milliseconds{400});
        return web_answer(200);
    };
    const World world{bench.plan, bench.server, bench.clock, bench.cancel, Milliseconds{5000}};
    const Web web(bench.check, world);
    for (int i = 0; i < 3; ++i) CHECK(web.get("https://app.example.org/a").response.status == 200);
    const auto late = web.get("https://other.test/");
    CHECK(late.response.failure == sys::HttpFailure::timeout);
    CHECK(late.response.reason == "the requests of this check took all of 1s");
    REQUIRE(bench.server.asked.size() == 3);
    CHECK(bench.server.asked[0].timeout == Milliseconds{1000});
    CHECK(bench.server.asked[2].timeout == Milliseconds{200});
    CHECK(bench.server.asked[2].url == "https://me:hunter2hunter2@app.example.org/a");
    CHECK(web.prepare("https://other.test/").request.url == "https://other.test/");
}
