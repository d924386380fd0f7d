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
    CHECK(judge(response, health, release).problem == "version 0.9 answers, expected 1.0");
    response.status = 503;
    CHECK(judge(response, health, release).problem == "answers 503");
    response.failure = sys::HttpFailure::refused;
    response.status = 0;
    CHECK(judge(response, health, release).unreachable);
}
