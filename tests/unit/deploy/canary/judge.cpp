#include "deploy/canary/judge.h"
#include "simulation.h"
#include "support/catch.h"
#include "sys/data/json.h"

using namespace fairlead;
using namespace fairlead::deploy;

namespace {

using Verdict = Canary::Verdict;
using Source = Canary::Source;
using Of = Answer::Of;
constexpr Milliseconds second{1000};

struct Played {
    CanarySettings settings = {};
    Source source = Source::log;
    Canary canary{settings, source};

    void users(int count, Of of, int status = 200, double ms = 20) {
        for (int i = 0; i < count; ++i) canary.add({of, status, ms + i % 10});
    }
    void probes(int count, int status = 200) {
        for (int i = 0; i < count; ++i) {
            canary.add_probe({Of::old, 200, 20});
            canary.add_probe({Of::fresh, status, 20});
        }
    }
    Verdict at(Milliseconds in_step) { return canary.judge(in_step).verdict; }
};

}

TEST_CASE("a good release gets more when its step has lasted long enough") {
    Played one;
    one.canary.next_step();
    one.users(1000, Of::old);
    CHECK(one.at(10 * second) == Verdict::open);
    one.users(600, Of::fresh);
    CHECK(one.at(29 * second) == Verdict::open);
    CHECK(one.at(30 * second) == Verdict::pass);
    one.canary.next_step();
    CHECK(one.at(1 * second) == Verdict::open);
    CHECK(one.at(30 * second) == Verdict::pass); // by what it showed before
}

TEST_CASE("a step that is judged again after an outage is the same step, whose times are compared") {
    Played one;
    one.users(1000, Of::old);
    for (int begun = 0; begun < 6; ++begun) one.canary.begin_step(0); // as many as there are steps
    for (int i = 0; i < 100; ++i) {
        one.users(10, Of::old);
        one.users(10, Of::fresh, 200, 200);
    }
    CHECK(one.at(2 * second) == Verdict::abort);
}

TEST_CASE("a sick one goes back at once, and what it did is told") {
    Played one;
    one.canary.next_step();
    one.users(1000, Of::old);
    one.users(40, Of::fresh);
    one.users(12, Of::fresh, 503);
    const auto look = one.canary.judge(2 * second);
    CHECK(look.verdict == Verdict::abort);
    CHECK(look.reason == "12 requests failed, most of the last 20");
}

TEST_CASE("errors that the floor doesn't see are told beside the old release's") {
    Played one;
    one.canary.next_step();
    one.users(1000, Of::old);
    for (int i = 0; i < 20; ++i) {
        one.users(9, Of::fresh);
        one.users(1, Of::fresh, 0); // no connection
    }
    CHECK(one.canary.judge(2 * second).reason ==
          "20 of 200 requests of the new release failed, and 0 of 1000 of the old release");
    CHECK(one.canary.to_json()["users"]["new"]["failed"] == 20);
}

TEST_CASE("a slower one goes back, and an error page's speed counts for nothing") {
    Played one;
    for (int i = 0; i < 500; ++i) one.canary.add_before({Of::old, 200, 20.0 + i % 10});
    one.canary.next_step();
    for (int i = 0; i < 10; ++i) {
        one.users(100, Of::old);
        one.users(10, Of::fresh, 200, 40);
    }
    const auto look = one.canary.judge(2 * second);
    CHECK(look.verdict == Verdict::abort);
    CHECK(look.reason ==
          "100 of 100 requests of the new release took longer than 29 ms, and 0 of 1000 of the old release");
}

