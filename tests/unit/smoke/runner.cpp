#include "smoke/secrets.h"
#include "unit/smoke/bench.h"

using namespace fairlead;
using namespace fairlead::smoke;
using namespace fairlead::test;

TEST_CASE("a service that starts is waited for") {
    Bench bench;
    bench.plan.ready = get("r");
    bench.plan.checks = {get("a")};
    bench.http.answers["r"] = {failed(sys::HttpFailure::refused), status(502), status(500), status(200)};
    bench.http.answers["a"] = {status(200)};
    const auto tried = bench.go();
    REQUIRE(tried.size() == 2);
    CHECK(tried[0].end == Tried::End::passed);
    CHECK(tried[0].attempts == 4);
    CHECK(tried[1].end == Tried::End::passed);
    CHECK_FALSE(tried[1].flaky);
}

TEST_CASE("a streak begins again after one bad answer") {
    Bench bench;
    bench.plan.ready = get("r");
    bench.plan.streak = 3;
    bench.http.answers["r"] = {status(200), status(200), status(503), status(200)};
    CHECK(bench.go()[0].attempts == 6);
}

TEST_CASE("stable asks for good answers over a time") {
    Bench bench;
    bench.plan.ready = get("r");
    bench.plan.stable = Milliseconds{5000};
    bench.http.answers["r"] = {status(200)};
    const auto tried = bench.go();
    CHECK(tried[0].end == Tried::End::passed);
    CHECK(bench.clock.steady().time_since_epoch() >= Milliseconds{5000});
}

TEST_CASE("the old version is waited out, and the deadline says what answered last") {
    Bench bench;
    bench.plan.ready = get("r");
    bench.plan.ready->expect.version = "2";
    bench.plan.checks = {get("a")};
    bench.plan.deadline = Milliseconds{3000};
    bench.http.answers["r"] = {status(200, R"({"version":"1"})")};
    const auto tried = bench.go();
    CHECK(tried[0].end == Tried::End::failed);
    CHECK(tried[0].wrong.rule == "smoke/version");
    CHECK(tried[0].wrong.message.find("deadline of 3s reached after") == 0);
    CHECK(tried[0].wrong.message.find("last: answers with version 1, expected 2") != std::string::npos);
    CHECK(tried[1].end == Tried::End::cancelled);
    CHECK(bench.http.asked["a"] == 0);
}

TEST_CASE("a 4xx while waiting is broken, not starting") {
    Bench bench;
    bench.plan.ready = get("r");
    bench.http.answers["r"] = {status(404)};
    const auto tried = bench.go();
    CHECK(tried[0].end == Tried::End::failed);
    CHECK(tried[0].attempts == 1);
}

TEST_CASE("a certificate fails at once in either phase") {
    Bench bench;
    bench.plan.ready = get("r");
    bench.http.answers["r"] = {failed(sys::HttpFailure::certificate)};
    CHECK(bench.go()[0].attempts == 1);
}

TEST_CASE("a check passes as flaky after a passing fault and fails at once when it is broken") {
    Bench bench;
    bench.plan.checks = {get("flaky"), get("broken"), get("down")};
    bench.http.answers["flaky"] = {status(503), status(200)};
    bench.http.answers["broken"] = {status(500)};
    bench.http.answers["down"] = {failed(sys::HttpFailure::refused)};
    auto tried = bench.go();
    CHECK(tried[0].end == Tried::End::passed);
    CHECK(tried[0].flaky);
    CHECK(tried[1].end == Tried::End::failed);
    CHECK(tried[1].attempts == 1);
    CHECK(tried[2].attempts == 5);
    CHECK(tried[2].wrong.message == "connection refused (starting)");
    refuse_flaky(tried);
    CHECK(tried[0].end == Tried::End::failed);
}

