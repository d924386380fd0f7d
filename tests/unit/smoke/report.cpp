#include "smoke/beside/expected_version.h"
#include "sys/cancel.h"
#include "unit/smoke/bench.h"
#include <atomic>
#include <thread>

using namespace fairlead;
using namespace fairlead::smoke;
using namespace fairlead::test;

TEST_CASE("known failures and skips are reported, never silent") {
    Bench bench;
    auto known = get("known"), mended = get("mended"), skipped = get("skipped");
    known.expected_failure = mended.expected_failure = "issue 12";
    skipped.skip = "not on staging";
    bench.plan.checks = {known, mended, skipped};
    bench.http.answers["known"] = {status(500)};
    bench.http.answers["mended"] = {status(200)};
    const auto tried = bench.go();
    CHECK(tried[0].end == Tried::End::known);
    CHECK(tried[1].wrong.message == "passes now; remove xfail (issue 12)");
    const auto report = report_of(tried, "staging", "fairlead.yml");
    CHECK(report.verdict == report::Verdict::fail);
    CHECK(report.skipped.front().reason == "not on staging");
    CHECK(report.facts == "0 of 3 checks passed, 1 failed, 1 known to fail, 1 skipped");
}

TEST_CASE("the job's summary is one table, what failed first, else in the order of the file") {
    Bench bench;
    for (const auto* name : {"a", "b", "c", "d"}) bench.plan.checks.push_back(get(name));
    bench.http.answers["a"] = bench.http.answers["c"] = {status(200)};
    bench.http.answers["b"] = bench.http.answers["d"] = {status(500)};
    const auto report = report_of(bench.go(), "", "");
    REQUIRE(report.summary.tables.size() == 2); // the second has the failed requests
    std::string order;
    for (const auto& row : report.summary.tables[0].rows) order += row[0];
    CHECK(order == "bdac");
}

TEST_CASE("a skipped or unasked check is neither passed nor known to fail, whatever xfail says") {
    Bench bench;
    auto both = get("both");
    both.skip = "not yet";
    both.expected_failure = "issue 12";
    bench.plan.checks = {both};
    auto tried = bench.go();
    CHECK(tried[0].end == Tried::End::skipped);
    CHECK(report_of(tried, "", "").facts == "0 of 1 check passed, 1 skipped");
    bench.plan.checks[0].skip.clear();
    bench.plan.deadline = Milliseconds{10}; // too short for an attempt
    tried = bench.go();
    CHECK(tried[0].end == Tried::End::failed);
    CHECK(bench.http.asked["both"] == 0);
}

TEST_CASE("where only known failures were asked nothing shows that the service works") {
    Bench bench;
    auto known = get("known");
    known.expected_failure = "issue 12";
    bench.plan.checks = {known};
    bench.http.answers["known"] = {status(500)};
    const auto report = report_of(bench.go(), "", "");
    CHECK(report.verdict == report::Verdict::fail);
    CHECK_FALSE(report.stays_no.empty());
}

TEST_CASE("the wait until it serves is told by itself and counts as no check") {
    Bench bench;
    bench.plan.ready = get("r");
    bench.plan.checks = {get("a"), get("b")};
    bench.http.answers["r"] = {status(503), status(200)};
    bench.http.answers["a"] = bench.http.answers["b"] = {status(200)};
    const auto report = report_of(bench.go(), "", "");
    CHECK(report.facts == "ready after 2 attempts, 2 of 2 checks passed");
    CHECK(report.outputs[0].second == "2");
    bench.http.answers["r"] = {status(404)};
    const auto never = report_of(bench.go(), "", "");
    CHECK(never.facts == "not ready, 0 of 2 checks passed, 2 not asked");
    CHECK(never.stays_no == "it never became ready");
}

TEST_CASE("an attempt gets no more time than the deadline leaves") {
    Bench bench;
    bench.plan.deadline = Milliseconds{3000};
    bench.plan.retry.attempts = 0;
    bench.plan.checks = {get("a")};
    bench.http.takes = Milliseconds{2000};
    bench.http.answers["a"] = {status(503)};
    CHECK(bench.go()[0].end == Tried::End::failed);
    REQUIRE(bench.http.timeouts.size() == 2);
    CHECK(bench.http.timeouts[0] == Milliseconds{3000});
    CHECK(bench.http.timeouts[1] <= Milliseconds{1000});
}