TEST_CASE("a slower typical request goes back, though the old release's slowest take longer still") {
    const auto play = [](Canary& canary, Of of, int count, int late, double late_ms, double usual_ms, int from = 0) {
        for (int i = from; i < from + count; ++i) {
            const int turn = i * 37 % 100; // no two that are late come together
            canary.add({of, 200, turn < late ? late_ms : usual_ms + i % 10});
        }
    };
    const CanarySettings settings;
    Canary slow(settings, Source::log), equal(settings, Source::log);
    for (auto* one : {&slow, &equal}) {
        for (int i = 0; i < 500; ++i) one->add_before({Of::old, 200, i % 10 == 0 ? 150.0 : 20.0 + i % 10});
        one->next_step();
        for (int i = 0; i < 10; ++i) {
            play(*one, Of::old, 100, 10, 150, 20);
            if (one == &slow) play(*one, Of::fresh, 10, 10, 150, 50, 10 * i);
        }
    }
    const auto look = slow.judge(2 * second);
    CHECK(look.verdict == Verdict::abort);
    CHECK(look.reason == "100 of 100 requests of the new release took longer than 39 ms (1.5 times the old release's "
                         "median), and 100 of 1000 of the old release");
    const auto told = slow.to_json()["users"];
    CHECK(told["typical_bar_ms"] == 39.0);
    CHECK(told["new"]["above_typical"] == 100);
    CHECK(told["old"]["above_typical"] == 100);
    CHECK(told["new"]["slow"] == 0);

    play(equal, Of::fresh, 500, 14, 60, 20); // more than the old release's 10 %, less than twice as many
    CHECK(equal.judge(30 * second).verdict == Verdict::open);
    play(equal, Of::fresh, 500, 6, 60, 20);
    CHECK(equal.judge(30 * second).verdict == Verdict::pass);
}

TEST_CASE("times that a machine's other work makes long are nobody's, though the bar is of before") {
    const auto play = [](int old_late, int fresh_late) { // of a hundred requests that come while the machine is busy
        Played one;
        for (int i = 0; i < 500; ++i) one.canary.add_before({Of::old, 200, 20.0 + i % 10});
        one.canary.next_step();
        deploy::testing::Dice dice(1);
        const auto answer = [&](Of of, int number, int late) {
            one.canary.add({of, 200, dice.happens(late / 100.0) ? 60 : 20.0 + number % 10});
        };
        for (int i = 0; i < 2000; ++i) answer(Of::old, i, 0); // it is not yet
        for (int i = 0; i < 600; ++i) {
            answer(Of::old, i, old_late);
            answer(Of::fresh, i + 50, fresh_late);
        }
        return one.canary.judge(30 * second).verdict;
    };
    CHECK(play(30, 30) == Verdict::pass);
    CHECK(play(30, 34) == Verdict::pass);
    CHECK(play(30, 70) == Verdict::abort);
    CHECK(play(0, 30) == Verdict::abort);
}

TEST_CASE("times are compared while the new release has no more requests than the old one") {
    Played one;
    for (int i = 0; i < 500; ++i) one.canary.add_before({Of::old, 200, 20.0 + i % 10});
    for (const bool late : {false, false, false, true}) { // 5, 25, 50 and 100 %
        one.canary.next_step();
        if (!late) one.users(1000, Of::old);
        one.users(600, Of::fresh, 200, late ? 40 : 20);
        CHECK(one.at(30 * second) == Verdict::pass);
    }
    one.users(20, Of::fresh, 500);
    CHECK(one.at(31 * second) == Verdict::abort);
}

TEST_CASE("max_p95 holds whatever the old release does") {
    Played one;
    one.settings.max_p95 = Milliseconds{30};
    Canary canary(one.settings, Source::log);
    canary.next_step();
    for (int i = 0; i < 200; ++i) {
        canary.add({Of::old, 200, 50});
        canary.add({Of::fresh, 200, 50});
    }
    CHECK(canary.judge(2 * second).reason == "200 of 200 requests took longer than max_p95 30ms");
}

TEST_CASE("a quiet service is neither taken back nor waved through") {
    Played one;
    one.canary.next_step();
    one.users(30, Of::old);
    one.users(3, Of::fresh);
    CHECK(one.at(599 * second) == Verdict::open);
    CHECK(one.at(600 * second) == Verdict::probe);
    CHECK(one.at(1199 * second) == Verdict::probe);
    const auto look = one.canary.judge(1200 * second);
    CHECK(look.verdict == Verdict::hold);
    CHECK(look.reason == "3 requests of the new release within 20m are too few for a verdict");
    one.probes(400);
    CHECK(one.at(601 * second) == Verdict::pass);
    one.canary.next_step();
    CHECK(one.at(30 * second) == Verdict::pass); // the next step needn't wait for its deadline again
}

TEST_CASE("questions of ours don't outvote users that fail") {
    Played one;
    one.canary.next_step();
    one.users(100, Of::old);
    one.users(20, Of::fresh);
    one.users(4, Of::fresh, 500);
    one.probes(400);
    CHECK(one.at(700 * second) == Verdict::probe);
    one.probes(100, 500);
    CHECK(one.at(700 * second) == Verdict::abort);
}

