#pragma once
#include "smoke/runner.h"
#include "support/catch.h"
#include <deque>
#include <map>
#include <mutex>

// A run against a server and a clock of the tests' own.
namespace fairlead::test {

using namespace fairlead::smoke;

inline sys::HttpResponse status(int code, std::string body = "") {
    sys::HttpResponse response;
    response.status = code;
    response.body = std::move(body);
    response.total = Milliseconds{1};
    response.sent_any = true;
    return response;
}

inline sys::HttpResponse failed(sys::HttpFailure failure) {
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
    Milliseconds takes{1};
    std::vector<Milliseconds> timeouts;
    std::vector<bool> fresh;
    std::mutex mutex;
    Result<sys::HttpResponse> send(const sys::HttpRequest& request) override {
        clock.sleep(takes);
        const std::lock_guard guard(mutex);
        timeouts.push_back(request.timeout);
        fresh.push_back(request.fresh_connection);
        ++asked[request.url];
        auto& queue = answers[request.url];
        if (queue.empty()) return usage("no such URL in the test");
        auto response = queue.front();
        if (queue.size() > 1) queue.pop_front();
        return response;
    }
};

inline Check get(std::string url) { return {.name = url, .url = url}; }

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
