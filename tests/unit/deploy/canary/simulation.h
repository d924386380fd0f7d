#pragma once
#include "deploy/canary/judge.h"
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

// Services that don't exist, whose canaries are judged: how often the rules err can only be found by playing them.
namespace fairlead::deploy::testing {

struct Ended {
    int aborted = 0, passed = 0, open = 0;
    std::vector<double> took; // candidate's requests until it was decided
    double percent(int part) const { return 100.0 * part / std::max(1, aborted + passed + open); }
    double quantile(double share) const {
        if (took.empty()) return 0;
        auto sorted = took;
        std::sort(sorted.begin(), sorted.end());
        return sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(share * double(sorted.size())))];
    }
};

// The same on every machine: no distribution of the library's.
class Dice {
  public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}
    double uniform() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }
    bool happens(double share) { return uniform() < share; }
    double normal() { // Box and Muller
        return std::sqrt(-2 * std::log(1 - uniform())) * std::cos(6.283185307179586 * uniform());
    }

  private:
    std::mt19937_64 engine_;
};

// deploy.md's 9.2: errors alone, 10 % of the requests, 2,000 of the old release before, a look every 20 of the new
// one's, at most 6,000.
inline Ended errors_alone(double old_share, double new_share, int runs, std::uint64_t seed) {
    Dice dice(seed);
    Ended ended;
    const Harm harm;
    for (int run = 0; run < runs; ++run) {
        Counted old, fresh;
        for (int i = 0; i < 2000; ++i) old += {1, dice.happens(old_share)};
        auto judged = Judged::open;
        while (judged == Judged::open && fresh.requests < 6000) {
            for (int i = 0; i < 180; ++i) old += {1, dice.happens(old_share)};
            for (int i = 0; i < 20; ++i) fresh += {1, dice.happens(new_share)};
            if (fresh.requests >= 50) judged = decide(evidence(fresh, expected(old, harm), harm), {});
        }
        (judged == Judged::abort ? ended.aborted : judged == Judged::pass ? ended.passed : ended.open) += 1;
        if (judged != Judged::open) ended.took.push_back(static_cast<double>(fresh.requests));
    }
    return ended;
}

// A whole canary, 5, 25, 50 and 100 %, by the log, looked at each second.
struct Service {
    double old_errors = 0, new_errors = 0;
    double slower = 1;   // times the old release's times
    double spread = 0.5; // of the logarithm of times, whose median is 40 ms
    int per_second = 100;
    int burst = 1;          // errors come in such numbers, as rarely as their share says
    int sick_from_step = 0; // index of the step with which new_errors and slower begin
    double both_bursts = 0; // share of seconds in which a tenth of all requests fails, whoever has them
    double busy = 0;        // share of seconds in which all requests take four times as long, whoever has them
    int spell = 0;          // seconds in the middle that it stays so, and that it stays otherwise
    double waits = 0;       // share of requests that wait 160 ms more in the middle for something else: a lock, a CPU
    CanarySettings settings = {};
};

// Users' requests of one service, one after another.
class Played {
  public:
    Played(const Service& service, Dice& dice) : service_(service), dice_(dice) {}
    void next_second() {
        trouble_ = dice_.happens(service_.both_bursts);
        if (service_.spell > 0)
            busy_ = busy_ != dice_.happens(1.0 / service_.spell);
        else
            busy_ = service_.busy > 0 && dice_.happens(service_.busy);
    }
    Answer answer(Answer::Of of, bool sick) {
        const double share = sick ? service_.new_errors : service_.old_errors;
        auto& left = left_[of == Answer::Of::fresh];
        if (left == 0 && dice_.happens(share / service_.burst)) left = service_.burst;
        const bool bad = left > 0 || (trouble_ && dice_.happens(0.1));
        left = std::max(0, left - 1);
        double ms = 40 * std::exp(service_.spread * dice_.normal()) * (sick ? service_.slower : 1);
        if (service_.waits > 0 && dice_.happens(service_.waits)) ms += 160 * std::exp(0.5 * dice_.normal());
        if (busy_) ms *= 4;
        return {of, bad ? 500 : 200, std::floor(ms)};
    }

  private:
    const Service& service_;
    Dice& dice_;
    bool trouble_ = false, busy_ = false;
    int left_[2] = {0, 0}; // of a burst
};

inline Canary::Verdict play(const Service& service, Dice& dice, double& met) {
    using Verdict = Canary::Verdict;
    Canary canary(service.settings, Canary::Source::log);
    Played users(service, dice);
    for (int i = 0; i < 2000; ++i) canary.add_before(users.answer(Answer::Of::old, false));
    for (std::size_t step = 0; step < service.settings.steps.size(); ++step) {
        canary.next_step();
        auto verdict = Verdict::open;
        for (int second = 1; verdict == Verdict::open; ++second) {
            users.next_second();
            for (int i = 0; i < service.per_second; ++i) {
                const bool fresh = dice.happens(service.settings.steps[step] / 100.0);
                met += fresh;
                const auto one = users.answer(fresh ? Answer::Of::fresh : Answer::Of::old,
                                              fresh && static_cast<int>(step) >= service.sick_from_step);
                if (second > 5) canary.add(one); // those before are left out by whoever reads the log
            }
            verdict = canary.judge(std::chrono::seconds{second}).verdict;
        }
        if (verdict != Verdict::pass) return verdict;
    }
    return Verdict::pass;
}

inline Ended whole(const Service& service, int runs, std::uint64_t seed) {
    Dice dice(seed);
    Ended ended;
    for (int run = 0; run < runs; ++run) {
        double met = 0;
        const auto verdict = play(service, dice, met);
        (verdict == Canary::Verdict::abort  ? ended.aborted
         : verdict == Canary::Verdict::pass ? ended.passed
                                            : ended.open) += 1;
        ended.took.push_back(met);
    }
    return ended;
}

}
