#include "deploy/canary/sequential.h"
#include "simulation.h"
#include "support/catch.h"
#include "sys/process/confine.h"
#include <cmath>
#include <fmt/format.h>

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;

namespace {

constexpr std::uint64_t seed = 20261122;

// One test of errors alone: shares in per cent, per cent aborted, requests of the new release until it was decided.
struct Row {
    double old_share, new_share, aborted, median;
};
constexpr Row errors_table[] = {{0, 0, 0, 300},   {0.1, 0.1, 1, 300},  {1, 1, 0.3, 740},    {5, 5, 0.3, 160},
                                {0, 2, 100, 140}, {0.1, 0.5, 49, 540}, {0.1, 1.1, 95, 300}, {1, 3, 99, 420},
                                {1, 10, 100, 80}, {5, 10, 95, 200},    {0, 50, 100, 60}};

// As in tests/e2e/canary_live.py.
CanarySettings short_steps() {
    CanarySettings settings;
    settings.min_hold = std::chrono::seconds{2};
    return settings;
}

// Of each, the old release's p95 is some times its median, so that it hides what the typical request does.
const Service long_tail{.spread = 1.0},     // p95 207 ms, 5 times the median
    waiting{.spread = 0.3, .waits = 0.1},   // p95 199 ms, 5 times the median, and not the release's doing
    loaded{.per_second = 100, .busy = 0.5}, // half of the seconds: all take four times as long
    shared{.spread = 0.3, .per_second = 300, .spell = 5, .settings = short_steps()}; // the same for 5 s at a time

Service slower(Service service, double times) {
    service.slower = times;
    return service;
}

const std::pair<const char*, Service> services[] = {
    {"no errors, no difference", {}},
    {"0.1 % errors, no difference", {.old_errors = 0.001, .new_errors = 0.001}},
    {"1 %, no difference", {.old_errors = 0.01, .new_errors = 0.01}},
    {"5 %, no difference", {.old_errors = 0.05, .new_errors = 0.05}},
    {"1 % in bursts of 5, no difference", {.old_errors = 0.01, .new_errors = 0.01, .burst = 5}},
    {"1 % in bursts of 20, no difference", {.old_errors = 0.01, .new_errors = 0.01, .burst = 20}},
    {"0.1 %, and in 2 % of the seconds 10 % of all requests fail",
     {.old_errors = 0.001, .new_errors = 0.001, .both_bursts = 0.02}},
    {"no errors, no difference, 10 requests a second", {.per_second = 10}},
    {"no errors, times hardly differ, no difference", {.spread = 0.01}},
    {"0 → 0.5 % (less than promised)", {.new_errors = 0.005}},
    {"0 → 1.1 %", {.new_errors = 0.011}},
    {"0 → 5 %", {.new_errors = 0.05}},
    {"0 → 50 %", {.new_errors = 0.5}},
    {"1 → 3 %", {.old_errors = 0.01, .new_errors = 0.03}},
    {"1 → 3 % from the third step on", {.old_errors = 0.01, .new_errors = 0.03, .sick_from_step = 2}},
    {"10 % slower (less than promised)", {.slower = 1.1}},
    {"20 % slower", {.slower = 1.2}},
    {"100 % slower", {.slower = 2}},
    {"10 % slower, where times hardly differ", {.slower = 1.1, .spread = 0.01}},
    {"100 % slower from the third step on", {.slower = 2, .sick_from_step = 2}},
    {"a long tail, no difference", long_tail},
    {"a long tail, 10 % slower (less than promised)", slower(long_tail, 1.1)},
    {"a long tail, 100 % slower", slower(long_tail, 2)},
    {"one in ten waits, no difference", waiting},
    {"one in ten waits, 10 % slower (less than promised)", slower(waiting, 1.1)},
    {"one in ten waits, 50 % slower", slower(waiting, 1.5)},
    {"one in ten waits, 100 % slower", slower(waiting, 2)},
    {"a loaded machine, no difference", loaded},
    {"a loaded machine, 10 % slower (less than promised)", slower(loaded, 1.1)},
    {"a loaded machine, 100 % slower", slower(loaded, 2)},
    {"short steps, and other work comes and goes, no difference", shared},
    {"short steps, and other work comes and goes, 100 % slower", slower(shared, 2)},
};

void print(const std::string& name, const Ended& ended) {
    fmt::print("| {} | {:.1f} % | {:.1f} % | {:.1f} % | {:.0f} ({:.0f}) |\n", name, ended.percent(ended.aborted),
               ended.percent(ended.passed), ended.percent(ended.open), ended.quantile(0.5), ended.quantile(0.95));
}

}

// The table of docs/deploy-canary-judge.md: build/dev/bin/unit_deploy "[canary-table]"
TEST_CASE("how often the rules of a canary err, as a table", "[.][canary-table]") {
    for (const auto& row : errors_table)
        print(fmt::format("{} → {} %", row.old_share, row.new_share),
              errors_alone(row.old_share / 100, row.new_share / 100, 2000, seed));
    for (const auto& [name, service] : services) print(name, whole(service, 1000, seed));
}