TEST_CASE("a connection gets no more time than its attempt") {
    Plan plan;
    plan.connect = Milliseconds{5000};
    plan.timeout = Milliseconds{2000};
    CHECK(request_of(plan, get("a"), Milliseconds{60'000}).connect_timeout == Milliseconds{2000});
    CHECK(request_of(plan, get("a"), Milliseconds{700}).connect_timeout == Milliseconds{700});
    plan.timeout = Milliseconds{10'000};
    CHECK(request_of(plan, get("a"), Milliseconds{60'000}).connect_timeout == Milliseconds{5000});
}

TEST_CASE("a check that was not asked is no yes, however many passed") {
    const auto report = report_of(
        {{.check = get("a"), .end = Tried::End::passed}, {.check = get("b"), .end = Tried::End::cancelled}}, "", "");
    CHECK(report.verdict == report::Verdict::fail);
    CHECK_FALSE(report.stays_no.empty());
}

TEST_CASE("what happens to one check is its own failure, and the others have their results") {
    Bench bench;
    bench.plan.checks = {get("a"), get("impossible"), get("b")};
    bench.http.answers["a"] = bench.http.answers["b"] = {status(200)};
    const auto tried = bench.go(); // "impossible": an error, as when memory is short
    CHECK(tried[0].end == Tried::End::passed);
    CHECK(tried[1].end == Tried::End::failed);
    CHECK(tried[1].wrong.rule == "smoke/connect");
    CHECK(tried[2].end == Tried::End::passed);
}

TEST_CASE(
    "connections are kept within the checks, never while waiting, after a fault or where asking twice does more") {
    Bench bench;
    auto post = get("post");
    post.method = "POST";
    bench.plan.jobs = 1;
    bench.plan.ready = get("r");
    bench.plan.checks = {get("a"), post};
    bench.http.answers["r"] = bench.http.answers["post"] = {status(200)};
    bench.http.answers["a"] = {status(503), status(200)};
    bench.go();
    CHECK(bench.http.fresh == std::vector<bool>{true, false, true, true});
}

TEST_CASE("what an answer hands out is not shown") {
    Bench bench;
    auto a = get("a");
    a.expect.headers = {{"location", {Matcher::How::equals, false, "/"}}};
    bench.plan.checks = {a};
    auto moved = status(200);
    moved.headers = {{"Set-Cookie", "session=cookie-of-the-answer; Path=/"},
                     {"Location", "/in?token=token-of-the-answer&x=cookie-of-the-answer"}};
    bench.http.answers["a"] = {moved};
    CHECK(bench.go()[0].wrong.message == "header location is '/in?token=***&x=***', expected '/'");
}

TEST_CASE("the head of a 5xx answer's body is shown while waiting and in the end") {
    Bench bench;
    bench.plan.checks = {get("a")};
    bench.http.answers["a"] = {status(503, "migrating\n")};
    const auto tried = bench.go();
    CHECK(tried[0].attempts == 5);
    CHECK(tried[0].wrong.message == "status 503, expected 200-299: 'migrating' (starting)");
}

TEST_CASE("a version has to answer at every base address before the checks begin") {
    Bench bench;
    auto first = get("a"), second = get("b");
    first.place = second.place = {"fairlead.yml", 5, 7};
    bench.plan.checks = {first, second, get("other")};
    bench.plan.deadline = Milliseconds{3000};
    bench.plan = expect_version(bench.plan, "2", VersionSource{}).value();
    REQUIRE(bench.plan.ready_elsewhere.size() == 1);
    bench.http.answers["a"] = {status(200, R"({"version":"2"})")};
    bench.http.answers["b"] = {status(200, R"({"version":"1"})")};
    bench.http.answers["other"] = {status(200)};
    const auto tried = bench.go();
    CHECK(tried[0].end == Tried::End::passed);
    CHECK(tried[1].end == Tried::End::failed);
    CHECK(tried[1].wrong.rule == "smoke/version");
    CHECK(bench.http.asked["other"] == 0);
}

TEST_CASE("auto is the version, the release or the commit that deploy names, wherever it is written") {
    Plan plan;
    plan.ready = get("r");
    plan.checks = {get("a"), get("b")};
    CHECK_FALSE(asks_deployed(plan));
    plan.ready->expect.version = "auto";
    plan.checks[1].expect.version = "auto";
    CHECK(asks_deployed(plan));
    resolve_auto(plan, {"1.2.0", "1.2.0-3f2a9c1b77d0", ""});
    CHECK_FALSE(asks_deployed(plan));
    CHECK(plan.ready->expect.version == "1.2.0");
    CHECK(plan.checks[0].expect.version.empty());
    CHECK_FALSE(judge(status(200, R"({"version":"1.2.0-3f2a9c1b77d0"})"), plan.checks[1].expect));
    CHECK_FALSE(judge(status(200, R"({"version":"v1.2.0"})"), plan.checks[1].expect));
    CHECK(judge(status(200, R"({"version":"1.3.0"})"), plan.checks[1].expect)->message ==
          "answers with version 1.3.0, expected 1.2.0");
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

// Waits until it is cancelled, as a server that doesn't answer lets it.
struct SilentHttp : sys::Http {
    explicit SilentHttp(sys::Http& o) : others(o) {}
    sys::Http& others;
    std::atomic<bool> asked{false};
    Result<sys::HttpResponse> send(const sys::HttpRequest& request) override {
        if (request.url != "silent") {
            while (!asked) std::this_thread::yield();
            return others.send(request);
        }
        asked = true;
        while (!request.cancel->is_asked()) std::this_thread::yield();
        return could_not("interrupted");
    }
};

TEST_CASE("fail-fast ends what the other checks ask, which is told apart from what was not asked") {
    Bench bench;
    bench.plan.fail_fast = true;
    bench.plan.jobs = 2;
    bench.plan.checks = {get("silent"), get("bad"), get("later")};
    bench.http.answers["bad"] = {status(500)};
    SilentHttp http(bench.http);
    const auto tried = carry_out(bench.plan, http, bench.clock).value();
    CHECK(tried[0].end == Tried::End::cancelled);
    CHECK(tried[1].end == Tried::End::failed);
    CHECK(tried[2].end == Tried::End::cancelled);
    CHECK(report_of(tried, "", "").facts == "0 of 3 checks passed, 1 failed, 1 cancelled, 1 not asked");
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
    const auto waiting = expect_version(plan, "1.2.3", header);
    REQUIRE(waiting.ok());
    CHECK(waiting->ready->url == "fine");
    CHECK(waiting->ready->expect.version == "1.2.3");
    CHECK(waiting->ready->expect.version_source.name == "X-Release");
    plan.checks.pop_back();
    CHECK(expect_version(plan, "1.2.3", header).error().kind == Kind::usage);
}
