#include "smoke/pace.h"
#include "sys/signals.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke {

namespace {

bool is_ended(const sys::HttpRequest& request) {
    return sys::stop_requested() || (request.cancel != nullptr && request.cancel->is_asked());
}

}

// Whether this request may start now; the next one is later by the rate.
bool Pace::take_turn() {
    if (limits_.rate == 0) return true;
    const std::scoped_lock lock(mutex_);
    const auto now = clock_.steady();
    if (now < next_) return false;
    next_ = std::max(now, next_) + std::chrono::microseconds(1'000'000 / limits_.rate);
    return true;
}

bool Pace::enter(const std::string& host) {
    if (limits_.per_host == 0) return true;
    const std::scoped_lock lock(mutex_);
    auto& count = under_way_[host];
    if (count >= limits_.per_host) return false;
    ++count;
    return true;
}

void Pace::leave(const std::string& host) {
    if (limits_.per_host == 0) return;
    const std::scoped_lock lock(mutex_);
    --under_way_[host];
}

Result<sys::HttpResponse> Pace::send(const sys::HttpRequest& request) {
    if (limits_.per_host == 0 && limits_.rate == 0) return http_.send(request);
    constexpr Milliseconds piece{5};
    const auto begin = clock_.steady();
    const auto waited = [&] { return std::chrono::duration_cast<Milliseconds>(clock_.steady() - begin); };
    const auto origin = sys::origin_of(request.url);
    bool is_in = enter(origin);
    while (!is_in && waited() < request.timeout && !is_ended(request)) {
        clock_.sleep(piece);
        is_in = enter(origin);
    }
    bool has_turn = is_in && take_turn(); // what waits in vain takes no turn from the others
    while (is_in && !has_turn && waited() < request.timeout && !is_ended(request)) {
        clock_.sleep(piece);
        has_turn = take_turn();
    }
    if (!has_turn) {
        if (is_in) leave(origin);
        sys::HttpResponse response;
        response.failure = sys::HttpFailure::timeout;
        response.reason =
            fmt::format("the request was not sent: its turn did not come within {}", format_duration(request.timeout));
        response.total = waited();
        return response;
    }
    auto later = request;
    later.timeout -= waited();
    auto response = http_.send(later);
    leave(origin);
    return response;
}

}