TEST_CASE("what is done without a verdict is the settings' choice") {
    for (const auto& [word, verdict] : {std::pair("hold", Verdict::hold), std::pair("abort", Verdict::abort),
                                        std::pair("promote", Verdict::promoted)}) {
        CanarySettings settings;
        settings.on_undecided = word;
        Canary canary(settings, Source::log);
        canary.next_step();
        CHECK(canary.judge(599 * second).verdict == Verdict::open);
        CHECK(canary.judge(600 * second).verdict == verdict);
        CHECK(name_of(verdict) == (verdict == Verdict::promoted ? "promoted" : word));
    }
}

TEST_CASE("each setting of a canary moves its verdict") {
    // The old release fails and is slow as often as said, in a hundred requests; so does the new one.
    const auto verdict = [](const CanarySettings& settings, int old_failed, int failed, int slow, int count = 600,
                            Milliseconds in_step = 30 * second) {
        Played one{settings};
        one.canary.next_step();
        const auto play = [&](Of of, int number, int bad, int late) {
            const int turn = number * 37 % 100; // no two that are bad come together
            const bool fails = turn < bad, lags = turn >= 100 - late;
            one.canary.add({of, fails ? 500 : 200, lags ? 33.0 : 20.0 + number % 10});
        };
        for (int i = 0, old = 0; i < count; ++i) {
            for (; old < 1000 * (i + 1) / count; ++old) play(Of::old, old, old_failed, 0);
            play(Of::fresh, i, failed, slow);
        }
        return one.at(in_step);
    };
    CanarySettings mine;
    CHECK(verdict(mine, 0, 0, 0, 600, 5 * second) == Verdict::open);
    mine.min_hold = 5 * second;
    CHECK(verdict(mine, 0, 0, 0, 600, 5 * second) == Verdict::pass);
    CHECK(verdict(mine, 0, 0, 0, 3, 120 * second) == Verdict::open);
    mine.step_deadline = 120 * second;
    CHECK(verdict(mine, 0, 0, 0, 3, 120 * second) == Verdict::probe);
    CHECK(verdict(mine, 0, 20, 0, 40) == Verdict::open);
    mine.min_requests = 20;
    CHECK(verdict(mine, 0, 20, 0, 40) == Verdict::abort);

    mine = {};
    CHECK(verdict(mine, 0, 2, 0) == Verdict::abort);
    mine.errors.points = 20;
    CHECK(verdict(mine, 0, 2, 0) == Verdict::pass);
    mine = {};
    CHECK(verdict(mine, 10, 17, 0) == Verdict::abort);
    mine.errors.ratio = 3;
    CHECK(verdict(mine, 10, 17, 0) == Verdict::pass);
    mine = {};
    CHECK(verdict(mine, 0, 0, 15) == Verdict::abort);
    mine.latency.ratio = 10;
    CHECK(verdict(mine, 0, 0, 15) == Verdict::pass);
    mine = {};
    mine.latency.quantile = 0.5; // half of the old release's are above it
    CHECK(verdict(mine, 0, 0, 15) == Verdict::pass);
}

TEST_CASE("counters know no times, so both are asked from the start") {
    const CanarySettings settings;
    Canary canary(settings, Source::counters);
    canary.next_step();
    canary.add({2000, 0}, {500, 0});
    CHECK(canary.judge(30 * second).verdict == Verdict::probe);
    for (int i = 0; i < 300; ++i) {
        canary.add_probe({Of::old, 200, 20});
        canary.add_probe({Of::fresh, 200, 20});
    }
    CHECK(canary.judge(30 * second).verdict == Verdict::pass);
    canary.add({0, 0}, {100, 50});
    CHECK(canary.judge(30 * second).verdict == Verdict::abort);
}

TEST_CASE("4xx only warn") {
    Played one;
    one.canary.next_step();
    one.users(1000, Of::old);
    one.users(600, Of::fresh);
    one.users(100, Of::fresh, 404);
    CHECK(one.at(30 * second) == Verdict::pass);
    CHECK(one.canary.warning() ==
          "100 of 700 requests of the new release were answered by 4xx, and 0 of 1000 of the old release");
}
