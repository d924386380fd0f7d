#include "smoke/samples.h"
#include "smoke/runner.h"
#include "smoke/shown.h"
#include "sys/cancel.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke {

namespace {

struct Percentile {
    int percent;
    std::optional<Milliseconds> Budget::*budget;
    std::int64_t least; // samples, for a value that is more than the slowest one
};
constexpr Percentile percentiles[] = {
    {50, &Budget::p50, 1}, {90, &Budget::p90, 10}, {95, &Budget::p95, 20}, {99, &Budget::p99, 100}};

constexpr Milliseconds sys::HttpResponse::*parts[] = {&sys::HttpResponse::dns, &sys::HttpResponse::connect,
                                                      &sys::HttpResponse::tls, &sys::HttpResponse::first_byte,
                                                      &sys::HttpResponse::total};

class Sampler {
  public:
    Sampler(const Plan& plan, const Check& check, sys::Http& http, sys::Clock& clock, sys::Clock::Steady end,
            sys::Cancel& cancel)
        : plan_(plan), check_(check), http_(http), clock_(clock), end_(end), cancel_(cancel), tried_{.check = check} {}

    Tried go() {
        if (!check_.skip.empty()) {
            tried_.end = Tried::End::skipped;
            return tried_;
        }
        const auto allowed = check_.samples.budget.errors.of(check_.samples.count);
        bool is_warm = check_.samples.cold;
        while (asked_ < check_.samples.count && errors_ <= allowed) {
            if (given_up()) return tried_;
            if (left() < smallest_attempt) return out_of_time();
            auto attempt = ask();
            if (given_up()) return tried_;
            tried_.attempts = 1; // none of them is a further attempt
            if (is_warm) add(std::move(attempt));
            is_warm = true;
        }
        if (errors_ > allowed)
            fault(fmt::format("{} of {} answers {} not as expected, at most {} allowed; the first: {}", errors_, asked_,
                              errors_ == 1 ? "was" : "were", text_of(check_.samples.budget.errors), first_error_));
        else
            judge_times();
        return conclude();
    }

  private:
    Milliseconds left() const { return std::chrono::duration_cast<Milliseconds>(end_ - clock_.steady()); }
    bool given_up() const { return cancel_.is_asked() || sys::stop_requested(); }

    Attempt ask() {
        const World world{plan_, http_, clock_, cancel_, left(), check_.samples.cold};
        return ask_once(check_, world);
    }

    void add(Attempt attempt) {
        ++asked_;
        if (!attempt.served.empty()) tried_.served = attempt.served;
        if (!attempt.wrong) return keep_times(attempt.response);
        if (++errors_ > 1) return;
        first_error_ = attempt.wrong->message;
        tried_.shown = std::move(attempt.shown);
    }

    void keep_times(const sys::HttpResponse& response) { // a thousand bodies would be too much
        auto& times = answers_.emplace_back();
        for (const auto part : parts) times.*part = response.*part;
    }

    void fault(std::string message) {
        Mismatch one{"smoke/budget", std::move(message)};
        tried_.end = Tried::End::failed;
        tried_.wrong.message.empty() ? void(tried_.wrong = std::move(one)) : tried_.more.push_back(std::move(one));
    }

    Tried out_of_time() {
        fault(fmt::format("deadline of {} reached after {} of {} samples; write a longer deadline or fewer samples",
                          format_duration(plan_.deadline), asked_, check_.samples.count));
        return conclude();
    }

    std::vector<Milliseconds> sorted(Milliseconds sys::HttpResponse::*part) const {
        std::vector<Milliseconds> out;
        for (const auto& answer : answers_) out.push_back(answer.*part);
        std::sort(out.begin(), out.end());
        return out;
    }

    void judge_times() {
        const auto totals = sorted(&sys::HttpResponse::total);
        const auto& budget = check_.samples.budget;
        const auto judge = [&](const std::string& name, std::optional<Milliseconds> most, Milliseconds time) {
            if (most && time > *most)
                fault(fmt::format("{} is {}, at most {} allowed, of {} samples", name, format_duration(time),
                                  format_duration(*most), totals.size()));
        };
        tried_.end = Tried::End::passed;
        for (const auto& row : percentiles)
            if (budget.*row.budget &&
                static_cast<std::int64_t>(totals.size()) * 10 < row.least * 9) // some errors are allowed
                fault(fmt::format("{} of {} answers were as expected, and p{} needs {}", totals.size(), asked_,
                                  row.percent, row.least));
        if (totals.empty() && tried_.wrong.message.empty())
            fault(fmt::format("none of {} answers was as expected; the first: {}", asked_, first_error_));
        if (totals.empty()) return;
        for (const auto& row : percentiles)
            judge(fmt::format("p{}", row.percent), budget.*row.budget, percentile(totals, row.percent));
        judge("the slowest answer", budget.max, totals.back());
    }

    Tried conclude() {
        const auto totals = sorted(&sys::HttpResponse::total);
        tried_.facts.emplace_back("samples", std::to_string(asked_));
        tried_.facts.emplace_back("errors", std::to_string(errors_));
        if (totals.empty()) return tried_;
        for (const auto& row : percentiles)
            if (static_cast<std::int64_t>(totals.size()) >= row.least)
                tried_.facts.emplace_back(fmt::format("p{}", row.percent),
                                          format_duration(percentile(totals, row.percent)));
        tried_.facts.emplace_back("max", format_duration(totals.back()));
        tried_.time = percentile(totals, 50);
        sys::HttpResponse median;
        for (const auto part : parts) median.*part = percentile(sorted(part), 50);
        if (auto times = split_times(median); !times.empty()) tried_.facts.emplace_back("medians", std::move(times));
        return tried_;
    }

    const Plan& plan_;
    const Check& check_;
    sys::Http& http_;
    sys::Clock& clock_;
    const sys::Clock::Steady end_;
    sys::Cancel& cancel_;
    Tried tried_;
    std::int64_t asked_ = 0, errors_ = 0;
    std::string first_error_;
    std::vector<sys::HttpResponse> answers_; // only their times
};

}

Milliseconds percentile(const std::vector<Milliseconds>& sorted, int percent) {
    const auto rank = (sorted.size() * static_cast<std::size_t>(percent) + 99) / 100;
    return sorted[std::max<std::size_t>(rank, 1) - 1];
}

Tried measure(const Plan& plan, const Check& check, sys::Http& http, sys::Clock& clock, sys::Clock::Steady end,
              sys::Cancel& cancel) {
    return Sampler(plan, check, http, clock, end, cancel).go();
}

}
