#include "unit/smoke/probes/web_bench.h"

using namespace fairlead;
using namespace fairlead::test;

namespace {

struct AssetsBench : WebBench {
    std::map<std::string, sys::HttpResponse> pages;
    explicit AssetsBench(const std::string& html, const std::string& type = "text/html") {
        add("/", type, html);
        add("/a.js", "text/javascript");
        add("/a.css", "text/css");
        server.answers = [this](const sys::HttpRequest& request) {
            return pages.contains(request.url) ? pages.at(request.url) : web_answer(404);
        };
    }
    void add(const std::string& path, const std::string& type, const std::string& body = "") {
        pages["https://app.example.org" + path] = web_answer(200, {{"Content-Type", type}}, body);
    }
    std::string told(const std::string& yaml = "/") { return faults(assets_probe(), yaml); }
};

const std::string small_page = "<link rel=stylesheet href=a.css><script src=a.js></script>";

}

TEST_CASE("everything that a page names loads") {
    AssetsBench bench(small_page);
    const auto attempt = bench.ask(assets_probe(), "/");
    CHECK_FALSE(attempt.wrong);
    CHECK(attempt.facts.front() == std::pair<std::string, std::string>("files", "2 of 2 asked for"));
    CHECK(bench.server.asked.size() == 3);
}

TEST_CASE("each file that doesn't load is named") {
    AssetsBench bench(small_page + "<img src=gone.png><script src=spa.js></script>");
    bench.add("/spa.js", "text/html");
    CHECK(bench.told() ==
          "smoke/assets: 2 of 4 files fail: /gone.png (picture) answers 404\nsmoke/assets: /spa.js (script) comes as "
          "text/html: it is a page, perhaps the one that an application serves for each unknown path");
    bench.pages["https://app.example.org/gone.png"] = failed(sys::HttpFailure::refused);
    const auto mixed = bench.ask(assets_probe(), "/"); // what trying again won't help comes first, with its request
    REQUIRE(mixed.wrong);
    CHECK(mixed.wrong->message.find("2 of 4 files fail: /spa.js (script) comes as text/html") == 0);
    CHECK(mixed.shown.command.ends_with(" https://app.example.org/spa.js"));
    CHECK(mixed.outcome == Outcome::broken);
    bench.add("/spa.js", "text/javascript");
    CHECK(bench.told() == "smoke/assets: 1 of 4 files fail: /gone.png (picture) doesn't load: connection refused");
    CHECK(bench.ask(assets_probe(), "/").outcome == Outcome::starting);
}

TEST_CASE("redirects of files are followed, but not for ever") {
    AssetsBench bench("<img src=moved.png>");
    bench.pages["https://app.example.org/moved.png"] = web_answer(302, {{"Location", "/there.png"}});
    bench.add("/there.png", "image/png");
    CHECK(bench.told().empty());
    bench.add("/there.png", "text/html"); // a page to log in
    CHECK(bench.told().find("after a redirect to https://app.example.org/there.png") != std::string::npos);
    bench.pages["https://app.example.org/moved.png"] = web_answer(302, {{"Location", "/moved.png"}});
    CHECK(bench.told() == "smoke/assets: 1 of 1 files fail: /moved.png (picture) answers 302");
    bench.pages["https://app.example.org/moved.png"].headers.emplace_back("Location", "/there.png");
    CHECK(bench.told() == "smoke/assets: 1 of 1 files fail: /moved.png (picture) answers 302 and sends Location "
                          "headers that differ; browsers follow none of them; send a single one");
}

TEST_CASE("other hosts are left out, and hear no credentials") {
    AssetsBench bench(small_page + "<script src=https://cdn.test/x.js></script>");
    bench.plan.bearer = Secret("hunter2-hunter2");
    bench.check.hears_bearer = true;
    bench.check.headers = {{"X-Api-Key", "hunter2-hunter2"}};
    bench.pages["https://cdn.test/x.js"] = web_answer(200, {{"Content-Type", "text/javascript"}});
    CHECK(bench.told().empty());
    CHECK(bench.server.asked.size() == 3);
    bench.server.asked.clear();
    CHECK(bench.told("{same_host_only: false}").empty());
    REQUIRE(bench.server.asked.size() == 4);
    for (const auto& request : bench.server.asked) {
        const bool own = request.url.find("app.example.org") != std::string::npos;
        CHECK(request.bearer.empty() != own);
        CHECK(sent_header(request, "X-Api-Key").empty() != own);
    }
    AssetsBench only_others("<script src=https://cdn.test/x.js></script>");
    CHECK(only_others.told() == "smoke/assets: the page names 1 file, all of other hosts, so none was asked for; "
                                "same_host_only: false asks for these, too");
    AssetsBench inline_too("<style>a{}</style><script src=https://cdn.test/x.js></script>");
    const auto own = inline_too.ask(assets_probe(), "/");
    CHECK_FALSE(own.wrong);
    CHECK(own.facts.back() == std::pair<std::string, std::string>{"of other hosts", "1, not asked for"});
}

TEST_CASE("a page that names nothing, or is no page, is no yes") {
    CHECK(AssetsBench("well").told() ==
          "smoke/assets: the page names no script, style sheet or picture; is it the right page?");
    CHECK(AssetsBench("<script>start()</script>").told().empty()); // it needs no file
    CHECK_FALSE(AssetsBench("<script> </script>").told().empty());
    CHECK(AssetsBench("{}", "application/json").told() ==
          "smoke/assets: is not a page: its Content-Type is 'application/json', expected text/html");
    AssetsBench bench(small_page);
    CHECK(bench.told("/nowhere").find("smoke/status: status 404") == 0);
}

TEST_CASE("no more files than the limit are asked for, and none once the time is over") {
    AssetsBench bench(small_page);
    const auto attempt = bench.ask(assets_probe(), "{limit: 1}");
    REQUIRE(attempt.wrong);
    CHECK(attempt.wrong->message == "the page names 2 files, and only 1 were asked for; raise limit");
    CHECK(attempt.outcome == Outcome::broken);
    CHECK(attempt.facts.front().second == "1 of 2 asked for");
    AssetsBench slow(small_page);
    slow.server.answers = [&](const sys::HttpRequest& request) {
        slow.clock.sleep(Milliseconds{10'000});
        return slow.pages.at(request.url);
    };
    const auto late = slow.ask(assets_probe(), "/");
    REQUIRE(late.wrong);
    CHECK(late.wrong->message.find("the time of one attempt was over when 0 of 2 files were asked for") == 0);
    CHECK(late.outcome == Outcome::starting);
}

TEST_CASE("a film is long enough once it begins, and http is nothing on an https page") {
    AssetsBench bench("<video src=v.mp4></video>");
    auto& film = bench.pages["https://app.example.org/v.mp4"] = web_answer(200, {{"Content-Type", "video/mp4"}});
    film.failure = sys::HttpFailure::too_large;
    film.reason = "the body is larger than 65536 bytes";
    CHECK(bench.told().empty());
    AssetsBench mixed("<img src=http://app.example.org/i.png>");
    mixed.pages["http://app.example.org/i.png"] = web_answer(200, {{"Content-Type", "image/png"}});
    CHECK(mixed.told() == "smoke/assets: 1 of 1 files fail: http://app.example.org/i.png (picture) is named by http on "
                          "an https page, so browsers block it");
}
