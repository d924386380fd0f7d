#include "smoke/compare/sender.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke::compare {

bool Sender::given_up() const { return cancel_.is_asked() || sys::stop_requested(); }

sys::HttpResponse Sender::send(const Check& check, Connection connection) {
    auto request = request_of(plan_, check, left());
    request.cancel = &cancel_;
    request.fresh_connection = connection == Connection::fresh;
    auto sent = http_.send(request);
    if (sent.ok()) return std::move(sent).value();
    sys::HttpResponse response;
    response.failure = sys::HttpFailure::other;
    response.reason = sent.error().message;
    return response;
}

void Sender::pause(Milliseconds wanted) {
    constexpr Milliseconds piece{50};
    for (auto rest = std::min(wanted, left()); rest.count() > 0 && !given_up(); rest -= piece)
        clock_.sleep(std::min(rest, piece));
}

void Sender::wait_after(int failed, std::mt19937_64& random, const sys::HttpResponse& response) {
    pause(wait_before_next(plan_.retry, failed, random, response, left()));
}

void Sender::tell_failure() {
    if (plan_.fail_fast) cancel_.ask();
}

Side Sender::ask(const Check& check, std::uint64_t seed) {
    Side side;
    side.fault = "not asked: the deadline was over";
    std::mt19937_64 random(seed);
    while (!given_up() && left() >= smallest_attempt) {
        side.asked = now();
        side.response = send(check, side.attempts > 0 ? Connection::fresh : Connection::kept);
        ++side.attempts;
        const auto wrong =
            judge(side.response, check.expect, nullptr, [this] { return left().count() < 0 || given_up(); });
        const bool has_answer = side.response.failure == sys::HttpFailure::none;
        side.fault = has_answer || !wrong ? "" : wrong->message;
        const auto outcome = classify(side.response, wrong, plan_.retry);
        const bool spent = plan_.retry.attempts > 0 && side.attempts >= plan_.retry.attempts;
        if (spent || !try_again(outcome, Phase::check, check.method, side.response)) return side;
        side.before = wrong->message + " (starting)";
        wait_after(side.attempts, random, side.response);
    }
    if (side.attempts > 0)
        side.fault = out_of_time(
            plan_, fmt::format("{} attempt{}; last: {}", side.attempts, side.attempts == 1 ? "" : "s", side.before));
    return side;
}

std::string out_of_time(const Plan& plan, const std::string& rest) {
    return fmt::format("deadline of {} reached after {}", format_duration(plan.deadline), rest);
}

}
