#include "smoke/runner.h"
#include "smoke/expected_version.h"
#include "support/catch.h"
#include <deque>
#include <map>
#include <mutex>

using namespace fairlead;
using namespace fairlead::smoke;

namespace {

sys::HttpResponse status(int code, std::string body = "") {
    sys::HttpResponse response;
    response.status = code;
    response.body = std::move(body);
    response.total = Milliseconds{1};
    response.sent_any = true;
    return response;
}

sys::HttpResponse failed(sys::HttpFailure failure) {
    sys::HttpResponse response;
    response.failure = failure;
    response.reason = "connection refused";
    return response;
}

// Time that only moves when somebody sleeps, or asks the server.
struct TestClock : sys::Clock {
    std::mutex mutex;
    Steady time{};
    SystemTime now() override { return {}; }
    Steady steady() override {
        const std::lock_guard guard(mutex);
        return time;
    }
    bool sleep(Milliseconds duration) override {
        const std::lock_guard guard(mutex);
        time += duration;
        return true;
    }
};

// Answers by URL: one after the other, the last one for ever.
struct TestHttp : sys::Http {
    explicit TestHttp(TestClock& c) : clock(c) {}
    TestClock& clock;
    std::map<std::string, std::deque<sys::HttpResponse>> answers;
    std::map<std::string, int> asked;
    std::mutex mutex;
    Result<sys::HttpResponse> send(const sys::HttpRequest& request) override {
        clock.sleep(Milliseconds{1});
        const std::lock_guard guard(mutex);
        ++asked[request.url];
        auto& queue = answers[request.url];
        if (queue.empty()) return usage("no such URL in the test");
        auto response = queue.front();
        if (queue.size() > 1) queue.pop_front();
        return response;
    }
};

Check get(std::string url) { return {.name = url, .url = url}; }

struct Bench {
    TestClock clock;
    TestHttp http{clock};
    Plan plan;
    std::vector<Tried> go() {
        auto result = carry_out(plan, http, clock);
        REQUIRE(result.ok());
        return result.value();
    }
};

}

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

TEST_CASE("a streak begins anew after one bad answer") {
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
    CHECK(tried[0].wrong.message.find("last: answers version 1, expected 2") != std::string::npos);
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

TEST_CASE("a POST that went out is not sent twice") {
    Bench bench;
    auto post = get("p");
    post.method = "POST";
    bench.plan.checks = {post};
    bench.http.answers["p"] = {status(503), status(200)};
    CHECK(bench.go()[0].attempts == 1);
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
    Plan plan;
    plan.checks = {get("https://bob:pass-in-url@host:1/a?b=c@d"), get("https://token-alone-0123456789@host/"),
                   get("https://reader@host/reader")};
    plan.checks[0].headers = {{"X-Auth-Token", "token-in-header"}, {"Authorization", "Bearer bearer-in-header"}};
    mask_credentials(plan);
    CHECK(mask("pass-in-url token-alone-0123456789 token-in-header") == "*** *** ***");
    CHECK(mask("said bearer-in-header") == "said ***");
    CHECK(mask("Ym9iOnBhc3MtaW4tdXJs").find("***") != std::string::npos); // as Basic has it
    CHECK(mask("https://reader@host/reader c@d") == "https://reader@host/reader c@d");
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

TEST_CASE("known failures and skips are reported, never silent") {
    Bench bench;
    auto known = get("known"), mended = get("mended"), skipped = get("skipped");
    known.expected_failure = mended.expected_failure = "issue 12";
    skipped.skip = "not on staging";
    bench.plan.checks = {known, mended, skipped};
    bench.http.answers["known"] = {status(500)};
    bench.http.answers["mended"] = {status(200)};
    const auto tried = bench.go();
    CHECK(tried[0].end == Tried::End::passed);
    CHECK(tried[1].wrong.message == "passes now; remove xfail (issue 12)");
    const auto report = report_of(tried, "staging", "fairlead.yml");
    CHECK(report.verdict == report::Verdict::fail);
    CHECK(report.skipped.front().reason == "not on staging");
    CHECK(report.closing == "failed: 1 passed, 1 failed");
}

TEST_CASE("fail-fast starts nothing after the first failure") {
    Bench bench;
    bench.plan.fail_fast = true;
    bench.plan.jobs = 1;
    bench.plan.checks = {get("bad"), get("later")};
    bench.http.answers["bad"] = {status(500)};
    const auto tried = bench.go();
    CHECK(tried[1].end == Tried::End::cancelled);
    CHECK(bench.http.asked["later"] == 0);
}

TEST_CASE("where every check is skipped nothing was asked, which is no yes") {
    const auto report = report_of({{.check = get("a"), .end = Tried::End::skipped}}, "", "");
    CHECK(report.verdict == report::Verdict::fail);
}

TEST_CASE("a version is awaited from the first check that is meant to answer") {
    Plan plan;
    plan.checks = {get("skipped"), get("fails"), get("gone"), get("fine")};
    plan.checks[0].skip = "later";
    plan.checks[1].expected_failure = "issue 12";
    plan.checks[2].expect.failure = sys::HttpFailure::refused;
    const auto header = parse_version_source("header:X-Release").value();
    const auto waiting = expect_version(plan, "1.2.3", header, ".");
    REQUIRE(waiting.ok());
    CHECK(waiting->ready->url == "fine");
    CHECK(waiting->ready->expect.version == "1.2.3");
    CHECK(waiting->ready->expect.version_source.name == "X-Release");
    plan.checks.pop_back();
    CHECK(expect_version(plan, "1.2.3", header, ".").error().kind == Kind::usage);
}
