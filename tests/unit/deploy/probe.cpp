#include "deploy/probe.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::deploy;

TEST_CASE("an answer is judged by its status and its version") {
    Health health;
    const ReleaseInfo release{.id = "1.0-abc", .version = "1.0", .commit = "c0ffee"};
    sys::HttpResponse response;
    response.status = 200;
    CHECK(judge(response, health, release).good);
    health.version_pointer = "/build/version";
    CHECK_FALSE(judge(response, health, release).good);
    for (const auto* version : {"1.0-abc", "1.0", "c0ffee"}) {
        response.body = "{\"build\":{\"version\":\"" + std::string(version) + "\"}}";
        CHECK(judge(response, health, release).good);
    }
    const ReleaseInfo changed{.id = "x-abc", .version = "x", .commit = "c0ffee-dirty"}; // it knows the commit below
    CHECK(judge(response, health, changed).good);
    response.body = "{\"build\":{\"version\":\"0.9\"}}";
    CHECK(judge(response, health, release).problem == "answers with version 0.9, expected 1.0");
    response.status = 503;
    CHECK(judge(response, health, release).problem == "answers 503");
    response.failure = sys::HttpFailure::refused;
    response.status = 0;
    CHECK(judge(response, health, release).unreachable);
}

TEST_CASE("the statuses that are accepted are those from the lowest to the highest") {
    Health health;
    health.lowest = 200;
    health.highest = 204;
    const auto good = [&](int status) {
        sys::HttpResponse response;
        response.status = status;
        return judge(response, health, {}).good;
    };
    for (const int status : {200, 202, 204}) CHECK(good(status));
    for (const int status : {199, 205, 500}) CHECK_FALSE(good(status));
}

TEST_CASE("an answer that broke off is no answer, whatever status it began with") {
    sys::HttpResponse response;
    response.status = 200;
    response.failure = sys::HttpFailure::timeout;
    const auto judged = judge(response, Health{}, {});
    CHECK_FALSE(judged.good);
    CHECK_FALSE(judged.unreachable);
    CHECK(judged.problem.find("no complete answer") != std::string::npos);
}