TEST_CASE("the test of errors errs as often as it was simulated elsewhere") {
    for (const auto& row : errors_table) {
        CAPTURE(row.old_share, row.new_share);
        const auto ended = errors_alone(row.old_share / 100, row.new_share / 100, 300, seed + 6);
        CHECK(std::abs(ended.percent(ended.aborted) - row.aborted) <= 3);
        CHECK(std::abs(ended.quantile(0.5) - row.median) <= std::max(40.0, row.median / 10));
    }
}

TEST_CASE("a whole canary calls hardly a good release sick, and stops a sick one") {
    for (const auto& [name, service] : services) {
        CAPTURE(name);
        if (service.both_bursts > 0) continue; // neither
        const auto ended = whole(service, sys::sanitized ? 3 : 30, seed);
        if (sys::sanitized) { // too few to judge
            CHECK(ended.aborted + ended.passed + ended.open == 3);
            continue;
        }
        const bool sick = service.new_errors >= 0.011 && service.new_errors > service.old_errors;
        if (sick || service.slower >= 1.2 || (service.slower > 1 && service.spread < 0.1))
            CHECK(ended.aborted >= 27);
        else if (service.slower == 1 && service.new_errors == service.old_errors)
            CHECK(ended.aborted <= 1);
    }
}

TEST_CASE("a doubled median is seen though the old release's tail hides it") {
    if (sys::sanitized) { // the figures below take minutes there
        CHECK(whole(slower(long_tail, 2), 5, seed).aborted >= 4);
        return;
    }
    for (const auto& [name, service] : {std::pair("a long tail", long_tail), std::pair("one in ten waits", waiting)}) {
        CAPTURE(name);
        CHECK(whole(service, 100, seed).aborted <= 2);
        CHECK(whole(slower(service, 1.1), 100, seed).aborted <= 50); // less than promised
        const auto doubled = whole(slower(service, 2), 100, seed);
        CHECK(doubled.aborted > 95);
        CHECK(doubled.quantile(0.95) < 200); // requests that met it
    }
    CHECK(whole(loaded, 100, seed).aborted <= 2);
    CHECK(whole(slower(loaded, 2), 100, seed).passed <= 1);
    CHECK(whole(shared, 100, seed).passed >= 95);
    CHECK(whole(slower(shared, 2), 100, seed).aborted >= 95);
}

TEST_CASE("where most of the old release's requests are bad, half as many good ones are the harm") {
    const Harm harm{2, 0, 0.05};
    CHECK(evidence({100, 50}, 0.5, harm) < 0); // as bad as it was
    CHECK(evidence({100, 75}, 0.5, harm) > 0);
    CHECK(evidence({100, 90}, 0.5, harm) > 10);
}

TEST_CASE("nothing is decided by few requests of either release") {
    Criterion one({}, {}, 4, 50);
    one.add_fresh({5000, 0});
    one.add_old({49, 0});
    CHECK(one.judge() == Judged::open);
    Criterion other({}, {}, 4, 50);
    other.add_old({5000, 0});
    other.add_fresh({49, 49});
    CHECK(other.judge() == Judged::open);
    other.add_fresh({1, 1});
    CHECK(other.judge() == Judged::abort);
}

TEST_CASE("a step may pass by what the steps before counted, unless it speaks for harm itself") {
    Criterion one({}, {}, 4, 50);
    one.add_old({5000, 0});
    one.add_fresh({1000, 0});
    CHECK(one.judge() == Judged::pass);
    one.next_step();
    CHECK(one.judge() == Judged::pass);
    one.add_fresh({20, 2});
    CHECK(one.judge() == Judged::open);
    one.add_fresh({40, 4});
    CHECK(one.judge() == Judged::abort);
}

TEST_CASE("what troubles both releases in a step is not the new one's") {
    Criterion one({}, {}, 4, 50);
    one.add_before({10'000, 0});
    one.add_old({100, 20});
    one.add_fresh({100, 20});
    CHECK(one.judge() != Judged::abort);
}

TEST_CASE("ten failed requests, and most of the last twenty, are enough") {
    HardFloor floor;
    floor.add({9, 9});
    CHECK_FALSE(floor.reached());
    floor.add({1, 1});
    CHECK_FALSE(floor.reached()); // ten of twenty are half of them
    floor.add({1, 1});
    CHECK(floor.reached());
    floor.add({10, 0});
    CHECK_FALSE(floor.reached());
    floor.add({1000, 600});
    CHECK(floor.reached());
}

TEST_CASE("what is bad together counts less than what is bad by chance") {
    Dispersion alone, bursts;
    for (int i = 0; i < 10'000; ++i) {
        alone.add({1, i % 100 == 0});
        bursts.add({1, i % 2000 < 20});
    }
    CHECK(alone.factor() == 1);
    CHECK(bursts.factor() > 10);
    Dispersion all, none;
    for (int i = 0; i < 2000; ++i) {
        all.add({1, 1});
        none.add({1, 0});
    }
    CHECK(all.factor() == 1);
    CHECK(none.factor() == 1);
}
