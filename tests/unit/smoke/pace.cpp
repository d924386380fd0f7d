#include "smoke/pace.h"
#include "bench.h"
#include <condition_variable>
#include <thread>

using namespace fairlead;
using namespace fairlead::test;

namespace {

// Counts how many requests are under way at each host. The first request to `busy` lasts until a second one is there.
struct CountingHttp : sys::Http {
    std::string busy;
    std::mutex mutex;
    std::condition_variable came;
    std::map<std::string, int> now, most;
    Result<sys::HttpResponse> send(const sys::HttpRequest& request) override {
        const auto host = sys::origin_of(request.url);
        std::unique_lock lock(mutex);
        most[host] = std::max(most[host], ++now[host]);
        came.notify_all();
        if (host == busy) came.wait_for(lock, std::chrono::seconds{60}, [&] { return most[host] >= 2; });
        lock.unlock();
        std::this_thread::sleep_for(Milliseconds{5});
        lock.lock();
        --now[host];
        return status(200);
    }
};

sys::HttpRequest request_to(std::string url) {
    sys::HttpRequest request;
    request.url = std::move(url);
    return request;
}

}

TEST_CASE("no host gets more requests at a time than are allowed, and another host is not held up") {
    CountingHttp http;
    http.busy = "http://a:80";
    Pace pace(http, sys::real_clock(), {.per_host = 2, .rate = 0});
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i)
            threads.emplace_back([&, i] {
                const auto answer = pace.send(request_to(i % 4 == 3 ? "http://b/" : "http://a/"));
                CHECK((answer.ok() && answer->status == 200));
            });
    }
    CHECK(http.most["http://a:80"] == 2);
    CHECK(http.most["http://b:80"] >= 1);
}

TEST_CASE("requests start no faster than the rate") {
    TestClock clock;
    TestHttp http(clock);
    http.takes = Milliseconds{0};
    http.answers["http://a/"] = {status(200)};
    Pace pace(http, clock, {.per_host = 0, .rate = 20});
    const auto begin = clock.steady();
    for (int i = 0; i < 5; ++i) REQUIRE(pace.send(request_to("http://a/")).ok());
    CHECK(clock.steady() - begin >= Milliseconds{200});
    CHECK(clock.steady() - begin <= Milliseconds{230});
}

TEST_CASE("a request whose turn doesn't come in time is a timeout, and is not sent") {
    TestClock clock;
    TestHttp http(clock);
    http.takes = Milliseconds{0};
    http.answers["http://a/"] = {status(200)};
    Pace pace(http, clock, {.per_host = 0, .rate = 1});
    REQUIRE(pace.send(request_to("http://a/"))->status == 200);
    auto hasty = request_to("http://a/");
    hasty.timeout = Milliseconds{300};
    const auto answer = pace.send(hasty);
    REQUIRE(answer.ok());
    CHECK(answer->failure == sys::HttpFailure::timeout);
    CHECK(answer->reason == "the request was not sent: its turn did not come within 300ms");
    CHECK(http.asked["http://a/"] == 1);
}

TEST_CASE("the wait counts toward the timeout of a request") {
    TestClock clock;
    TestHttp http(clock);
    http.takes = Milliseconds{0};
    http.answers["http://a/"] = {status(200)};
    Pace pace(http, clock, {.per_host = 0, .rate = 10});
    auto request = request_to("http://a/");
    request.timeout = Milliseconds{1000};
    REQUIRE(pace.send(request).ok());
    REQUIRE(pace.send(request).ok());
    REQUIRE(http.timeouts.size() == 2);
    CHECK(http.timeouts[0] == Milliseconds{1000});
    CHECK(http.timeouts[1] <= Milliseconds{900});
}
