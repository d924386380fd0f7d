#include "smoke/send/redirects.h"
#include "base/secrets/secret.h"
#include "unit/smoke/probes/web_bench.h"

using namespace fairlead;
using namespace fairlead::test;

namespace {

// A server on which `paths` lead on, each after 10 ms.
struct FollowBench : WebBench {
    std::map<std::string, std::pair<int, std::string>> paths;
    FollowBench() {
        check.url = "https://app.example.org/";
        check.follows_redirects = true;
        server.answers = [this](const sys::HttpRequest& request) {
            const auto found = paths.find(request.url);
            auto answer = found == paths.end() ? web_answer(200, {}, "the end")
                                               : web_answer(found->second.first, {{"Location", found->second.second}});
            answer.total = Milliseconds{10};
            return answer;
        };
    }
    Attempt follow() {
        const World world{plan, server, clock, cancel, Milliseconds{10'000}};
        return ask_once(check, world);
    }
    std::string wrong() {
        const auto attempt = follow();
        return attempt.wrong ? attempt.wrong->rule + ": " + attempt.wrong->message : "";
    }
};

}

TEST_CASE("a check goes where redirects point, and the last answer is judged") {
    FollowBench bench;
    bench.paths = {{"https://app.example.org/", {301, "/a"}}, {"https://app.example.org/a", {308, "b?c=1"}}};
    bench.check.expect.body = Matcher{Matcher::How::equals, false, "the end"};
    const auto good = bench.follow();
    CHECK(good.outcome == Outcome::good);
    CHECK(good.facts ==
          std::vector<std::pair<std::string, std::string>>{{"redirected to", "https://app.example.org/b?c=1"}});
    CHECK(bench.server.asked.size() == 3);
    bench.check.expect.body->text = "other";
    CHECK(bench.wrong() == "smoke/body: the body is 'the end', expected 'other', after a redirect to "
                           "https://app.example.org/b?c=1");
    bench.check.follows_redirects = false;
    CHECK(bench.wrong() == "smoke/status: status 301, expected 200-299; it points to '/a'");
}

TEST_CASE("the time of a check that follows redirects is that of all requests") {
    FollowBench bench;
    bench.paths = {{"https://app.example.org/", {302, "/a"}}, {"https://app.example.org/a", {302, "/b"}}};
    bench.check.expect.max = Milliseconds{29};
    CHECK(bench.wrong() == "smoke/duration: took 30ms, at most 29ms allowed, after a redirect to "
                           "https://app.example.org/b");
}

TEST_CASE("a circle of redirects ends, and a redirect to no web address is the answer") {
    FollowBench bench;
    bench.paths = {{"https://app.example.org/", {302, "/"}}};
    CHECK(bench.wrong() ==
          "smoke/connect: there are more than 10 redirects; the next one is to https://app.example.org/");
    CHECK(bench.server.asked.size() == 11);
    bench.paths = {{"https://app.example.org/", {302, "file:///etc/passwd"}}};
    CHECK(bench.wrong() == "smoke/status: status 302, expected 200-299; it points to 'file:///etc/passwd'");
}

TEST_CASE("what a redirect does to the method and the body") {
    for (const auto& [status, method] :
         {std::pair{301, "GET"}, {302, "GET"}, {303, "GET"}, {307, "POST"}, {308, "POST"}}) {
        FollowBench bench;
        bench.paths = {{"https://app.example.org/", {status, "/a"}}};
        bench.check.method = "POST";
        bench.check.body = "x=1";
        bench.check.headers = {{"Content-Type", "text/x"}};
        CHECK(bench.wrong().empty());
        const auto& last = bench.server.asked.back();
        CHECK(last.method == method);
        CHECK(last.body == (last.method == "POST" ? "x=1" : ""));
        CHECK(sent_header(last, "Content-Type") == (last.method == "POST" ? "text/x" : ""));
    }
}

TEST_CASE("another host hears no credentials after a redirect") {
    FollowBench bench;
    bench.paths = {{"https://app.example.org/", {307, "https://other.test/a"}}};
    bench.check.headers = {{"X-Api-Key", "s3cr3ts3cr3t"}, {"X-Session", "a"}, {"X-Own", "b"}, {"Accept", "text/html"}};
    bench.check.hears_bearer = true;
    bench.plan.bearer = Secret("b3arerb3arer");
    CHECK(bench.wrong().empty());
    CHECK(bench.server.asked[0].bearer.empty() == false);
    CHECK(bench.server.asked[1].bearer.empty());
    CHECK(sent_header(bench.server.asked[1], "X-Api-Key").empty());
    for (const auto* name : {"X-Session", "X-Own"}) CHECK(sent_header(bench.server.asked[1], name).empty());
    CHECK(sent_header(bench.server.asked[1], "Accept") == "text/html");
    bench.check.method = "POST";
    bench.check.body = "x=1";
    CHECK(bench.wrong() ==
          "smoke/connect: the redirect to https://other.test/a was not followed: it would send the body "
          "to another host");
}

TEST_CASE("what was sent before a redirect counts as sent") {
    FollowBench bench;
    bench.check.method = "POST";
    bench.server.answers = [](const sys::HttpRequest& request) {
        auto answer = web_answer(307, {{"Location", "/a"}});
        answer.sent_any = true;
        if (request.url.ends_with("/a")) {
            answer = {};
            answer.failure = sys::HttpFailure::refused;
        }
        return answer;
    };
    CHECK(bench.follow().response.sent_any);
}

TEST_CASE("a redirect without a Location is the answer") {
    FollowBench bench;
    bench.paths = {{"https://app.example.org/", {307, ""}}};
    bench.check.method = "POST";
    CHECK(bench.wrong() == "smoke/status: status 307, expected 200-299; it points to ''");
    CHECK(bench.server.asked.size() == 1);
}

TEST_CASE("an answer behind redirects that is judged after the deadline is no yes") {
    FollowBench bench;
    const auto answers = bench.server.answers;
    bench.server.answers = [&, answers](const sys::HttpRequest& request) {
        bench.clock.sleep(Milliseconds{11'000}); // it had ten
        return answers(request);
    };
    CHECK(bench.wrong() == "smoke/duration: the time was over before the answer was judged");
}
