#include "smoke/compare/speed.h"
#include "smoke/compare/slower.h"
#include "sys/files/log.h"
#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace fairlead::smoke::compare {

namespace {

using Exact = std::chrono::duration<double, std::milli>;
constexpr double shortest_ms = 0.001; // the logarithm of 0 is none

std::string shown_ms(double ms) {
    return ms < 10 ? fmt::format("{:.2g}ms", ms) : format_duration(Milliseconds{static_cast<std::int64_t>(ms + 0.5)});
}

class Stopwatch {
  public:
    Stopwatch(Sender& sender, const Compared& pair, int status) : sender_(sender), pair_(pair), status_(status) {}

    // Nothing: one of both gave no such answer; see fault().
    std::optional<TimePair> time_pair(bool old_first) {
        TimePair times;
        for (const bool is_old : {old_first, !old_first})
            if (!time(is_old ? pair_.old : pair_.fresh, is_old ? "old" : "new", is_old ? times.old : times.fresh))
                return {};
        return times;
    }
    const std::string& fault() const { return fault_; }
    const sys::HttpResponse& last() const { return last_; }

  private:
    // By the clock, because the times of an answer are whole milliseconds; but with limits.rate the clock would count
    // the wait for the request's turn.
    bool time(const Check& check, std::string_view name, double& ms) {
        if (sender_.given_up() || sender_.left() < smallest_attempt) return false;
        const auto begin = sender_.now();
        last_ = sender_.send(check, Connection::kept);
        const Exact took = sender_.plan().limits.rate > 0 ? Exact(last_.total) : Exact(sender_.now() - begin);
        ms = std::max(took.count(), shortest_ms);
        const bool has_answer = last_.failure == sys::HttpFailure::none;
        if (has_answer && last_.status == status_) return true;
        fault_ = fmt::format("the {} release ({}): {}", name, check.url,
                             has_answer ? fmt::format("status {}, before {}", last_.status, status_) : last_.reason);
        return false;
    }

    Sender& sender_;
    const Compared& pair_;
    const int status_;
    std::string fault_;
    sys::HttpResponse last_;
};

std::string level_text(const Comparison& comparison) {
    const auto level = fmt::format("level of error {:g}%", comparison.level * 100);
    const auto checks = comparison.checks.size();
    return checks == 1 ? level : fmt::format("{} for the {} checks together", level, checks);
}

void judge_speed(const Comparison& comparison, const Compared& pair, std::span<const TimePair> times, Tried& tried) {
    const auto level = comparison.level / static_cast<double>(comparison.checks.size());
    const auto found = judge_times(times, comparison.slower, level);
    tried.time = Milliseconds{static_cast<std::int64_t>(found.fresh_median + 0.5)};
    const auto medians = fmt::format("median {}, was {}", shown_ms(found.fresh_median), shown_ms(found.old_median));
    const auto test = fmt::format("Wilcoxon's signed-rank test of {} pairs: p = {:.2g}, {}", times.size(), found.chance,
                                  level_text(comparison));
    tried.facts = {{"median", shown_ms(found.fresh_median)},
                   {"old median", shown_ms(found.old_median)},
                   {"ratio", fmt::format("{:.2f}", found.ratio)},
                   {"p", fmt::format("{:.2g}", found.chance)},
                   {"pairs", std::to_string(times.size())}};
    if (found.is_slower) {
        tried.end = Tried::End::failed;
        tried.wrong = {"smoke/slower", fmt::format("takes {:.2f} times as long as {}: {}; at most {:g} times is "
                                                   "allowed ({})",
                                                   found.ratio, pair.old.url, medians, comparison.slower, test)};
        return;
    }
    tried.end = Tried::End::passed;
    if (found.ratio > comparison.slower)
        sys::log_info(fmt::format("{}: takes {:.2f} times as long as {} ({}), but that may be by chance ({})",
                                  tried.check.name, found.ratio, pair.old.url, medians, test));
}

}

void measure_speed(Sender& sender, const Comparison& comparison, const Compared& pair, int status, std::uint64_t seed,
                   Tried& tried) {
    const auto wanted = static_cast<std::size_t>(comparison.pairs);
    const auto most = sender.plan().retry.attempts;
    std::mt19937_64 random(seed);
    Stopwatch watch(sender, pair, status);
    std::vector<TimePair> times;
    bool is_warm = false;
    for (int failed = 0; times.size() < wanted;) {
        const auto times_of_pair = watch.time_pair(times.size() % 2 == 0);
        if (sender.given_up()) return;
        tried.attempts = 1;
        if (times_of_pair) {
            failed = 0;
            if (is_warm) times.push_back(*times_of_pair);
            is_warm = true;
            continue;
        }
        tried.end = Tried::End::failed;
        if (sender.left() < smallest_attempt) {
            tried.wrong = {
                "smoke/slower",
                out_of_time(sender.plan(), fmt::format("{} of {} pairs of requests; write a longer deadline "
                                                       "or fewer pairs{}",
                                                       times.size(), wanted,
                                                       watch.fault().empty() ? "" : "; last: " + watch.fault()))};
            return;
        }
        if (++failed == most) {
            tried.wrong = {"smoke/slower",
                           fmt::format("after {} of {} pairs of requests: {}", times.size(), wanted, watch.fault())};
            return;
        }
        sender.wait_after(failed, random, watch.last());
    }
    judge_speed(comparison, pair, times, tried);
}

}
