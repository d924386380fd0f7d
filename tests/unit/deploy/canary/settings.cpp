#include "deploy/canary/settings.h"
#include "config/config.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::deploy;

namespace {

// `deploy: {canary: {…}}`, and no more than that.
Result<CanarySettings> read(const std::string& keys) {
    static const Field section[] = {{"canary", Type::map, "", {}, canary_rows().fields()}};
    const auto config = config::load_text("deploy:\n  canary: {" + keys + "}\n", "fairlead.yml",
                                          {.folder = "/", .tool = "deploy", .fields = section});
    if (!config.ok()) return config.error();
    CanarySettings settings;
    const auto done = canary_rows().read(config->section("deploy")["canary"], settings);
    if (!done.ok()) return done.error();
    return settings;
}

std::string wrong(const std::string& keys) {
    const auto settings = read(keys);
    return settings.ok() ? "" : settings.error().message;
}

}

TEST_CASE("a canary has its defaults, and what is written over them") {
    const auto settings = read("min_hold: 10s").value();
    CHECK(settings.steps == std::vector{5, 25, 50, 100});
    CHECK(settings.on_undecided == "probe");
    const std::string written =
        "steps: [1, 10%, 100], min_hold: 5s, min_requests: 80, on_undecided: hold, errors: {points: 2}, "
        "latency: {quantile: 0.9, ratio: 3}, max_p95: 800ms, step_deadline: 2m, probe_paths: [/a, /b]";
    REQUIRE(wrong(written) == "");
    const auto other = read(written).value();
    CHECK(other.steps == std::vector{1, 10, 100});
    CHECK(other.min_hold == Milliseconds{5000});
    CHECK(other.errors.ratio == 2);
    CHECK(other.errors.points == 2);
    CHECK(other.latency.quantile == 0.9);
    CHECK(other.max_p95 == Milliseconds{800});
    CHECK(other.probe_paths == std::vector<std::string>{"/a", "/b"});
}

TEST_CASE("steps rise, and the last one is everything") {
    CHECK(wrong("steps: [5, 50]") ==
          "the last step is not 100; write [5, 25, 50, 100], else the old release never ends");
    CHECK(wrong("steps: []") == wrong("steps: [5, 50]"));
    CHECK(wrong("steps: [50, 25, 100]") ==
          "step 25 comes after 50; each step must give the new release more than the step before");
    CHECK(wrong("steps: [0, 100]") ==
          "step '0' is not a share of the requests; write a whole percentage from 1 to 100");
    CHECK(wrong("steps: [2.5, 100]") ==
          "step '2.5' is not a share of the requests; write a whole percentage from 1 to 100");
    CHECK(wrong("steps: [5, 101]") != "");
}

TEST_CASE("a rule that finds nothing, or harm in everything, is refused") {
    CHECK(wrong("errors: {ratio: 1}") == "errors.ratio must be more than 1 and at most 100; 2 means twice as many");
    CHECK(wrong("latency: {ratio: -2}") == "latency.ratio must be more than 1 and at most 100; 2 means twice as many");
    CHECK(wrong("errors: {points: 0}") == "errors.points must be from 0.1 to 50; 1 means 1 request in 100");
    CHECK(
        wrong("latency: {quantile: 95}") ==
        "latency.quantile must be from 0.5 to 0.99; 0.95 compares with the time that 95 % of the requests stay below");
    CHECK(wrong("step_deadline: 10s") == "step_deadline 10s ends before min_hold 30s is over");
    CHECK(wrong("on_undecided: wait") != "");
    CHECK(wrong("min_requests: 0") != "");
}