TEST_CASE("a check asks again for what may become right within its time") {
    Bench bench;
    auto later = get("later");
    later.within = Milliseconds{5000};
    auto never = get("never");
    never.within = Milliseconds{3000};
    auto untrusted = get("untrusted");
    untrusted.within = Milliseconds{3000};
    bench.plan.jobs = 1; // they share a clock
    bench.plan.checks = {later, never, untrusted};
    bench.http.answers["later"] = {status(404), status(500), status(404), status(503),
                                   status(404), status(404), status(200)};
    bench.http.answers["never"] = {status(404)};
    bench.http.answers["untrusted"] = {failed(sys::HttpFailure::certificate)};
    const auto tried = bench.go();
    CHECK(tried[0].end == Tried::End::passed);
    CHECK_FALSE(tried[0].flaky); // the wait was asked for
    CHECK(tried[1].end == Tried::End::failed);
    CHECK(tried[1].attempts > 2);
    CHECK(tried[1].wrong.message == "status 404, expected 200-299");
    CHECK(tried[2].attempts == 1);
    CHECK(bench.clock.steady() < sys::Clock::Steady{} + Milliseconds{8'100}); // no wait ends after its time
}

TEST_CASE("a POST that went out is not sent twice") {
    Bench bench;
    auto post = get("p");
    post.method = "POST";
    bench.plan.checks = {post};
    bench.http.answers["p"] = {status(503), status(200)};
    const auto tried = bench.go();
    CHECK(tried[0].attempts == 1);
    CHECK(tried[0].wrong.message == "status 503, expected 200-299 (starting); a POST that was sent is not sent again");
    bench.http.answers["p"] = {failed(sys::HttpFailure::refused), status(200)};
    CHECK(bench.go()[0].end == Tried::End::passed);
}

TEST_CASE("an answer that breaks off is broken, a connection that was reset before is starting") {
    Bench bench;
    auto cut = failed(sys::HttpFailure::reset);
    cut.status = 200;
    bench.plan.checks = {get("cut")};
    bench.http.answers["cut"] = {cut, status(200)};
    CHECK(bench.go()[0].end == Tried::End::failed);
    CHECK(bench.http.asked["cut"] == 1);
    Bench other;
    other.plan.checks = {get("reset")};
    other.http.answers["reset"] = {failed(sys::HttpFailure::reset), status(200)};
    CHECK(other.go()[0].end == Tried::End::passed);
}

TEST_CASE("what lets in is masked before anything is shown") {
    ForEveryUrl every;
    every.request_headers = {"X-Auth-Token: token-in-header", "Authorization: Bearer bearer-in-header",
                             "X-Api-Key colon-forgotten"};
    hide_sent({}, "",
              {"https://bob:pass-in-url@host:1/a?b=c@d 200", "https://token-alone-0123456789@host/",
               "https://reader@host/reader", "https://host/?api_key=key-in-query"},
              every);
    CHECK(mask("key-in-query colon-forgotten") == "*** ***");
    CHECK(mask("pass-in-url token-alone-0123456789 token-in-header") == "*** *** ***");
    CHECK(mask("said bearer-in-header") == "said ***");
    CHECK(mask("Ym9iOnBhc3MtaW4tdXJs").find("***") != std::string::npos); // as Basic has it
    CHECK(mask("https://reader@host/reader c@d") == "https://reader@host/reader c@d");
}

TEST_CASE("a token in the path of a check, or of what is waited for, is masked") {
    const auto config = config::load_text("smoke: {ready: {path: '/up?token=t0k-in-ready'}, checks: "
                                          "[{get: '/a?api_key=k3y-in-check'}, {post: '/b?token=t0k-in-post'}]}\n",
                                          "fairlead.yml", {});
    REQUIRE(config.ok());
    hide_sent(config->section("smoke"), "", {}, {});
    CHECK(mask("t0k-in-ready k3y-in-check t0k-in-post") == "*** *** ***");
}

TEST_CASE("Retry-After replaces a shorter wait, and full jitter stays below its ceiling") {
    std::mt19937_64 random(1);
    const RetryPolicy policy;
    for (int attempt = 1; attempt < 20; ++attempt) {
        const auto wait = wait_before_next(policy, attempt, random, status(503));
        CHECK(wait >= Milliseconds{0});
        CHECK(wait <= policy.max);
        if (attempt == 1) CHECK(wait <= policy.backoff);
    }
    auto busy = status(503);
    busy.headers = {{"Retry-After", "7"}};
    CHECK(wait_before_next(policy, 1, random, busy) == Milliseconds{7000});
    CHECK(wait_before_next(policy, 1, random, busy, Milliseconds{6000}) <= policy.backoff); // no use to wait so long
}

TEST_CASE("an expected failure that was never asked is no known one") {
    Bench bench;
    bench.plan.checks = {get("a")};
    bench.plan.checks[0].expected_failure = "since Monday";
    bench.plan.deadline = Milliseconds{10};
    const auto tried = bench.go();
    CHECK(tried[0].attempts == 0);
    CHECK(tried[0].end == Tried::End::failed);
}
